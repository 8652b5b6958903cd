// As much as fits: sequence numbers, identifications, and an option in every segment. It hides from nobody.
import { highThroughput } from './carriers/channels.js';
import { detect, show } from './carriers/report.js';

const MESSAGE = 'Meet me at the old bridge at nine. Come alone, and bring the second half of the map. Burn this. '
  .repeat(8)
  .trim();

// How many seeds the detector listens to: `node examples/dist/13-hidden-high-throughput.js 300` for a closer look.
const worlds = Number(process.argv[2] ?? 15);

await show(highThroughput(MESSAGE));
await detect('the fast channel', Math.min(worlds, 5), () => highThroughput(MESSAGE));
