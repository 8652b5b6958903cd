// Our stack as random scripts are played against it, in virtual time.
import {
  addressesOf,
  Environment,
  Injector,
  parseScript,
  profileOf,
  runShell,
  Sockets,
  stackOf,
  tcpInfo,
} from './drill.mjs';
import { Record } from './record.mjs';
import { parseEvent } from './script.mjs';

const NOTHING = parseScript('');

export class StackWorld {
  static async start(init) {
    const profile = profileOf(NOTHING, 'linux');
    const addresses = addressesOf(NOTHING);
    const configuration = { sysctls: new Map(), route: new Map() };
    for (const command of init) runShell(command, configuration, null);
    const environment = new Environment({
      profile,
      addresses,
      sysctls: configuration.sysctls,
      ...stackOf(profile, configuration),
    });
    await environment.start();
    return new StackWorld(environment, addresses);
  }

  constructor(environment, addresses) {
    this.environment = environment;
    this.sockets = new Sockets(environment);
    this.record = new Record(addresses);
    this.events = 0;
    this.injector = new Injector(environment, this.record.flows, () => ({ local: 0, remote: 0 }));
  }

  get now() {
    return this.environment.clock.now();
  }

  /** When something may happen by itself. */
  get next() {
    return this.environment.clock.next;
  }

  get sent() {
    return this.record.segments;
  }

  runUntil(at) {
    while (this.environment.clock.step(at)) this.look();
    this.environment.clock.runUntil(at);
  }

  look() {
    this.sockets.observe();
    for (const frame of this.environment.device.captured.splice(0)) this.record.take(frame, this.events);
  }

  /** @returns what a call returned; null for a packet. */
  do(event) {
    const action = event.action ?? parseEvent(event);
    this.events++;
    let told = null;
    if (action.kind === 'inject') this.injector.inject(action.packet);
    else {
      const result = this.sockets.start(action.call)();
      this.record.flows.listenPort = this.sockets.listenPort;
      told = result === null ? { value: -1, errno: 'EAGAIN' } : { value: result.value, errno: result.errno };
    }
    this.look();
    return told;
  }

  info() {
    const session = this.sockets.current?.session ?? null;
    return session === null ? {} : tcpInfo(session);
  }

  async stop() {
    await this.environment.stop();
  }
}

/** Plays a script at the times that are given. @returns { steps: [{ at, told, info }], segments } */
export async function playOnStack({ init, events }, times, until) {
  const world = await StackWorld.start(init);
  const steps = [];
  try {
    events.forEach((event, i) => {
      world.runUntil(times[i]);
      const info = world.info();
      steps.push({ at: world.now, told: world.do(event), info });
    });
    world.runUntil(until);
  } finally {
    await world.stop();
  }
  return { steps, segments: world.sent };
}
