// Streams and sessions tell their states as they go from open to closed.
import { once } from 'node:events';
import { connect, constants, createServer } from 'node:http2';
import { listening } from '../fixtures/listening.mjs';

const names = Object.fromEntries(
  Object.entries(constants)
    .filter(([name]) => name.startsWith('NGHTTP2_STREAM_STATE'))
    .map(([name, value]) => [value, name.slice(21)]),
);
const server = createServer();
server.on('stream', (stream) => {
  console.log(
    'server',
    names[stream.state.state],
    stream.state.localClose,
    stream.state.remoteClose,
    stream.headersSent,
    stream.endAfterHeaders,
  );
  stream.respond();
  console.log('server', stream.headersSent, stream.sentHeaders[':status'], stream.bufferSize >= 0);
  stream.resume().on('end', () => {
    console.log('server', names[stream.state.state], stream.state.remoteClose);
    stream.end();
  });
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
const stream = client.request({ ':method': 'POST' });
console.log(stream.pending, stream.id, stream.state);
await once(stream, 'response');
console.log(stream.pending, stream.id, names[stream.state.state], stream.sentHeaders[':method'], stream.scheme);
stream.end();
await once(stream.resume(), 'close');
console.log(stream.closed, stream.destroyed, stream.session, stream.state, stream.rstCode);
const { nextStreamID, lastProcStreamID, remoteWindowSize } = client.state;
console.log(nextStreamID, lastProcStreamID, remoteWindowSize);
client.close();
server.close();
