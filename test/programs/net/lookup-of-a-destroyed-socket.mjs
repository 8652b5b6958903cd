// A lookup that answers after its socket was destroyed connects nothing.
import { connect, createServer } from 'node:net';

const server = createServer(() => console.log('connection?'));
server.listen(0, '127.0.0.1', () => {
  let answer;
  const client = connect({
    port: server.address().port,
    host: 'a.test',
    family: 4,
    lookup: (_, _options, callback) => (answer = callback),
  });
  for (const event of ['lookup', 'connect', 'error', 'connectionAttempt']) client.on(event, () => console.log(event));
  client.on('close', (had) => {
    console.log('close', had);
    setTimeout(() => {
      try {
        answer(null, '127.0.0.1', 4);
        console.log('answered');
      } catch (error) {
        console.log(error.name);
      }
      setTimeout(() => server.close(() => console.log('closed')), 20);
    }, 5);
  });
  client.destroy();
});
