// Connection, request, end, finish and close come in their order at both ends of one exchange.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const watch = (say, name, emitter, ...events) => {
  for (const event of events) emitter.on(event, () => say(name, event));
};
const server = createServer((req, res) => {
  told('request');
  watch(told, 'req', req, 'end', 'close');
  watch(told, 'res', res, 'prefinish', 'finish', 'close');
  req.on('data', (data) => told('data', String(data)));
  req.on('end', () => res.end('answer'));
});
server.on('connection', (socket) => {
  told('connection');
  watch(told, 'socket', socket, 'end', 'finish', 'close');
});
watch(told, 'server', server, 'listening', 'close');
const port = await listening(server);
const req = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
watch(client, 'req', req, 'finish', 'response', 'close');
req.on('socket', (socket) => {
  client('socket');
  watch(client, 'socket', socket, 'lookup', 'connect', 'ready', 'end', 'finish', 'close');
});
req.on('response', (res) => {
  watch(client, 'res', res, 'end', 'close');
  res.on('data', (data) => client('data', String(data)));
});
req.end('question');
await once(req, 'response');
server.close();
