// An idle socket tells timeout and stays open; what is sent or read puts it off; zero ends it.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.on('data', (data) => socket.write(data)));
server.listen(0, '127.0.0.1', () => {
  const log = [];
  const client = connect(server.address().port, '127.0.0.1');
  console.log(client.timeout, client.setTimeout(200, () => log.push('callback')) === client, client.timeout);
  let beats = 0;
  const beat = setInterval(() => {
    client.write('beat');
    if (++beats === 6) clearInterval(beat);
  }, 25);
  client.on('timeout', () => {
    log.push(`timeout after ${beats} ${client.destroyed} ${client.readyState}`);
    if (log.filter((each) => each.startsWith('timeout')).length === 1) {
      client.write('more');
      return;
    }
    client.setTimeout(0);
    log.push(`timeout ${client.timeout}`);
    setTimeout(() => client.end(), 220);
  });
  client.resume();
  client.on('close', (had) => {
    log.push(`close ${had}`);
    console.log(log.join('\n'));
    server.close();
  });
});
