// A server whose port is in use may try again, as the documentation shows.
import { createServer } from 'node:net';

const blocker = createServer().listen(0, '127.0.0.1', () => {
  const { port } = blocker.address();
  const server = createServer();
  let tries = 0;
  server.on('error', (error) => {
    console.log(error.code);
    if (++tries === 2) blocker.close();
    setTimeout(() => {
      server.close();
      server.listen(port, '127.0.0.1');
    }, 10);
  });
  server.on('listening', () => {
    console.log('listening after', tries, server.address().port === port);
    server.close(() => console.log('closed'));
  });
  server.listen(port, '127.0.0.1');
});
