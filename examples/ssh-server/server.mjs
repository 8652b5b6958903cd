// An SSH server that runs commands, for whom it knows: SSH_PASSWORD, or the keys of the file AUTHORIZED_KEYS.
import { spawn } from 'node:child_process';
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';

const { SSH_PORT = '2222', SSH_PASSWORD, AUTHORIZED_KEYS } = process.env;
const { Server, utils } = ssh2;

const known =
  AUTHORIZED_KEYS === undefined
    ? []
    : readFileSync(AUTHORIZED_KEYS, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => utils.parseKey(line));

const hash = (text) => createHash('sha256').update(text).digest();

function allowed(attempt) {
  if (attempt.method === 'password') {
    return SSH_PASSWORD !== undefined && timingSafeEqual(hash(attempt.password), hash(SSH_PASSWORD));
  }
  if (attempt.method !== 'publickey') return false;
  const key = known.find((each) => each.getPublicSSH().equals(attempt.key.data));
  if (key === undefined) return false;
  // Without a signature it is a question whether the key would do.
  return attempt.signature === undefined || key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}

function run(command, stream) {
  const child = spawn('sh', ['-c', command]);
  // A command need not read all that it is sent.
  child.stdin.on('error', () => {});
  stream.pipe(child.stdin);
  child.stdout.pipe(stream, { end: false });
  child.stderr.pipe(stream.stderr, { end: false });
  child.on('close', (code, signal) => {
    if (code === null) stream.exit(signal.slice(3));
    else stream.exit(code);
    stream.end();
  });
  stream.on('close', () => child.kill());
}

// Not ed25519: one such key of ssh2 1.17 in about 300 is one that ssh2 itself cannot read.
const hostKey = utils.generateKeyPairSync('ecdsa', { bits: 256 }).private;
const server = new Server({ hostKeys: [hostKey] }, (client) => {
  client.on('authentication', (attempt) => (allowed(attempt) ? attempt.accept() : attempt.reject()));
  client.on('session', (accept) => {
    accept().on('exec', (acceptCommand, _, { command }) => run(command, acceptCommand()));
  });
  // Who breaks the connection off has done no harm to others.
  client.on('error', () => {});
});
await once(server.listen(Number(SSH_PORT)), 'listening');
console.log(`ssh: listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
