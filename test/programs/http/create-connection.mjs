// A request goes over the socket that createConnection gives, at once or later, and its error is the request's.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => res.end(`${req.url} ${req.headers.host.replace(/\d+/, 'PORT')}`));
const port = await listening(server);
const made = [];
const make = (_options) => {
  made.push(connect(port, '127.0.0.1'));
  return made.at(-1);
};
const ways = {
  option: { createConnection: make },
  later: { createConnection: (options, done) => void setTimeout(() => done(null, make(options)), 5) },
  failing: { createConnection: (_options, done) => void setImmediate(done, new Error('no way')) },
  throwing: {
    agent: Object.assign(new Agent(), { createConnection: (_options, done) => void done(new TypeError('at once')) }),
  },
  agent: { agent: Object.assign(new Agent({ keepAlive: true }), { createConnection: make }) },
};
for (const [name, options] of Object.entries(ways)) {
  const req = get({ host: 'nowhere.example', port: 81, path: `/${name}`, ...options });
  try {
    const [res] = await once(req, 'response');
    console.log(name, await text(res), made.includes(req.socket ?? res.socket));
  } catch (error) {
    console.log(name, error.name, error.message);
  }
  options.agent?.destroy();
}
server.close();
