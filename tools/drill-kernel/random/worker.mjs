// Plays what it is told to by lines of JSON on its input: { seed } or { script, once }; answers each by a line.
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { Agent } from '../kernel.mjs';
import { generate } from './generate.mjs';
import { steadyTrial, tell } from './trial.mjs';

try {
  setPriority(-10);
} catch {}
const agent = new Agent();
const ignored = new Set(process.argv.slice(2));
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    const script = asked.script ?? (await generate(asked.seed));
    const found = await steadyTrial(agent, script, ignored, asked.times);
    answer = { script, difference: found.difference, told: tell(script, found) };
  } catch (error) {
    answer = { broken: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify({ seed: asked.seed, ...answer })}\n`);
}
agent.end();
process.exit(0);
