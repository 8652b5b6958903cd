// The same script on the kernel of this machine, in real time.
import { namespaceOf } from '../kernel.mjs';
import { addressesOf, Injector, parseScript } from './drill.mjs';
import { Record } from './record.mjs';
import { parseEvent } from './script.mjs';

const NOTHING = parseScript('');
const ACK = 0x10;
/** ms that the kernel has to get ready. */
const EARLIEST = 5;

/** @returns { steps: [{ at, told, info }], segments }; throws where the kernel cannot be asked. */
export function playOnKernel(agent, { init, events }, until) {
  const addresses = addressesOf(NOTHING);
  agent.ask({ ...namespaceOf({ init: init.map((command) => ({ command })) }, addresses) });
  try {
    return new Playing(agent, addresses).play(events, until);
  } finally {
    agent.rest = '';
    agent.ask({ op: 'end' });
  }
}

class Playing {
  constructor(agent, addresses) {
    this.agent = agent;
    this.record = new Record(addresses);
    this.record.flows.listenPort = addresses.bindPort;
    this.steps = [];
    this.frame = null;
    const device = { inject: (frame) => (this.frame = Buffer.from(frame).toString('base64')) };
    this.injector = new Injector({ device, options: { addresses } }, this.record.flows, () => null);
    this.about = null;
  }

  play(events, until) {
    const actions = events.map(parseEvent);
    // Until the first acknowledgment goes in, nobody knows what it acknowledges.
    const found = actions.findIndex(({ kind, packet }) => kind === 'inject' && (packet.flags & ACK) !== 0);
    const first = found < 0 ? actions.length : found;
    const at = events.map(({ at }) => at + EARLIEST);
    this.part(actions.slice(0, first), at, 0, (at[first] ?? until + EARLIEST) - 8);
    this.part(actions.slice(first), at, first, until + EARLIEST);
    return { steps: this.steps, segments: this.record.segments };
  }

  part(actions, at, offset, until) {
    const items = actions.map((action, i) => {
      const item = { at: at[offset + i], about: this.about };
      if (action.kind === 'inject') {
        this.injector.inject(action.packet);
        return { ...item, frame: this.frame };
      }
      const { name, arguments: args, result } = action.call;
      this.noteDescriptor(action.call);
      return { ...item, name, args, result: result?.kind === 'number' ? result.value : -1 };
    });
    const { steps, frames } = this.agent.ask({ op: 'timeline', args: [items, until] });
    this.steps.push(...steps);
    for (const { at: when, frame } of frames) {
      const event = this.steps.filter((step) => step.at <= when).length;
      this.record.take({ bytes: new Uint8Array(Buffer.from(frame, 'base64')), at: when, reason: '' }, event);
    }
  }

  /** The connection that TCP_INFO is about, while it has a descriptor. */
  noteDescriptor({ name, arguments: given, result }) {
    if (name === 'accept' || name === 'accept4') this.about = result.value;
    if (name === 'connect') this.about = given[0].value;
    if (name === 'close' && given[0].value === this.about) this.about = null;
  }
}
