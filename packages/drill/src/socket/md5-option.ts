import { Cidr, IpAddress } from '@netwright/core';
import { Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { asNumber, describeValue, inside } from './constants.js';
import { failure, type Result, success } from './descriptor.js';
import type { StreamSocket } from './stream.js';

/** Linux's limit of a key, in bytes. */
const MAX_KEY = 80;

/**
 * TCP_MD5SIG and TCP_MD5SIG_EXT of Linux (tcp_md5sig): the key of a peer, whose segments are signed from then on; a key
 * of no bytes takes it away. The peer is `tcpm_addr`, with `tcpm_prefixlen` a network; left out, everybody.
 */
export function setMd5Key(socket: StreamSocket, value: Value): Result {
  const struct = inside(value);
  if (struct.kind !== 'struct')
    throw new Unsupported(`TCP_MD5SIG ${describeValue(value)}: keys of FreeBSD are in the kernel`);
  const field = (name: string) => struct.fields.get(`tcpm_${name}`) ?? struct.fields.get(name);
  const key = field('key');
  if (key !== undefined && key.kind !== 'text') throw new Unsupported(`a key ${describeValue(key)}`);
  const bytes = new TextEncoder().encode(key?.text ?? '');
  const length = field('keylen') === undefined ? bytes.length : asNumber(field('keylen'));
  if (length > MAX_KEY) return failure('EINVAL');
  for (const network of networksOf(field('addr'), field('prefixlen')))
    socket.signatures.setKey(network, length === 0 ? null : bytes.slice(0, length));
  return success();
}

function networksOf(address: Value | undefined, prefix: Value | undefined): Cidr[] {
  const ip = address === undefined ? null : addressIn(address);
  if (ip === null) return [new Cidr(IpAddress.any, 0), new Cidr(IpAddress.any6, 0)];
  return [new Cidr(ip, prefix === undefined ? 8 * ip.size : asNumber(prefix))];
}

/** The address of a sockaddr: `{sa_family = AF_INET, sin_addr = inet_addr("192.0.2.1")}`; null for `...`. */
function addressIn(value: Value): IpAddress | null {
  const inner = inside(value);
  if (inner.kind === 'open') return null;
  const named = inner.kind === 'struct' ? (inner.fields.get('sin_addr') ?? inner.fields.get('sin6_addr')) : inner;
  const text = named?.kind === 'apply' ? named.arguments.find((each) => each.kind === 'text') : named;
  const ip = text?.kind === 'text' ? IpAddress.parse(text.text) : undefined;
  if (ip === undefined) throw new Unsupported(`the address ${describeValue(value)}`);
  return ip;
}
