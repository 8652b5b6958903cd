import { createHash } from 'node:crypto';
import type { BuiltStack, Device, ManifestInput } from '@netwright/core';
import { buildStack, SeededRandom } from '@netwright/core';
import { Tcp, TcpApplication } from '@netwright/layers';
import { shippedPlugins } from 'netwright';

/** A started stack in real time; `device` is a device, or what a manifest says of one. */
export async function station(address: string, device: Device | Record<string, unknown>): Promise<BuiltStack> {
  const made = typeof device.open === 'function';
  const manifest = { address: `${address}/24`, layers: ['ethernet', 'arp', 'ipv4', 'icmp', 'tcp'] };
  const stack = await buildStack((made ? manifest : { ...manifest, device }) as ManifestInput, {
    plugins: shippedPlugins,
    ...(made ? { device: device as Device } : {}),
  });
  return stack.start();
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/**
 * Sends `size` bytes from `client` to a server on `server`, which sends what it got back.
 * @returns digests of what was sent, what the server got, and what came back.
 */
export async function thereAndBack(
  client: BuiltStack,
  server: BuiltStack,
  size: number,
): Promise<{ sent: string; there: string; back: string }> {
  const there: Uint8Array[] = [];
  class Mirror extends TcpApplication {
    private waiting = new Uint8Array(0);
    override packetReceived(bytes: Uint8Array): void {
      there.push(bytes.slice());
      this.waiting = Buffer.concat([this.waiting, bytes]);
      this.writable();
    }
    override writable(): void {
      this.waiting = this.waiting.subarray(this.sendPacket(this.waiting));
      if (this.waiting.length === 0 && this.over) this.session?.shutdown();
    }
    private over = false;
    override endReceived(): void {
      this.over = true;
      this.writable();
    }
  }
  const mirror = new Mirror();
  server.layer(Tcp)?.registerLayer(mirror);
  mirror.bind(7).listen();

  const data = new Uint8Array(size);
  new SeededRandom('there and back').fill(data);
  let at = 0;
  class Sender extends TcpApplication {
    override writable(): void {
      at += this.sendPacket(data.subarray(at));
      if (at === data.length) this.session?.shutdown();
    }
  }
  const sender = new Sender();
  client.layer(Tcp)?.registerLayer(sender);
  const address = server.host.interfaces[0].addresses[0].address;
  await sender.connect(address, 7);
  sender.writable();
  const back: Uint8Array[] = [];
  for (let next = await sender.nextData(); next.length > 0; next = await sender.nextData()) back.push(next);
  return { sent: sha256(data), there: sha256(Buffer.concat(there)), back: sha256(Buffer.concat(back)) };
}
