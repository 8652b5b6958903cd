// Destroying a request in any of its callbacks ends it with one 'close'.
import { createServer, request } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => {
  req.on('error', () => {});
  req.resume();
  req.on('end', () => {
    res.write('one');
    setTimeout(() => res.end('two'), 60);
  });
});
const port = await listening(server);
const moments = {
  socket: (req, act) => req.on('socket', act),
  connect: (req, act) => req.on('socket', (socket) => socket.on('connect', act)),
  written: (req, act) => req.write('x', act),
  finish: (req, act) => req.on('finish', act),
  response: (req, act) => req.on('response', act),
  data: (req, act) => req.on('response', (res) => res.once('data', act)),
  end: (req, act) => req.on('response', (res) => res.resume().on('end', act)),
  close: (req, act) => req.on('response', (res) => res.resume()).on('close', act),
};
for (const [name, moment] of Object.entries(moments)) {
  const req = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
  const events = [];
  req.on('error', (error) => events.push(`${error.code} ${error.message}`));
  req.on('close', () => events.push('close'));
  req.on('response', (res) => {
    events.push('response');
    res.on('error', (error) => events.push(`response ${error.code}`));
    res.on('close', () => events.push(`response close ${res.complete}`));
  });
  moment(req, () => req.destroy());
  req.end('body');
  await closed(req);
  await new Promise((resolve) => setTimeout(resolve, 80));
  console.log(name, events.join(', '));
}
server.close();
server.closeAllConnections();
