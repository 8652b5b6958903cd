// Two hosts and a cable between them: everything in here runs in a page, and in Node.js.
import { Host, SeededRandom, Stack, SystemClock } from '@netwright/core';
import { Arp, Ethernet, Ipv4, Tcp, TcpApplication } from '@netwright/layers';
import { Cable } from '@netwright/plugins/browser';

/** A host with one interface and TCP on it. */
async function host(name, address, cable) {
  const world = Host.create({ name });
  world.attach(cable.attach(name, world.pool), { addresses: [`${address}/24`] });
  const [ethernet, arp, ipv4, tcp] = [new Ethernet(world), new Arp(world), new Ipv4(world), new Tcp(world)];
  ethernet.registerLayer(arp).registerLayer(ipv4);
  arp.registerLayer(ipv4);
  ipv4.registerLayer(tcp);
  const stack = new Stack(world, [ethernet, arp, ipv4, tcp]);
  await stack.start();
  return { stack, tcp };
}

/**
 * Makes a network of two hosts and an echo server on one of them.
 * @param {{ latency?: number, loss?: number, watch?: import('@netwright/core').Tap }} [options] latency in ms, loss as a share.
 */
export async function network({ latency = 0, loss = 0, watch } = {}) {
  const cable = new Cable({ clock: new SystemClock(), random: new SeededRandom(1), latency, loss });
  const server = await host('server', '10.0.0.1', cable);
  const client = await host('client', '10.0.0.2', cable);
  if (watch !== undefined) client.stack.host.watch(watch);

  class Echo extends TcpApplication {
    #waiting = new Uint8Array(0);
    packetReceived(bytes, session) {
      const all = new Uint8Array(this.#waiting.length + bytes.length);
      all.set(this.#waiting);
      all.set(bytes, this.#waiting.length);
      this.#waiting = all;
      this.writable(session);
    }
    writable(session) {
      this.#waiting = this.#waiting.slice(this.sendPacket(this.#waiting, session));
    }
  }
  const echo = new Echo();
  server.tcp.registerLayer(echo);
  echo.bind(7, echo, true).listen();

  /** Sends `data` to the server and waits for all of it to come back. */
  async function exchange(data) {
    const back = new Uint8Array(data.length);
    let sent = 0;
    let received = 0;
    class Client extends TcpApplication {
      writable() {
        sent += this.sendPacket(data.subarray(sent));
      }
    }
    const app = new Client();
    client.tcp.registerLayer(app);
    await app.connect('10.0.0.1', 7);
    app.writable();
    while (received < data.length) {
      const next = await app.nextData();
      if (next.length === 0) break;
      back.set(next, received);
      received += next.length;
    }
    app.close();
    client.tcp.unregisterLayer(app);
    return back.subarray(0, received);
  }

  async function stop() {
    await client.stack.stop();
    await server.stack.stop();
  }
  return { exchange, stop };
}
