// The least of a Redis server: PING, ECHO, SET, GET, INCR, DEL and QUIT in the protocol RESP 2, pipelined or not.
import { once } from 'node:events';
import { createServer } from 'node:net';

const { REDIS_PORT = '6379' } = process.env;
const store = new Map();

const status = (text) => Buffer.from(`+${text}\r\n`);
const error = (text) => Buffer.from(`-ERR ${text}\r\n`);
const integer = (value) => Buffer.from(`:${value}\r\n`);
const bulk = (bytes) =>
  bytes === undefined
    ? Buffer.from('$-1\r\n')
    : Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);

const COMMANDS = {
  PING: ([text]) => (text === undefined ? status('PONG') : bulk(text)),
  ECHO: ([text]) => bulk(text),
  GET: ([key]) => bulk(store.get(String(key))),
  SET([key, value]) {
    store.set(String(key), value);
    return status('OK');
  },
  INCR([key]) {
    const value = Number(store.get(String(key)) ?? 0) + 1;
    if (!Number.isSafeInteger(value)) return error('value is not an integer or out of range');
    store.set(String(key), Buffer.from(String(value)));
    return integer(value);
  },
  DEL: (keys) => integer(keys.filter((key) => store.delete(String(key))).length),
  QUIT: () => status('OK'),
};

/** Takes commands, arrays of bulk strings, out of what has come. `rest` is what is not yet one. */
class Commands {
  rest = Buffer.alloc(0);

  *take(chunk) {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (let command = this.next(); command !== null; command = this.next()) yield command;
  }

  next() {
    let at = 0;
    /** A line that begins with `mark` and goes on with a number; null where it has not come whole. */
    const number = (mark) => {
      const end = this.rest.indexOf('\r\n', at);
      if (end < 0) return null;
      const line = this.rest.toString('latin1', at, end);
      if (!/^.\d{1,9}$/.test(line) || line[0] !== mark) throw new Error(`Protocol error: expected '${mark}'`);
      at = end + 2;
      return Number(line.slice(1));
    };
    const count = number('*');
    if (count === null) return null;
    const parts = [];
    while (parts.length < count) {
      const length = number('$');
      if (length === null || this.rest.length < at + length + 2) return null;
      parts.push(this.rest.subarray(at, at + length));
      at += length + 2;
    }
    this.rest = this.rest.subarray(at);
    return parts;
  }
}

const server = createServer((socket) => {
  const commands = new Commands();
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    try {
      for (const [name = '', ...given] of commands.take(chunk)) {
        const command = COMMANDS[String(name).toUpperCase()];
        socket.write(command === undefined ? error(`unknown command '${name}'`) : command(given));
        if (command === COMMANDS.QUIT) socket.end();
      }
    } catch (problem) {
      socket.end(error(problem.message));
    }
  });
});
await once(server.listen(Number(REDIS_PORT)), 'listening');
console.log(`redis: listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
