import type { BuiltStack, Lab, LabResult, LabRunOptions, NetwrightError } from '@netwright/core';
import { State, Tcp } from '@netwright/layers';
import { fail } from '../errors.js';
import { Invariants } from '../watch/invariants.js';
import { type End, misdelivery, pairs } from './transfers.js';

/** Ms that a lab goes on when its applications are done: TIME-WAIT and the last retransmissions end within. */
const SETTLE = 300_000;
/** States that a connection leaves by itself. */
const PASSING: ReadonlySet<number> = new Set([
  State.SynSent,
  State.SynReceived,
  State.FinWait1,
  State.Closing,
  State.LastAck,
  State.TimeWait,
]);

/** What a lab came to that was checked; it is stopped. */
export interface CheckedRun {
  readonly result: LabResult;
  /** Every invariant that was broken, in the order in which it was found. */
  readonly problems: readonly NetwrightError[];
  /** Why applications could not do what they were started for, by 'node/application'; before the stop. */
  readonly failures: Readonly<Record<string, string>>;
}

/**
 * Runs a lab and holds it to what must be true of any run: the sequence space of each connection is sane (see
 * {@link Invariants}), what was delivered is what was sent, every application is done in time, connections that close
 * come to their end, and after the stop nothing is left: no packet, timer or alarm, and nothing that a layer holds.
 *
 * Make it before the lab has started; `run` also stops it.
 */
export class LabCheck {
  private readonly invariants = new Invariants();
  private readonly found: NetwrightError[] = [];

  constructor(private readonly lab: Lab) {
    lab.watchers.push(this.invariants);
    for (const stack of lab.nodes.values()) stack.host.watch(this.invariants.tap(stack));
  }

  async run(options: LabRunOptions = {}): Promise<CheckedRun> {
    const { lab } = this;
    const failures: Record<string, string> = {};
    let result: LabResult;
    try {
      result = await lab.run(options);
      if (result.ended === 'done') await this.settle();
      else if (result.ended !== 'stopped') this.checkDone();
      this.checkTransfers();
      for (const [name, app] of lab.apps) {
        const why = app.failure?.() ?? null;
        if (why !== null) failures[name] = why;
      }
    } finally {
      await lab.stop();
    }
    this.checkLeft();
    return { result, problems: [...this.invariants.problems(), ...this.found], failures };
  }

  /** What closes comes to its end, without help. */
  private async settle(): Promise<void> {
    const { lab } = this;
    if (!lab.virtual) return;
    await lab.run({ until: lab.clock.now() + SETTLE, pastDone: true });
    for (const [node, stack] of lab.nodes) {
      for (const session of stack.layer(Tcp)?.sessions() ?? []) {
        if (!PASSING.has(session.state)) continue;
        const { localAddress, localPort, remoteAddress, remotePort } = session.id;
        const found = `${SETTLE / 1000} s after all was done it is not closed`;
        this.add('INVARIANT_STUCK', node, `${localAddress}:${localPort}`, `${remoteAddress}:${remotePort}`, found);
      }
    }
  }

  /** Every application that can be done is, unless the network was cut. */
  private checkDone(): void {
    const { lab } = this;
    if (lab.outages.some((each) => each.down)) return;
    for (const [name, app] of lab.apps) {
      if (app.done === undefined || app.done()) continue;
      const [node] = name.split('/');
      const open = (app.transfers?.() ?? []).filter(
        (each) => each.outcome === 'open' && !(each.ended && each.receivedEnd),
      );
      const state = (local: string, remote: string) => this.state(node, local, remote);
      for (const { local, remote, sent, received } of open) {
        const found = `${name} is not done, ${sent} bytes sent, ${received} received, ${state(local, remote)}`;
        this.add('INVARIANT_STUCK', node, local, remote, found);
      }
      if (open.length === 0) this.add('INVARIANT_STUCK', node, 'no connection', 'anybody', `${name} is not done`);
    }
  }

  private checkTransfers(): void {
    const ends: End[] = [];
    for (const [name, app] of this.lab.apps) {
      const [node] = name.split('/');
      for (const transfer of app.transfers?.() ?? []) ends.push({ node, transfer });
    }
    for (const { near, far } of pairs(ends)) {
      if (far === null) {
        // An application that keeps no account may be there.
        continue;
      }
      this.compare(near, far);
      this.compare(far, near);
    }
  }

  private compare(from: End, to: End): void {
    const wrong = misdelivery(from.transfer, to.transfer);
    if (wrong !== null) this.add('INVARIANT_BYTES', to.node, to.transfer.local, to.transfer.remote, wrong);
  }

  /** After the stop: what was taken and not let go of. */
  private checkLeft(): void {
    const { lab } = this;
    const pools = new Map([...lab.nodes].map(([node, stack]) => [stack.host.pool, node]));
    const left = (node: string, what: string[]) => {
      if (what.length === 0) return;
      const values = { time: lab.clock.now(), frame: this.invariants.frames, node, found: what.join(', ') };
      this.found.push(fail('INVARIANT_LEFT', values));
    };
    for (const [node, stack] of lab.nodes) left(node, held(stack));
    for (const [pool, node] of pools) if (pool.inUse !== 0) left(node, [`packets ${pool.inUse}`]);
    const alarms = 'pending' in lab.clock ? Number(lab.clock.pending) : 0;
    if (alarms > 0) left([...lab.nodes.keys()].join(', '), [`alarms ${alarms}`]);
  }

  private state(node: string, local: string, remote: string): string {
    const fields = this.lab.nodes.get(node)?.layer(Tcp)?.inspect() ?? {};
    const port = local.slice(local.lastIndexOf(':') + 1);
    return `state ${fields[`${port}-${remote}.state`] ?? 'CLOSED'}`;
  }

  private add(code: 'INVARIANT_STUCK' | 'INVARIANT_BYTES', node: string, local: string, remote: string, found: string) {
    const frame = this.invariants.lastFrame(node, local, remote);
    this.found.push(fail(code, { time: this.lab.clock.now(), frame, node, local, remote, found }));
  }
}

/** What a stack that is stopped still holds: 'timers 1', 'tcp.held.blocks 2'. */
function held(stack: BuiltStack): string[] {
  const what = stack.forgottenTimers === 0 ? [] : [`timers ${stack.forgottenTimers}`];
  for (const layer of stack.layers) {
    for (const [name, value] of Object.entries(layer.inspect())) {
      if (name.startsWith('held.') && value !== 0) what.push(`${layer.name}.${name} ${value}`);
    }
  }
  return what;
}
