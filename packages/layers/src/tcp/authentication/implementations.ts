import { Cidr, type Implementation, implementation } from '@netwright/core';
import { z } from 'zod';
import { TCP_AUTHENTICATION } from '../tokens.js';
import { AoAuthentication, KeyRing } from './ao.js';
import { NO_AUTHENTICATION } from './authentication.js';
import { Md5Authentication } from './md5.js';

const network = z
  .string()
  .refine((text) => Cidr.parse(text) !== undefined, 'an address, or a network such as 192.0.2.0/24')
  .describe('the peer, or a network of peers');
const refusesUnknown = z.boolean().default(false).describe('drop what is signed by a peer without a key');
const id = z.int().min(0).max(255);
const hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2})+$/i, 'pairs of hexadecimal digits')
  .optional();
/** RFC 5926 section 3.1.1.3: the names by which people know both; the longer ones say the MAC, too. */
const ALGORITHMS = {
  SHA1: 'hmac-sha1-96',
  AES128: 'aes-128-cmac-96',
  'hmac-sha1-96': 'hmac-sha1-96',
  'aes-128-cmac-96': 'aes-128-cmac-96',
} as const;
const algorithms = Object.keys(ALGORITHMS) as [keyof typeof ALGORITHMS, ...(keyof typeof ALGORITHMS)[]];

/** The choices for `tcp.authentication` that TCP offers to manifests. */
export const authenticationImplementations: readonly Implementation[] = [
  implementation({
    name: 'authentication.none',
    token: TCP_AUTHENTICATION,
    summary: 'nobody signs, and signatures are not looked at',
    options: z.strictObject({}),
    provide: () => ({ value: NO_AUTHENTICATION }),
  }),
  implementation({
    name: 'authentication.md5',
    token: TCP_AUTHENTICATION,
    summary: 'segments of peers with a key are signed (RFC 2385)',
    options: z.strictObject({
      refusesUnknown,
      peers: z
        .array(
          z
            .strictObject({
              peer: network,
              key: z.string().min(1).max(80).optional().describe('what both ends share'),
              keyHex: hex.describe('the same as bytes, in hexadecimal digits'),
            })
            .refine(({ key, keyHex }) => (key === undefined) !== (keyHex === undefined), {
              message: 'one of key and keyHex',
            }),
        )
        .default([]),
    }),
    provide: ({ peers, refusesUnknown }) => {
      const authentication = new Md5Authentication(refusesUnknown);
      for (const { peer, key, keyHex } of peers) authentication.setKey(Cidr.parse(peer) as Cidr, secretOf(key, keyHex));
      return { value: authentication };
    },
  }),
  implementation({
    name: 'authentication.ao',
    token: TCP_AUTHENTICATION,
    summary: 'segments of peers with keys are signed, by keys that may change (RFC 5925)',
    options: z.strictObject({
      refusesUnknown,
      ignoresIcmp: z
        .boolean()
        .default(true)
        .describe('open connections do not believe hard errors by ICMP, nor its path MTU over IPv4 (section 7.8)'),
      keepAlive: z
        .boolean()
        .default(true)
        .describe('watch idle connections by keep-alives, whatever the setting keepAlive says (section 7.7)'),
      peers: z
        .array(
          z.strictObject({
            peer: network,
            keys: z
              .array(
                z
                  .strictObject({
                    sendId: id.describe('KeyID of what is sent with it'),
                    receiveId: id.describe('KeyID of what is received with it'),
                    secret: z.string().min(1).optional().describe('what both ends share'),
                    secretHex: hex.describe('the same as bytes, in hexadecimal digits'),
                    algorithm: z
                      .enum(algorithms)
                      .default('SHA1')
                      .describe('of keys (KDF) and of messages (MAC): RFC 5926 has these two'),
                    options: z.boolean().default(true).describe('other options are signed, too'),
                  })
                  .refine(({ secret, secretHex }) => (secret === undefined) !== (secretHex === undefined), {
                    message: 'one of secret and secretHex',
                  }),
              )
              .min(1),
          }),
        )
        .default([]),
    }),
    provide: ({ peers, refusesUnknown, ignoresIcmp, keepAlive }) => {
      const authentication = new AoAuthentication(refusesUnknown, ignoresIcmp, keepAlive);
      for (const { peer, keys } of peers) {
        const ring = new KeyRing(
          keys.map(({ secret, secretHex, algorithm, ...key }) => ({
            ...key,
            algorithm: ALGORITHMS[algorithm],
            secret: secretOf(secret, secretHex),
          })),
        );
        authentication.setKeys(Cidr.parse(peer) as Cidr, ring);
      }
      return { value: authentication };
    },
  }),
];

/** Of the two one is there. */
function secretOf(text: string | undefined, digits = ''): Uint8Array {
  if (text !== undefined) return new TextEncoder().encode(text);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
