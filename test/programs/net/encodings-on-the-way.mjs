// Each encoding writes its bytes, and a reader's encoding joins characters that were cut.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  const chunks = [];
  socket.on('data', (data) => chunks.push(data));
  socket.on('end', () => {
    console.log(Buffer.concat(chunks).toString('hex'));
    const text = Buffer.from('héllo wörld €uro 🙂');
    let at = 0;
    const next = () => {
      if (at < text.length) socket.write(text.subarray(at, ++at), () => setTimeout(next, 1));
      else socket.end(Buffer.from('e282', 'hex'));
    };
    next();
  });
});
server.on('connection', (socket) => {
  socket.allowHalfOpen = true;
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1').setNoDelay();
  client.write('é€', 'utf8');
  client.write('é', 'latin1');
  client.write('é', 'binary');
  client.write('z', 'ascii');
  client.write('é€', 'ucs2');
  client.write('🙂', 'utf16le');
  client.write('c0ffee', 'hex');
  client.write('Zm9vYg==', 'base64');
  client.write('_-8', 'base64url');
  client.setDefaultEncoding('latin1').write('ü');
  client.on('connect', () => {
    client.write('é€');
    client.setDefaultEncoding('utf8');
    client.end('é€');
  });
  client.setEncoding('utf8');
  const texts = [];
  client.on('data', (text) => texts.push(text));
  client.on('end', () => {
    console.log(
      texts.join(''),
      texts.every((text) => typeof text === 'string'),
      texts.filter((text) => text.includes('\ufffd')).length,
    );
    server.close();
  });
  try {
    client.setDefaultEncoding('klingon');
  } catch (error) {
    console.log(error.code, error.message);
  }
});
