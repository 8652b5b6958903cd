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
        .array(z.strictObject({ peer: network, key: z.string().min(1).max(80).describe('what both ends share') }))
        .default([]),
    }),
    provide: ({ peers, refusesUnknown }) => {
      const authentication = new Md5Authentication(refusesUnknown);
      for (const { peer, key } of peers) authentication.setKey(Cidr.parse(peer) as Cidr, bytes(key));
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
      peers: z
        .array(
          z.strictObject({
            peer: network,
            keys: z
              .array(
                z.strictObject({
                  sendId: id.describe('KeyID of what is sent with it'),
                  receiveId: id.describe('KeyID of what is received with it'),
                  secret: z.string().min(1).describe('what both ends share'),
                  algorithm: z.enum(['hmac-sha1-96', 'aes-128-cmac-96']).default('hmac-sha1-96'),
                  options: z.boolean().default(true).describe('other options are signed, too'),
                }),
              )
              .min(1),
          }),
        )
        .default([]),
    }),
    provide: ({ peers, refusesUnknown, ignoresIcmp }) => {
      const authentication = new AoAuthentication(refusesUnknown, ignoresIcmp);
      for (const { peer, keys } of peers) {
        const ring = new KeyRing(keys.map((key) => ({ ...key, secret: bytes(key.secret) })));
        authentication.setKeys(Cidr.parse(peer) as Cidr, ring);
      }
      return { value: authentication };
    },
  }),
];

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
