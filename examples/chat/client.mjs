// Three that chat, in turn. Each line is shown as each of them has heard it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';

const { CHAT_HOST = 'localhost', CHAT_PORT = '8081' } = process.env;
const present = new Map();

/** Waits until all have heard the next line. */
async function heard() {
  const lines = await Promise.all(
    [...present].map(async ([name, socket]) => `${name} hears "${(await once(socket, 'message'))[0]}"`),
  );
  console.log(lines.join(', '));
}

function comesIn(name) {
  present.set(name, new WebSocket(`ws://${CHAT_HOST}:${CHAT_PORT}/?name=${name}`));
  return heard();
}

function says(name, words) {
  present.get(name).send(words);
  return heard();
}

async function leaves(name) {
  const socket = present.get(name);
  present.delete(name);
  const told = present.size > 0 ? heard() : undefined;
  socket.close(1000, 'bye');
  const [code] = await once(socket, 'close');
  await told;
  console.log(`${name}'s connection closed with ${code}`);
}

for (const name of ['ada', 'bob', 'cleo']) await comesIn(name);
await says('ada', 'hello');
await says('bob', 'hello, ada');

const picture = randomBytes(1_000_000);
present.get('cleo').send(picture);
const [stored] = await once(present.get('cleo'), 'message');
console.log(`${stored.length} bytes stored,`, picture.equals(stored) ? 'the same' : 'others');

for (const name of ['cleo', 'bob', 'ada']) await leaves(name);
