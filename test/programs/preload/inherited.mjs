// Children, workers and contexts inherit what their parent was started with.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const echo = `
  const net = require('node:net');
  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1', () => client.end('echo'));
    client.on('data', (data) => said(String(data))).on('close', () => server.close());
  });`;
const evaluate = new Function('require', 'said', echo);
const require = createRequire(import.meta.url);

if (process.argv[2] === 'child') evaluate(require, (text) => process.send(text));
else if (!isMainThread) evaluate(require, (text) => parentPort.postMessage(text));
else {
  const file = fileURLToPath(import.meta.url);
  const child = fork(file, ['child']);
  child.on('message', (text) => console.log('fork', text));
  console.log(await once(child, 'exit'));
  const worker = new Worker(file);
  worker.on('message', (text) => console.log('worker', text));
  console.log(await once(worker, 'exit'));
  const threads = [0, 1, 2].map(() => new Worker(file));
  console.log(await Promise.all(threads.map(async (each) => (await once(each, 'message'))[0])));
  const listening = new Worker("require('node:net').createServer().listen(0)", { eval: true });
  await once(listening, 'online');
  console.log(await listening.terminate());
  vm.runInNewContext(echo, { require, said: (text) => console.log('context', text) });
  const env = { ...process.env, NODE_OPTIONS: process.execArgv.join(' ') };
  for (const options of [[], process.execArgv]) {
    const said = spawnSync(process.execPath, [...options, '-e', `const said = console.log; ${echo}`], {
      env,
      encoding: 'utf8',
    });
    console.log(JSON.stringify([said.stdout, said.stderr, said.status]));
  }
}
