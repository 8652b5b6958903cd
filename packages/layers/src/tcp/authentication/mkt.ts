import { cmac } from '@noble/ciphers/aes.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';

/** The algorithms that RFC 5926 section 2.2 requires. */
export type AoAlgorithm = 'hmac-sha1-96' | 'aes-128-cmac-96';

/** A master key tuple (RFC 5925 section 3.1), as two ends agree on it by other means. */
export interface MasterKey {
  /** KeyID of what is sent with it, and of what is received: 0 to 255. */
  readonly sendId: number;
  readonly receiveId: number;
  readonly secret: Uint8Array;
  readonly algorithm?: AoAlgorithm;
  /** Whether other options are signed, too; true unless said otherwise. */
  readonly options?: boolean;
}

/** Bytes of the MAC of either algorithm (RFC 5926 section 3.2). */
export const MAC_SIZE = 12;

/** RFC 5926 section 3.1.1: the label of the input. */
const LABEL = [0x54, 0x43, 0x50, 0x2d, 0x41, 0x4f];

/** Both algorithms as one: a key and a message make a tag. */
function tag(algorithm: AoAlgorithm, key: Uint8Array, message: Uint8Array): Uint8Array {
  return algorithm === 'hmac-sha1-96' ? hmac(sha1, key, message) : cmac(message, key);
}

/** What a connection's segments of one direction are told apart by (RFC 5925 section 5.2). */
export interface KeyContext {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sourceIsn: number;
  /** 0 for a SYN, which does not know it. */
  readonly destinationIsn: number;
}

/** The traffic key of a direction (RFC 5926 section 3.1). */
export function trafficKey(master: MasterKey, context: KeyContext): Uint8Array {
  const algorithm = master.algorithm ?? 'hmac-sha1-96';
  const { source, destination } = context;
  const input = new Uint8Array(1 + LABEL.length + 2 * source.length + 12 + 2);
  const view = new DataView(input.buffer);
  input[0] = 1;
  input.set(LABEL, 1);
  let at = 1 + LABEL.length;
  input.set(source, at);
  input.set(destination, at + source.length);
  at += 2 * source.length;
  view.setUint16(at, context.sourcePort);
  view.setUint16(at + 2, context.destinationPort);
  view.setInt32(at + 4, context.sourceIsn | 0);
  view.setInt32(at + 8, context.destinationIsn | 0);
  // Output_Length, in bits.
  view.setUint16(at + 12, algorithm === 'hmac-sha1-96' ? 160 : 128);
  if (algorithm === 'hmac-sha1-96') return tag(algorithm, master.secret, input);
  // RFC 5926 section 3.1.1.2: a key of another length than the cipher's is made one.
  const key = master.secret.length === 16 ? master.secret : tag(algorithm, new Uint8Array(16), master.secret);
  return tag(algorithm, key, input);
}

/** The MAC of a message (RFC 5926 section 3.2). */
export function messageCode(master: MasterKey, key: Uint8Array, message: Uint8Array): Uint8Array {
  return tag(master.algorithm ?? 'hmac-sha1-96', key, message).subarray(0, MAC_SIZE);
}
