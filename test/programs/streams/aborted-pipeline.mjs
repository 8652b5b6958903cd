// A pipeline that is aborted destroys its socket, and the peer's pipeline ends or fails as well.
import { connect, createServer } from 'node:net';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const forever = async function* () {
  for (;;) yield Buffer.alloc(10_000);
};
let told;
const outcome = new Promise((resolve) => {
  told = resolve;
});
const server = createServer((socket) => {
  pipeline(forever, socket).then(
    () => told('done?'),
    (error) => told(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code) ? 'failed' : error.code),
  );
});
server.listen(0, '127.0.0.1', async () => {
  const controller = new AbortController();
  const client = connect(server.address().port, '127.0.0.1');
  let size = 0;
  const sink = new Writable({
    write(chunk, _, done) {
      size += chunk.length;
      if (size > 500_000) controller.abort();
      done();
    },
  });
  try {
    await pipeline(client, sink, { signal: controller.signal });
  } catch (error) {
    console.log(error.name, error.code, client.destroyed, sink.destroyed);
  }
  console.log('server', await outcome);
  server.close();
});
