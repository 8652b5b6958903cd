// A chat message hidden in initial sequence numbers and identifications, by two rebound tokens; whoever looks finds it.
import { basic } from './carriers/channels.js';
import { detect, show } from './carriers/report.js';

const MESSAGE = 'Meet me at the old bridge at nine. Come alone, and bring the second half of the map. Burn this.';

// How many seeds the detector listens to: `node examples/dist/11-hidden-basic.js 300` for a closer look.
const worlds = Number(process.argv[2] ?? 15);

await show(basic(MESSAGE));
await detect('clean traffic', worlds);
await detect('the crude channel', Math.min(worlds, 5), () => basic(MESSAGE));
