import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';

const { HOST = 'localhost', PORT = '7007' } = process.env;
const open = () => connect({ host: HOST, port: Number(PORT) });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const greeting = open();
greeting.end('hello, stack');
console.log('came back:', await text(greeting));

const sent = randomBytes(2_000_000);
const large = open();
large.end(sent);
const received = await buffer(large);
console.log(`came back: ${received.length} bytes,`, sha256(received) === sha256(sent) ? 'the same' : 'others');

const many = Array.from({ length: 50 }, (_, i) => {
  const socket = open();
  socket.end(`connection ${i}`);
  return text(socket);
});
const answers = await Promise.all(many);
console.log('at once:', answers.filter((answer, i) => answer === `connection ${i}`).length);
