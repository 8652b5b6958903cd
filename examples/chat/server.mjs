// A chat over WebSockets: what one says, all hear.
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

const { CHAT_PORT = '8081' } = process.env;
const server = new WebSocketServer({ port: Number(CHAT_PORT), perMessageDeflate: true });

function tell(line) {
  for (const each of server.clients) if (each.readyState === WebSocket.OPEN) each.send(line);
}

server.on('connection', (socket, request) => {
  const name = new URL(request.url, 'ws://localhost').searchParams.get('name') ?? 'somebody';
  tell(`${name} comes in`);
  // Bytes are for whom they came from: a picture, say, that is stored.
  socket.on('message', (data, isBinary) => (isBinary ? socket.send(data) : tell(`${name}: ${data}`)));
  socket.on('close', () => tell(`${name} leaves`));
});
await once(server, 'listening');
console.log(`chat: listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
