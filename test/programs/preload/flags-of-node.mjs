// A program says the same with any flag of Node's, by whatever door it comes in.
import { spawn } from 'node:child_process';

const echo = `
  const net = require('node:net');
  const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1', () => client.end('echo'));
    client.on('data', (data) => console.log(String(data))).on('close', () => server.close());
  });`;
const esm = `
  import http from 'node:http';
  const server = http.createServer((request, answer) => answer.end('answer')).listen(0, '127.0.0.1');
  server.on('listening', () => {
    const { port } = server.address();
    http.get({ port, host: '127.0.0.1', agent: false }, async (answer) => {
      for await (const chunk of answer) console.log(String(chunk));
      server.close();
    });
  });`;
const flags = [
  '--expose-internals',
  '--expose-gc',
  '--pending-deprecation',
  '--throw-deprecation',
  '--trace-warnings',
  '--trace-uncaught',
  '--experimental-vm-modules',
  '--enable-source-maps',
  '--disable-proto=delete',
  '--unhandled-rejections=strict',
  '--stack-size=500',
  '--dns-result-order=ipv4first',
  '--no-network-family-autoselection',
  '--frozen-intrinsics',
];

function run(args, { input, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, ...args], { ...options, stdio: 'pipe' });
    const said = ['', ''];
    child.stdout.on('data', (data) => (said[0] += data));
    child.stderr.on('data', (data) => (said[1] += data));
    child.on('close', (code) =>
      resolve(JSON.stringify([...said.map((each) => each.replace(/\(node:\d+\)/g, '')), code])),
    );
    child.stdin.end(input);
  });
}

// Four at a time.
const lines = [];
const ask = (what, args, options) => lines.push([what, () => run(args, options)]);
for (const flag of flags) ask(flag, [flag, '-e', echo]);
ask('print', ['-p', '1 + 1']);
ask('stdin', ['-'], { input: echo });
ask('stdin alone', [], { input: echo });
ask('module', ['--input-type=module', '-e', esm]);
ask('module on stdin', ['--input-type=module', '-'], { input: esm });
ask('exit code', ['-e', 'process.exitCode = 3']);
const { HOME, ...homeless } = process.env;
ask('homeless', ['-e', echo], { env: homeless });
ask('options', ['-e', echo], { env: { ...process.env, NODE_OPTIONS: '--no-warnings' } });
ask('elsewhere', ['-e', `process.chdir('/'); ${echo}`]);
const said = [];
await Promise.all(
  [0, 1, 2, 3].map(async (first) => {
    for (let i = first; i < lines.length; i += 4) said[i] = `${lines[i][0]} ${await lines[i][1]()}`;
  }),
);
console.log(said.join('\n'));
