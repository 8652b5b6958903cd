// A man in the middle: a node between two links rewrites the form that a browser posts and what the bank answers, and
// puts a request of its own into the connection. Neither end is changed, and neither can tell by the numbers.
import { buildLab, shippedPlugins, Tcp, TcpApplication, type TcpSession } from 'netwright';

const layers = ['ethernet', 'arp', 'ipv4', 'icmp', 'tcp'];
const BALANCE = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbalance 1\n';
const lab = await buildLab(
  {
    sim: { seed: 7 },
    topology: {
      nodes: {
        browser: { layers, address: '10.0.0.2/24' },
        bank: { layers, address: '10.0.0.1/24' },
        mallory: {
          interfaces: { left: {}, right: {} },
          layers: [
            {
              use: 'man-in-the-middle',
              replace: [
                { towards: 'server', port: 80, find: 'amount=10&to=alice', put: 'amount=9999&to=mallory' },
                // The form grows by four bytes, and its header says how long it is.
                { towards: 'server', port: 80, find: 'Content-Length: 31', put: 'Content-Length: 35' },
                { towards: 'client', port: 80, find: '9999 to mallory', put: '10 to alice' },
                { towards: 'client', port: 80, find: 'Content-Length: 21', put: 'Content-Length: 17' },
                // What nobody has asked for nobody is to hear.
                { towards: 'client', port: 80, find: BALANCE, put: '' },
              ],
              // On cue, into the connection that is open then: a request that the browser has never made.
              inject: [
                { towards: 'server', port: 80, at: '5s', put: 'GET /balance HTTP/1.1\r\nHost: bank.lab\r\n\r\n' },
              ],
            },
          ],
        },
      },
      links: [
        { endpoints: ['browser', 'mallory:left'], latency: '10ms', loss: '10%', reorder: '5%' },
        { endpoints: ['mallory:right', 'bank'], latency: '10ms', loss: '10%', reorder: '5%' },
      ],
    },
  },
  { plugins: shippedPlugins },
);
await lab.start();

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const print = (who: string, lines: string) => console.log(lines.trimEnd().replace(/^/gm, `${who.padEnd(7)} | `));

/** Whoever reads HTTP messages from a stream. */
abstract class Reader extends TcpApplication {
  private heard = '';

  override packetReceived(bytes: Uint8Array, session: TcpSession): void {
    this.heard += decode(bytes);
    for (;;) {
      const head = this.heard.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(this.heard.slice(0, head))?.[1] ?? 0);
      if (head < 0 || this.heard.length < head + 4 + length) return;
      const message = this.heard.slice(0, head + 4 + length);
      this.heard = this.heard.slice(message.length);
      this.message(message.replaceAll('\r', ''), session);
    }
  }

  abstract message(message: string, session: TcpSession): void;
}

class Bank extends Reader {
  message(message: string, session: TcpSession): void {
    print('bank', message);
    const form = new URLSearchParams(message.split('\n\n')[1]);
    const said = form.has('amount') ? `paid ${form.get('amount')} to ${form.get('to')}\n` : 'balance 1\n';
    this.sendPacket(`HTTP/1.1 200 OK\r\nContent-Length: ${said.length}\r\n\r\n${said}`, session);
  }
}

class Browser extends Reader {
  pay(): void {
    const form = 'amount=10&to=alice&purpose=rent';
    this.sendPacket(`POST /pay HTTP/1.1\r\nHost: bank.lab\r\nContent-Length: ${form.length}\r\n\r\n${form}`);
  }

  message(message: string): void {
    print('browser', message);
  }

  override connectionLost(_session: TcpSession, error: Error | null): void {
    print('browser', error === null ? 'closed in good order' : error.message);
  }
}

const bank = new Bank();
lab.nodes.get('bank')?.layer(Tcp)?.registerLayer(bank);
bank.bind(80).listen();
const browser = new Browser();
lab.nodes.get('browser')?.layer(Tcp)?.registerLayer(browser);
browser.connectThen('10.0.0.1', 80, {}, () => browser.pay());
await lab.run({ until: 4000 });
print('', 'five seconds: mallory asks for the balance, in the browser’s name');
await lab.run({ until: 10_000 });
browser.pay();
await lab.run({ until: 20_000 });
browser.close();
await lab.run({ until: 200_000 });

const { translated, rewritten, injected } = lab.nodes.get('mallory')?.host.counters.get('man-in-the-middle') ?? {};
print('', `segments translated: ${translated > 0}, rewritten: ${rewritten > 0}, put in: ${injected > 0}`);
await lab.stop();
