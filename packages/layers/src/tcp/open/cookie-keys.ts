import type { Host, IpAddress } from '@netwright/core';
import { fail } from '../../errors.js';
import { secret } from './isn.js';
import { SipHash } from './siphash.js';

/** Bytes of a key, and of the cookies that are granted. */
const KEY_SIZE = 16;
const COOKIE_SIZE = 8;

/** What a cookie that a client shows is: no cookie of ours, one by a key that is still known, or one by the first key. */
export type CookieWorth = 'foreign' | 'outdated' | 'current';

/**
 * Makes and recognizes the cookies of a server (RFC 7413 section 4.1.2): SipHash-2-4 over the client's address and its
 * own, as Linux has it, so that servers behind one address may share keys with it. Cookies are made with the first key;
 * those by the others still count while keys change.
 */
export class CookieKeys {
  private ciphers: SipHash[] = [];
  private readonly message = new DataView(new ArrayBuffer(32));

  /**
   * @param keys 16 bytes each, the first one makes cookies.
   * @param clientAlone leaves the server's own address out, as FreeBSD does.
   * @throws EINVAL for another size, or none.
   */
  constructor(
    keys: readonly Uint8Array[],
    private readonly clientAlone = false,
  ) {
    this.use(keys);
  }

  /** Keys that nobody knows. */
  static random(host: Host): CookieKeys {
    const words = secret(host, 'tcp.fastopen');
    return new CookieKeys([new Uint8Array(words.buffer)]);
  }

  /**
   * Keys as Linux's net.ipv4.tcp_fastopen_key writes them: '00112233-44556677-8899aabb-ccddeeff', a second one after a
   * comma. @throws EINVAL
   */
  static parse(text: string): CookieKeys {
    return new CookieKeys(text.split(',').map(parseKey));
  }

  /** Other keys from now on. @throws EINVAL */
  use(keys: readonly Uint8Array[]): void {
    if (keys.length === 0 || keys.some((each) => each.length !== KEY_SIZE))
      throw fail('EINVAL', { problem: 'A key of fast open is 16 bytes', expected: 'one key, or several of them' });
    this.ciphers = keys.map((key) => {
      const view = new DataView(key.buffer, key.byteOffset, KEY_SIZE);
      return new SipHash(Int32Array.from({ length: 4 }, (_, i) => view.getInt32(4 * i, true)));
    });
  }

  /** The cookie of a client at `remote` that speaks to `local`. */
  cookieOf(remote: IpAddress, local: IpAddress): Uint8Array {
    return this.make(this.ciphers[0], remote, local);
  }

  /** What `cookie` of a client is worth. */
  worth(cookie: Uint8Array, remote: IpAddress, local: IpAddress): CookieWorth {
    const at = this.ciphers.findIndex((cipher) => same(cookie, this.make(cipher, remote, local)));
    if (at < 0) return 'foreign';
    return at === 0 ? 'current' : 'outdated';
  }

  private make(cipher: SipHash, remote: IpAddress, local: IpAddress): Uint8Array {
    const { message } = this;
    remote.write(message, 0);
    local.write(message, remote.size);
    const words: number[] = [];
    for (let at = 0; at < (this.clientAlone ? 1 : 2) * remote.size; at += 4) words.push(message.getInt32(at, true));
    const cookie = new Uint8Array(COOKIE_SIZE);
    const view = new DataView(cookie.buffer);
    view.setInt32(0, cipher.hash(words), true);
    view.setInt32(4, cipher.high, true);
    return cookie;
  }
}

function parseKey(text: string): Uint8Array {
  const words = /^([0-9a-f]{1,8})-([0-9a-f]{1,8})-([0-9a-f]{1,8})-([0-9a-f]{1,8})$/i.exec(text.trim());
  if (words === null)
    throw fail('EINVAL', { problem: `"${text}" is no key`, expected: 'four hexadecimal numbers with dashes between' });
  const key = new Uint8Array(KEY_SIZE);
  const view = new DataView(key.buffer);
  for (let i = 0; i < 4; i++) view.setUint32(4 * i, Number.parseInt(words[i + 1], 16), true);
  return key;
}

/** Looks at every byte whatever the first ones are: how long it takes says nothing of the right cookie. */
function same(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i++) difference |= one[i] ^ other[i];
  return difference === 0;
}
