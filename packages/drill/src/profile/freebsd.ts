import { override } from '@netwright/core';
import {
  OPTION,
  type OptionFacts,
  type OptionLayout,
  type OptionsOf,
  TCP_ECN,
  TCP_OPTIONS,
  TCP_WINDOW,
} from '@netwright/layers';
import { congestionByName } from './congestion.js';
import { freebsdEcn } from './ecn.js';
import type { Profile } from './profile.js';
import { WholeRoom } from './window.js';

const END = 0;
const NOP = 1;

/** What kern.ipc.maxsockbuf is, in bytes: window scale 6. */
const BUFFER_MAX = 2 * 1024 * 1024;

/** The order in which FreeBSD writes options: MSS, window scale, SACK permitted, timestamps; each aligned by NOPs before it. */
export class BsdOptionLayout implements OptionLayout {
  write(kind: OptionsOf, facts: OptionFacts, view: DataView, at: number): number {
    if (kind === 'reset') return 0;
    const begin = at;
    const put = (...bytes: number[]) => {
      for (const byte of bytes) view.setUint8(at++, byte);
    };
    const align = (to: number, remainder: number) => {
      while ((at - begin) % to !== remainder) put(NOP);
    };
    if (kind !== 'segment') {
      put(2, 4, facts.mss >> 8, facts.mss & 0xff);
      if (facts.windowScale >= 0) {
        align(2, 1);
        put(3, 3, facts.windowScale);
      }
      if (facts.sackPermitted) {
        align(2, 0);
        put(4, 2);
      }
    }
    if (facts.timestamps) {
      align(4, 2);
      put(8, 10);
      view.setInt32(at, facts.tsVal);
      view.setInt32(at + 4, facts.tsEcr);
      at += 8;
    }
    if (kind === 'segment' && facts.sackBlocks > 0) {
      align(4, 2);
      const blocks = Math.min(facts.sackBlocks, Math.floor((40 - (at - begin) - 2) / 8));
      put(5, 2 + 8 * blocks);
      for (let i = 0; i < 2 * blocks; i++, at += 4) view.setInt32(at, facts.sack[i]);
    }
    const { cookie } = facts;
    if (kind !== 'segment' && cookie !== null && at - begin + 2 + cookie.length <= 40)
      put(OPTION.fastOpen, 2 + cookie.length, ...cookie);
    while ((at - begin) % 4 !== 0) put(END);
    return at - begin;
  }

  usual(facts: OptionFacts): number {
    return facts.timestamps ? 12 : 0;
  }
}

/** The defaults that scripts for FreeBSD assume: 64 KiB of window with scale 6, its own order of options. */
export const freebsd: Profile = {
  name: 'freebsd',
  settings: { receiveBuffer: 65_536, sendBuffer: 32_768 },
  bufferSize: (asked) => asked,
  congestion: () => ({ initialSegments: null, idleRestart: true }),
  overrides(sysctls, choices) {
    return [
      congestionByName(sysctls.get('net.inet.tcp.cc.algorithm') ?? 'cubic', choices),
      override(TCP_ECN, { value: freebsdEcn(sysctls) }),
      override(TCP_OPTIONS, { value: new BsdOptionLayout() }),
      override(TCP_WINDOW, { value: new WholeRoom(BUFFER_MAX) }),
    ];
  },
};
