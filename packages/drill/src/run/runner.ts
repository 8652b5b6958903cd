import type { IpAddress } from '@netwright/core';
import { changesOf } from '../change.js';
import { runCode } from '../code/evaluate.js';
import { Program } from '../code/scope.js';
import { plainErrno } from '../freebsd/errno.js';
import { BSD_STATE_NAMES, bsdTcpInfo } from '../freebsd/tcp-info.js';
import { Mismatch, Unsupported } from '../outcome.js';
import type { Call } from '../parse/call.js';
import type { Script, ScriptEvent } from '../parse/script.js';
import type { Moment } from '../parse/time.js';
import { type RunningStack, runShell } from '../shell.js';
import { Sockets } from '../socket/calls.js';
import { asNumber, numberOf } from '../socket/constants.js';
import type { Attempt, Result } from '../socket/descriptor.js';
import { CA_STATE, type TcpInfo, tcpInfo, unknownField } from '../socket/tcp-info.js';
import { describePacket } from './describe.js';
import type { Environment } from './environment.js';
import { Observer, type TraceLine } from './expect.js';
import { Flows } from './flows.js';
import { Injector } from './inject.js';

/** How a run is judged. */
export interface RunRules {
  /** ms that any event may be off; null takes max(4 ms, 12.5 % of the time since the event before). */
  readonly tolerance: number | null;
  readonly push: boolean;
  readonly strictSegments: boolean;
  /** µs of one tick of the stack's timestamps, where the script says so. */
  readonly tick: number | null;
}

/** Where a run stopped. */
export interface Failure {
  readonly line: number;
  readonly error: Mismatch | Unsupported;
}

/** A call that has not returned yet. */
interface PendingCall {
  readonly event: ScriptEvent;
  readonly call: Call;
  readonly attempt: Attempt;
  /** When it must return, and how much that may be off: ms of the clock. */
  readonly until: number;
  readonly tolerance: number;
  returned: { result: Result; at: number } | null;
}

/** How far time may run while something is expected at any time: an hour. */
const PATIENCE = 3_600_000;
/** How long after its time a packet is still looked for, to say when it came: 2 s. */
const CURIOSITY = 2000;

/** Lets the events of one script happen to one stack. */
export class Runner {
  readonly trace: TraceLine[] = [];
  /** What code blocks leave for those after them. */
  private readonly program = new Program();
  private readonly sockets: Sockets;
  private readonly flows: Flows;
  private readonly observer: Observer;
  private readonly injector: Injector;
  private readonly running: RunningStack;
  private pending: PendingCall | null = null;

  constructor(
    private readonly environment: Environment,
    private readonly script: Script,
    private readonly rules: RunRules,
  ) {
    this.sockets = new Sockets(environment);
    this.running = changesOf(environment);
    const { addresses } = environment.options;
    this.flows = new Flows(addresses, (local, remote) =>
      environment.tcp.sessions().some(({ id }) => id.localPort === local && id.remotePort === remote),
    );
    const stampTolerance = rules.tick === null ? null : Math.max(1, Math.ceil(4000 / rules.tick));
    const strictness = {
      push: rules.push,
      stampTolerance,
      md5Key: (peer: IpAddress) => environment.signatures.keyOf(peer),
    };
    this.observer = new Observer(environment, this.flows, strictness, rules.strictSegments, (line) =>
      this.trace.push(line),
    );
    this.injector = new Injector(environment, this.flows, () => this.sockets.datagramPorts());
  }

  /** @returns where it stopped; null when everything was as the script says. */
  run(): Failure | null {
    let line = 0;
    try {
      for (const event of this.script.events) {
        line = event.line;
        this.happen(event);
      }
      line = this.pending?.event.line ?? line;
      this.awaitPending();
      return null;
    } catch (error) {
      if (error instanceof Mismatch || error instanceof Unsupported) return { line, error };
      throw error;
    }
  }

  private get now(): number {
    return this.environment.clock.now();
  }

  private happen(event: ScriptEvent): void {
    const before = this.now;
    const { time, action } = event;
    const base = time.kind === 'at' ? 0 : before;
    if (action.kind === 'expect') {
      this.expect(event, base, before);
      return;
    }
    if (time.kind !== 'any') this.runUntil(base + time.from, time);
    switch (action.kind) {
      case 'inject':
        this.trace.push({ at: this.now, text: `< ${describePacket(action.packet)}` });
        this.injector.inject(action.packet);
        break;
      case 'call':
        this.makeCall(event, action.call, base, before);
        break;
      case 'shell':
        runShell(action.command, null, this.running);
        break;
      case 'code':
        for (const text of runCode(action.text, event.line, { get: (name) => this.lookUp(name) }, this.program)) {
          this.trace.push({ at: this.now, text });
        }
        break;
    }
    this.checkPending();
  }

  /** The percentage counts only where the script lets time pass. */
  private toleranceFor(delta: number): number {
    return this.rules.tolerance ?? Math.max(4, delta * 0.125);
  }

  private expect(event: ScriptEvent, base: number, before: number): void {
    if (event.action.kind !== 'expect') return;
    const { time } = event;
    const { packet } = event.action;
    const tolerance = this.toleranceFor(base + time.to - before);
    const from = time.kind === 'any' ? 0 : base + time.from - tolerance;
    const to = time.kind === 'any' ? before + PATIENCE : base + time.to + tolerance;
    const limit = time.kind === 'any' ? to : to + CURIOSITY;
    const epsilon = 1e-6;
    const { first, last } = this.observer.expect(packet, to + epsilon, () => this.advance(limit));
    if (first < from - epsilon || last > to + epsilon) {
      const at = first < from ? first : last;
      throw new Mismatch(
        at < from ? 'it came too early' : 'it came too late',
        `${seconds(base + time.from)}${time.to > time.from ? `..${seconds(base + time.to)}` : ''} ${describePacket(packet)}`,
        `${seconds(at)}`,
      );
    }
  }

  /** Lets one thing happen, at `limit` at the latest. @returns whether there was anything. */
  private advance(limit: number): boolean {
    if (this.environment.clock.next > limit) return false;
    this.environment.clock.step(limit);
    this.checkPending();
    return true;
  }

  private runUntil(at: number, time: Moment): void {
    if (at < this.now && time.kind === 'at' && at < this.now - this.toleranceFor(0)) {
      throw new Mismatch('the time of this event has passed', seconds(at), seconds(this.now));
    }
    while (this.advance(at));
    this.environment.clock.runUntil(at);
  }

  private makeCall(event: ScriptEvent, call: Call, base: number, before: number): void {
    if (event.time.until !== null) this.awaitPending();
    this.trace.push({ at: this.now, text: call.text });
    const attempt = this.sockets.start(call);
    this.flows.listenPort = this.sockets.listenPort;
    const result = attempt();
    if (event.time.until === null) {
      if (result === null) throw new Mismatch('the call blocks', call.text, 'it does not return');
      compareResult(call, result);
      return;
    }
    const until = (event.time.kind === 'at' ? 0 : base) + event.time.until;
    const tolerance = this.toleranceFor(until - before);
    const returned = result === null ? null : { result, at: this.now };
    this.pending = { event, call, attempt, until, tolerance, returned };
  }

  private checkPending(): void {
    // The trace is to show what was sent when it was.
    this.observer.peek();
    this.sockets.observe();
    const { pending } = this;
    if (pending === null || pending.returned !== null) return;
    const result = pending.attempt();
    if (result !== null) pending.returned = { result, at: this.now };
  }

  /** The call that blocks must have returned when its time has come. */
  private awaitPending(): void {
    const { pending } = this;
    if (pending === null) return;
    const limit = pending.until + pending.tolerance;
    while (pending.returned === null && this.advance(limit));
    this.pending = null;
    const { returned, call, until, tolerance } = pending;
    const when = `${call.text} at ${seconds(until)}`;
    if (returned === null) throw new Mismatch('the call does not return', when, `it still waits at ${seconds(limit)}`);
    compareResult(call, returned.result);
    if (Math.abs(returned.at - until) > tolerance) {
      throw new Mismatch('the call returned at another time', when, seconds(returned.at));
    }
  }

  private lookUp(name: string): number | string | undefined {
    if (name in CA_STATE) return CA_STATE[name as keyof typeof CA_STATE];
    if (this.bsd && name in BSD_STATE_NAMES) return BSD_STATE_NAMES[name];
    if (!/^(?:__)?tcpi_/.test(name)) return numberOf(name);
    return this.info()[name] ?? unknownField(name);
  }

  private get bsd(): boolean {
    return this.environment.options.profile.name === 'freebsd';
  }

  private info(): TcpInfo {
    const socket = this.sockets.current;
    if (socket?.session === null || socket === null) {
      const listens = this.sockets.listenPort !== null;
      return { tcpi_state: this.bsd ? (listens ? 1 : 0) : listens ? 10 : 7 };
    }
    const told = tcpInfo(socket.session);
    if (this.bsd) return bsdTcpInfo(socket.session, told);
    // Who still has the socket of a connection in TIME-WAIT has nothing any more.
    return socket.gone && !socket.closed ? { ...told, tcpi_state: 7 } : told;
  }
}

/** '1.250' */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(6).replace(/0{1,3}$/, '');
}

export function compareResult(call: Call, { value, errno }: Result): void {
  if (call.result === null || call.result.kind === 'open') return;
  const wanted = asNumber(call.result);
  const actual = `${value}${errno === null ? '' : ` ${errno}`}`;
  if (wanted !== value) throw new Mismatch('the call returns something else', call.text, actual);
  if (value === -1 && call.errno !== null && plainErrno(call.errno) !== errno) {
    throw new Mismatch('the call fails in another way', call.text, actual);
  }
}
