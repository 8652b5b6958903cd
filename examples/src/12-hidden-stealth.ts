// The same, whitened by a key, and only where the stack draws at random anyway: whoever has no key sees chance.
import { stealth } from './carriers/channels.js';
import { detect, show } from './carriers/report.js';

const MESSAGE = 'Meet me at the old bridge at nine. Come alone, and bring the second half of the map. Burn this.';

// How many seeds the detector listens to: `node examples/dist/12-hidden-stealth.js 300` for a closer look.
const worlds = Number(process.argv[2] ?? 15);

await show(stealth(MESSAGE, 'a secret of both'));
await detect('the quiet channel', worlds, () => stealth(MESSAGE, 'a secret of both'));
