// Children and their pipes stay the system's, and can be joined to sockets.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

let ended;
const server = createServer((socket) => {
  const child = spawn(
    process.execPath,
    ['-e', "process.stdin.on('data', (d) => process.stdout.write(String(d).toUpperCase()))"],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
  ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(`child ${code} ${signal}`)));
});
server.on('connection', (socket) => {
  socket.allowHalfOpen = true;
});
server.listen(0, '127.0.0.1', async () => {
  const client = connect(server.address().port, '127.0.0.1');
  client.end('through a child');
  let text = '';
  for await (const chunk of client) text += chunk;
  console.log(text);
  console.log(await ended);
  server.close();
});
