import { OPTION, type OptionFacts, type OptionLayout, type OptionsOf, writeUserTimeout } from '../segment/options.js';

/**
 * The order in which FreeBSD writes options: MSS, window scale, SACK permitted, timestamps, SACK, fast open; each
 * aligned by NOPs before it, all of them padded by zeros. Resets of a connection carry timestamps, too (RFC 7323
 * section 3.2).
 */
export class BsdOptionLayout implements OptionLayout {
  write(kind: OptionsOf, facts: OptionFacts, view: DataView, at: number): number {
    const begin = at;
    const opening = kind === 'syn' || kind === 'synack';
    const put = (...bytes: number[]) => {
      for (const byte of bytes) view.setUint8(at++, byte);
    };
    const align = (to: number, remainder: number) => {
      while ((at - begin) % to !== remainder) put(OPTION.noOperation);
    };
    if (opening) {
      put(OPTION.maximumSegmentSize, 4, facts.mss >> 8, facts.mss & 0xff);
      if (facts.windowScale >= 0) {
        align(2, 1);
        put(OPTION.windowScale, 3, facts.windowScale);
      }
      if (facts.sackPermitted) {
        align(2, 0);
        put(OPTION.sackPermitted, 2);
      }
    }
    if (facts.timestamps) {
      align(4, 2);
      put(OPTION.timestamps, 10);
      view.setInt32(at, facts.tsVal);
      view.setInt32(at + 4, facts.tsEcr);
      at += 8;
    }
    if (kind === 'segment' && facts.sackBlocks > 0) {
      align(4, 2);
      const blocks = Math.min(facts.sackBlocks, Math.floor((40 - (at - begin) - 2) / 8));
      put(OPTION.sack, 2 + 8 * blocks);
      for (let i = 0; i < 2 * blocks; i++, at += 4) view.setInt32(at, facts.sack[i]);
    }
    const { cookie } = facts;
    if (opening && cookie !== null && at - begin + 2 + cookie.length <= 40)
      put(OPTION.fastOpen, 2 + cookie.length, ...cookie);
    const tells = kind === 'segment' || opening;
    if (tells && facts.userTimeout > 0) {
      align(4, 0);
      at = writeUserTimeout(kind, facts, view, begin, at);
    }
    while ((at - begin) % 4 !== 0) put(OPTION.end);
    return at - begin;
  }

  usual(facts: OptionFacts): number {
    return facts.timestamps ? 12 : 0;
  }
}

/** No options at all (FreeBSD's TCP_NOOPT). What is not offered must not be used. */
export class NoOptionLayout implements OptionLayout {
  write(_kind: OptionsOf, facts: OptionFacts): number {
    facts.timestamps = facts.sackPermitted = false;
    facts.windowScale = -1;
    facts.userTimeout = 0;
    return 0;
  }

  usual(): number {
    return 0;
  }
}
