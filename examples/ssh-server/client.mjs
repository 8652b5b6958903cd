// Logs in and runs commands. SSH_USER with SSH_PASSWORD or SSH_KEY, the file of a private key.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { buffer, text } from 'node:stream/consumers';
import ssh2 from 'ssh2';

const { SSH_HOST = 'localhost', SSH_PORT = '2222', SSH_USER = 'guest', SSH_PASSWORD, SSH_KEY } = process.env;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function login(secret) {
  const client = new ssh2.Client();
  client.connect({ host: SSH_HOST, port: Number(SSH_PORT), username: SSH_USER, ...secret });
  return once(client, 'ready').then(() => client);
}

function run(client, command, input = '') {
  return new Promise((resolve, reject) => {
    // All of the answer may come with the channel itself: whoever waits a moment before listening has missed it.
    client.exec(command, (error, stream) => {
      if (error) return reject(error);
      const said = Promise.all([buffer(stream), text(stream.stderr), once(stream, 'exit')]);
      said.then(([output, errors, [code]]) => resolve({ output, errors, code }), reject);
      stream.end(input);
    });
  });
}

await login({ password: 'a wrong one' }).catch((error) => console.log('with a wrong password:', error.message));
const client = await login(SSH_KEY === undefined ? { password: SSH_PASSWORD } : { privateKey: readFileSync(SSH_KEY) });
const greeting = await run(client, 'echo hello from the other side; echo and something went wrong >&2; exit 7');
console.log(String(greeting.output).trim());
console.log(greeting.errors.trim());
console.log('exit', greeting.code);

const sent = randomBytes(1_000_000);
const { output } = await run(client, 'cat', sent);
console.log(`cat: ${output.length} bytes,`, sha256(output) === sha256(sent) ? 'the same' : 'others');
const digest = String((await run(client, 'sha256sum', sent)).output).slice(0, 64);
console.log('sha256sum:', digest === sha256(sent) ? 'the same' : 'another');

client.end();
await once(client, 'close');
