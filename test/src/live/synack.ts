/**
 * A program for guard.test.ts: the least that looks like a TCP server to a kernel. It answers every SYN to its port
 * with a SYN ACK and every FIN with a FIN ACK, straight on a capture device, without a stack.
 *
 * Arguments: its address (shared with the kernel), its port, 'guard' or 'open', and how it ends on SIGUSR2: 'throw' or
 * 'close'.
 */
import { addSums, IpAddress, type Packet, PacketPool } from '@netwright/core';
import { CaptureDevice, Guard } from '@netwright/plugins';

const [address, portText, guarded, ending] = process.argv.slice(2);
const port = Number(portText);
const pool = new PacketPool();
const device = new CaptureDevice({ interface: 'veth0', shared: { address, ports: [port] } });

const local = IpAddress.parse(address) as IpAddress;
const guard = guarded === 'guard' ? await Guard.open({ addresses: [local] }) : null;
guard?.protectListener(local, port);

const SYN = 2;
const FIN = 1;
const ACK = 16;

/** The frame that answers `packet`, in its place; false where nothing answers it. */
function answer({ view, bytes, start, end }: Packet): boolean {
  const ip = start + 14;
  const tcp = ip + 20;
  if (end - start < 54 || view.getUint16(start + 12) !== 0x0800 || view.getUint8(ip + 9) !== 6) return false;
  const flags = view.getUint8(tcp + 13);
  if ((flags & (SYN | FIN)) === 0) return false;
  const mac = bytes.slice(start, start + 6);
  bytes.copyWithin(start, start + 6, start + 12);
  bytes.set(mac, start + 6);
  const [from, to] = [view.getUint32(ip + 12), view.getUint32(ip + 16)];
  view.setUint32(ip + 12, to);
  view.setUint32(ip + 16, from);
  const [source, destination] = [view.getUint16(tcp), view.getUint16(tcp + 2)];
  view.setUint16(tcp, destination);
  view.setUint16(tcp + 2, source);
  const acknowledged = view.getUint32(tcp + 4) + 1;
  view.setUint32(tcp + 4, flags & SYN ? 5555 : view.getUint32(tcp + 8));
  view.setUint32(tcp + 8, acknowledged >>> 0);
  view.setUint16(tcp + 12, (5 << 12) | ACK | (flags & (SYN | FIN)));
  view.setUint16(ip + 2, 40);
  view.setUint16(ip + 10, 0);
  view.setUint16(ip + 10, ~pool.sum(ip, 20));
  view.setUint16(tcp + 16, 0);
  view.setUint16(tcp + 16, ~addSums(pool.sum(ip + 12, 28), 6 + 20));
  return true;
}

await device.open({
  pool,
  receive(batch, count) {
    let answers = 0;
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      if (answer(packet)) {
        packet.end = packet.start + 54;
        batch[answers++] = packet;
      } else packet.release();
    }
    device.send(batch, answers);
  },
});
// Two ways to end that no signal stands for.
process.on('SIGUSR2', () => {
  if (ending === 'throw') throw new Error('on purpose');
  device.close();
  guard?.close();
});
console.log('ready');
