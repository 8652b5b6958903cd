// A client that connects to a server by its name, sends a request, fetches what arrived and closes.
import { buildLab, shippedPlugins, Tcp, TcpApplication, type TcpSession } from 'netwright';

const lab = await buildLab(
  {
    topology: {
      nodes: {
        server: {
          address: '10.0.0.1/24',
          layers: [
            'ethernet',
            'arp',
            'ipv4',
            'udp',
            'tcp',
            { use: 'dns-server', records: [{ name: 'myserver.lab', type: 'A', data: '10.0.0.1' }] },
          ],
        },
        client: {
          address: '10.0.0.2/24',
          layers: ['ethernet', 'arp', 'ipv4', 'udp', 'tcp', { use: 'dns', servers: ['10.0.0.1'] }],
        },
      },
      links: [{ endpoints: ['server', 'client'] }],
    },
  },
  { plugins: shippedPlugins },
);
await lab.start();

class Web extends TcpApplication {
  override packetReceived(_request: Uint8Array, session: TcpSession): void {
    this.sendPacket('HTTP/1.0 200 OK\r\n\r\nhello\n', session);
    session.shutdown();
  }
}
const web = new Web();
lab.nodes.get('server')?.layer(Tcp)?.registerLayer(web);
web.bind(80).listen();

const conn = new TcpApplication();
lab.nodes.get('client')?.layer(Tcp)?.registerLayer(conn);
const session = await conn.connect('myserver.lab', 80);
console.log(`connected to ${session.id.remoteAddress} port ${session.id.remotePort}`);
conn.sendPacket('GET / HTTP/1.0\r\n\r\n');
// What arrives is stored: wait for some, then fetch it in pieces of any size.
const first = await conn.nextData(15);
const rest = conn.fetchData();
console.log(new TextDecoder().decode(first));
console.log(new TextDecoder().decode(rest).trim());
console.log(`at the end of the stream: ${(await conn.nextData()).length} bytes`);
conn.close();

await lab.stop();
