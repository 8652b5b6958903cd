// Speaks with an echo server through the proxy. What it has sent is complete before the answer is.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

const { PROXY_HOST = 'localhost', PROXY_PORT = '7070' } = process.env;
const sent = randomBytes(1_000_000);
const socket = connect({ host: PROXY_HOST, port: Number(PROXY_PORT) });
socket.end(sent);
const received = await buffer(socket);
console.log(`${received.length} bytes through the proxy and back,`, received.equals(sent) ? 'the same' : 'others');
if (!socket.closed) await once(socket, 'close');
