import type { IpAddress } from '@netwright/core';
import {
  readIpOptions,
  readIpRoute,
  recordRoute,
  sourceRoute,
  Tcp,
  type TcpSession,
  timestamps,
  writeIpOptions,
} from '@netwright/layers';
import test from 'ava';
import { ip } from './rig.js';
import { network } from './two-links.js';

/** The addresses that an option of these holds. */
function visited(options: Uint8Array | undefined): string[] {
  return readIpRoute((readIpOptions(options ?? new Uint8Array(0)) ?? [])[0]).visited.map(String);
}

/** Two hosts with a router between them that takes source routes, and TCP on both. */
async function hosts(setting: 'drop' | 'accept' = 'accept') {
  const { clock, a, b, r, inUse } = await network({ sourceRoute: setting });
  const [client, server] = [a, b].map(({ host, ipv4 }) => {
    const tcp = new Tcp(host);
    ipv4.registerLayer(tcp);
    return tcp;
  });
  const accepted: TcpSession[] = [];
  server.listen({
    port: 80,
    onConnection: (session) => {
      accepted.push(session);
      return { data: (bytes, each) => each.write(bytes.slice()) };
    },
  });
  let echoed = '';
  const connect = (headerOptions?: Uint8Array, address = '10.1.0.1') =>
    client.connect({
      address,
      port: 80,
      ...(headerOptions === undefined ? {} : { headerOptions }),
      handler: {
        data: (bytes) => {
          echoed += new TextDecoder().decode(bytes);
        },
      },
    });
  return { clock, client, server, accepted, connect, r, inUse, echoed: () => echoed };
}

const text = (what: string) => new TextEncoder().encode(what);
const gateways = (...each: string[]): Uint8Array => sourceRoute(each.map(ip) as IpAddress[]);

// @rfc 9293 MUST-51 MUST-53
// @rfc 1122 S3.2.1.8c-1 S3.2.1.8c-2
test('an active open may name a source route; who accepts it answers by the same way, in every segment (RFC 9293 section 3.9.2.1)', async (t) => {
  const { clock, accepted, connect, inUse, echoed } = await hosts();
  const session = connect(gateways('10.0.0.254'));
  clock.advance(100);
  t.is(accepted.length, 1);
  t.deepEqual(visited(accepted[0].headerOptions), ['10.1.0.254'], 'the SYN came by the router');
  session.write(text('there and back'));
  clock.advance(200);
  t.is(echoed(), 'there and back', 'sums are over the final destination');
  t.deepEqual(visited(session.headerOptions), ['10.0.0.254'], 'and so did the answer');
  t.is(accepted[0].transmitter.path.headerSize, 28);
  session.abort();
  clock.advance(100);
  t.is(inUse(), 0);
});

test('without the setting of IPv4 a SYN with a source route is not even seen (RFC 7126 section 4.3)', async (t) => {
  const { clock, accepted, connect } = await hosts('drop');
  const session = connect(gateways('10.0.0.254'));
  clock.advance(5000);
  t.is(accepted.length, 0);
  session.abort();
});

// @rfc 9293 SHLD-24 MUST-52
test('a later source route replaces what a passive open has saved, never what an active open has named', async (t) => {
  const { clock, accepted, connect, echoed } = await hosts();
  const session = connect();
  clock.advance(100);
  const [peer] = accepted;
  t.is(peer.headerOptions, undefined);
  t.is(peer.transmitter.path.headerSize, 20);
  const plain = session.transmitter.path;
  // The same connection, by another way from now on.
  const { network: v4, source, destination } = plain;
  session.transmitter.path = v4.path(destination, { source, headerOptions: gateways('10.0.0.254') }) as typeof plain;
  const named = session.transmitter.path;
  session.write(text('by the way'));
  clock.advance(200);
  t.is(peer.transmitter.path.headerSize, 28);
  t.deepEqual(visited(session.headerOptions), ['10.0.0.254']);
  t.is(session.transmitter.path, named, 'the route that came does not replace its own');
  t.is(echoed(), 'by the way');
  // One that lies outside of the window could be anybody's.
  peer.transmitter.path = plain;
  session.inject((packet) => packet.view.setInt32(packet.start + 4, session.sender.sndNxt + 0x100_0000));
  clock.advance(200);
  t.is(peer.transmitter.path, plain);
  session.abort();
});

// @rfc 9293 MAY-10 MAY-11
// @rfc 1122 S3.2.1.8-2
test('record route and timestamps leave with each segment and are told to the program (RFC 9293 section 3.9.2)', async (t) => {
  const { clock, accepted, connect } = await hosts();
  const session = connect(writeIpOptions([recordRoute(3), timestamps(2)]));
  clock.advance(100);
  const [route, stamps] = readIpOptions(accepted[0].headerOptions ?? new Uint8Array(0)) ?? [];
  t.deepEqual(readIpRoute(route).visited.map(String), ['10.0.0.1', '10.1.0.254', '10.1.0.1']);
  t.is(stamps.kind, 68);
  t.is(stamps.data[0], 21, 'both places of the timestamp option are taken');
  session.abort();
});
