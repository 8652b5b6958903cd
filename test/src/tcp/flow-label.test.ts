import { override, Scope } from '@netwright/core';
import { DEFAULT_TCP_SETTINGS, SynCookieBacklog, TCP_LISTEN, Tcp, tcpDefaults } from '@netwright/layers';
import test from 'ava';
import { sum } from '../wire/rig.js';
import { introduce6, ip6Bytes, Rig6, type Seen6, viewOf } from '../wire/rig6.js';

const TCP = 6;
const [SYN, ACK, SYN_ACK] = [0x02, 0x10, 0x12];

/** A segment without options from port `from` of fd00::2 to port 80 of the rig. */
function segment(from: number, flags: number, seq: number, ack: number): Uint8Array {
  const bytes = ip6Bytes(new Uint8Array(20), { nextHeader: TCP });
  const view = viewOf(bytes);
  view.setUint16(40, from);
  view.setUint16(42, 80);
  view.setUint32(44, seq);
  view.setUint32(48, ack);
  view.setUint16(52, (5 << 12) | flags);
  view.setUint16(54, 0xffff);
  const pseudo = new Uint8Array(60);
  pseudo.set(bytes.subarray(8, 40));
  pseudo[35] = 20;
  pseudo[39] = TCP;
  pseudo.set(bytes.subarray(40), 40);
  view.setUint16(56, ~sum(pseudo) & 0xffff);
  return bytes;
}

// @rfc 4987 S4-3
// @rfc 6437 S3-1 S3-2
test('what comes of a SYN cookie has the flow label of its SYN-ACK, and other connections have others', async (t) => {
  const rig = new Rig6();
  const scope = Scope.byHand(rig.host, [tcpDefaults], [override(TCP_LISTEN, { value: new SynCookieBacklog(true) })]);
  const tcp = new Tcp(rig.host, DEFAULT_TCP_SETTINGS, scope);
  rig.ipv6.registerLayer(tcp);
  await rig.stack.start();
  introduce6(rig);
  tcp.listen({
    port: 80,
    onConnection: (session) => {
      session.write(new Uint8Array(100));
      return {};
    },
  });
  const labels = [4001, 4002].map((port) => {
    rig.take();
    rig.receive(segment(port, SYN, 0, 0));
    const [answer] = rig.take();
    t.is(answer.body[13], SYN_ACK);
    t.is(tcp.connections, port - 4001, 'nothing is kept of the SYN');
    rig.receive(segment(port, ACK, 1, viewOf(answer.body).getUint32(4) + 1));
    const [data]: Seen6[] = rig.take();
    t.is(data.body.length, 120);
    t.is(data.header.flowLabel, answer.header.flowLabel);
    return data.header.flowLabel;
  });
  t.not(labels[0], labels[1]);
  t.not(labels[0], 0);
});
