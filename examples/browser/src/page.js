// What index.html runs: type a line, and see the frames that carry it there and back.
import { explain } from '@netwright/core';
import { network } from './network.js';

const lines = document.querySelector('#frames');
const say = (text) => {
  lines.textContent += `${text}\n`;
  lines.scrollTop = lines.scrollHeight;
};

/** A tap sees every frame of the client, and knows why it was sent. */
const watch = {
  frame(direction, packet, _via, at) {
    const why = direction === 'out' ? explain(packet.reason, packet.decider) : '';
    say(`${at.toFixed(1).padStart(9)} ms  ${direction.padEnd(3)}  ${String(packet.length).padStart(5)} bytes  ${why}`);
  },
};

async function start() {
  const hosts = await network({ latency: 20, loss: 0.05, watch });
  document.querySelector('form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = document.querySelector('input').value;
    const back = await hosts.exchange(new TextEncoder().encode(text));
    say(`the server sent back: ${new TextDecoder().decode(back)}`);
  });
  say('two hosts are up: 10.0.0.2 here, an echo server at 10.0.0.1, 20 ms and 5 % loss between them');
}

start();
