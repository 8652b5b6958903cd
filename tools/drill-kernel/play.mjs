// Plays one script against the kernel of this machine: node tools/drill-kernel/play.mjs script.pkt [-v]
// Prints one line of JSON: { result: 'agree' | 'differ' | 'unsupported' | 'broken', line, reason, trace }.
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Agent, namespaceOf } from './kernel.mjs';

const drill = new URL('../../packages/drill/dist/', import.meta.url);
const load = (file) => import(new URL(file, drill));
const { parseScript } = await load('parse/parse.js');
const { Mismatch, Unsupported, ScriptSyntaxError } = await load('outcome.js');
const { addressesOf, profileOf, rulesOf } = await load('configure.js');
const { Flows } = await load('run/flows.js');
const { Observer } = await load('run/expect.js');
const { Injector } = await load('run/inject.js');
const { describePacket } = await load('run/describe.js');
const { runCode } = await load('code/evaluate.js');
const { Program } = await load('code/scope.js');
const { numberOf, asNumber, describeValue, inside } = await load('socket/constants.js');
const { compareMessage } = await load('socket/control.js');
const { cookieNames } = await load('socket/opening.js');
const { CA_STATE } = await load('socket/tcp-info.js');
const { compareResult } = await load('run/runner.js');

/** ms of patience with a busy machine beyond the language's tolerance. */
const PATIENCE = 10;
/** ms that a busy machine may have fallen behind a script in all: what stamps are compared by. */
const DRIFT = 60;
/** Longest script that is waited for: s. */
const LONGEST = 80;

class KernelRunner {
  constructor(agent, script, rules, addresses, profile) {
    Object.assign(this, { agent, script, rules });
    this.now = 0;
    this.trace = [];
    this.keys = null;
    this.calls = 0;
    this.done = new Map();
    this.pending = null;
    this.listening = null;
    this.current = null;
    /** Nobody can be asked of it any more. */
    this.over = false;
    const device = {
      captured: [],
      inject: (frame) => this.tell({ op: 'inject', frame: Buffer.from(frame).toString('base64') }),
    };
    this.environment = { device, options: { addresses, profile }, signatures: { keyOf: () => this.keys } };
    // A reset ends a connection, whoever sent it: the next SYN begins another.
    this.reset = new Set();
    this.flows = new Flows(addresses, (local, remote) => !this.reset.has(`${local} ${remote}`));
    const strictness = {
      push: rules.push,
      stampTolerance: rules.tick === null ? null : Math.max(1, Math.ceil(4000 / rules.tick)) + 5,
      md5Key: () => this.keys,
    };
    this.observer = new Observer(this.environment, this.flows, strictness, rules.strictSegments, (line) =>
      this.trace.push(line),
    );
    this.program = new Program();
    this.injector = new Injector(this.environment, this.flows, () => ({
      local: this.udpPort ?? addresses.bindPort,
      remote: addresses.connectPort,
    }));
  }

  tell(what) {
    const told = this.agent.ask(what);
    this.now = told.now;
    for (const { at, frame } of told.frames ?? []) this.capture(new Uint8Array(Buffer.from(frame, 'base64')), at);
    for (const each of told.done ?? []) this.done.set(each.id, each);
    this.observer?.peek();
    return told;
  }

  capture(bytes, at) {
    this.environment.device.captured.push({ bytes, at, reason: '' });
    // What is injected for a datagram socket goes where its datagrams came from.
    const four = bytes[14] >> 4 === 4;
    if (bytes[four ? 23 : 20] !== 17) return;
    const ports = 14 + (four ? 4 * (bytes[14] & 15) : 40);
    this.udpPort = (bytes[ports] << 8) | bytes[ports + 1];
  }

  run() {
    let line = 0;
    let planned = 0;
    try {
      for (const event of this.script.events) {
        line = event.line;
        planned = this.happen(event, planned);
      }
      this.awaitPending();
      return { result: 'agree', line: 0, reason: '' };
    } catch (error) {
      if (error instanceof Unsupported) return { result: 'unsupported', line, reason: error.what };
      if (error instanceof Mismatch)
        return {
          result: 'differ',
          line,
          reason:
            error.expected === ''
              ? error.problem
              : `${error.problem}: script ${error.expected}; kernel ${error.actual}`,
        };
      return { result: 'broken', line, reason: String(error.stack) };
    }
  }

  toleranceFor(delta) {
    return (this.rules.tolerance ?? Math.max(4, delta * 0.125)) + PATIENCE;
  }

  /** @returns when it was to happen: what times of the next event count from. */
  happen(event, before) {
    const { time, action } = event;
    const base = time.kind === 'at' ? 0 : before;
    if (action.kind === 'expect') {
      const tolerance = this.toleranceFor(base + time.to - before);
      const any = time.kind === 'any';
      const from = any ? 0 : base + time.from - tolerance;
      const to = any ? before + 60_000 : base + time.to + tolerance;
      const { first, last } = this.observer.expect(action.packet, to, () => this.advance(to + (any ? 0 : 500)));
      if (first < from || last > to)
        throw new Mismatch(
          first < from ? 'too early' : 'too late',
          `${(base + time.from).toFixed(1)} ms`,
          `${(first < from ? first : last).toFixed(1)} ms`,
        );
      return any || time.to > time.from
        ? last
        : Math.max(before, Math.abs(last - (base + time.from)) < PATIENCE + 4 ? base + time.from : last);
    }
    const at = time.kind === 'any' ? before : base + time.from;
    while (this.now < at) this.tell({ op: 'wait', args: [at] });
    // On a busy machine it may be later than planned: what follows counts from when it was.
    const was = Math.max(at, this.now);
    if (action.kind === 'inject') {
      this.trace.push({ at: this.now, text: `< ${describePacket(action.packet)}` });
      this.injector.inject(action.packet);
      if (action.packet.kind === 'tcp' && (action.packet.flags & 0x04) !== 0 && this.flows.current !== null)
        this.reset.add(`${this.flows.current.localPort} ${this.flows.current.remotePort}`);
    } else if (action.kind === 'call') this.makeCall(event, action.call, base);
    else if (action.kind === 'shell') this.tell({ op: 'shell', args: [action.command] });
    else {
      const info = () => {
        if (this.over) throw new Unsupported('TCP_INFO of a connection whose descriptor is closed');
        this.snapshot ??= this.tell({ op: 'info', args: [this.current ?? 3] }).info;
        return this.snapshot;
      };
      const names = {
        get: (name) => CA_STATE[name] ?? (/^(?:__)?tcpi_/.test(name) ? info()[name] : numberOf(name)),
      };
      runCode(action.text, event.line, names, this.program);
      this.snapshot = undefined;
    }
    return was;
  }

  advance(limit) {
    if (this.now >= limit) return false;
    const told = this.tell({ op: 'wait', args: [limit] });
    return (told.frames?.length ?? 0) > 0 || this.now < limit;
  }

  makeCall(event, call, base) {
    if (event.time.until !== null) this.awaitPending();
    this.trace.push({ at: this.now, text: call.text });
    const id = ++this.calls;
    this.note(call);
    this.tell({
      op: 'call',
      args: [id, call.name, call.arguments, call.result?.kind === 'number' ? call.result.value : -1],
    });
    if (event.time.until !== null) {
      this.pending = {
        id,
        call,
        until: base + event.time.until,
        tolerance: this.toleranceFor(event.time.until - event.time.from),
      };
      return;
    }
    const limit = this.now + 60;
    while (!this.done.has(id) && this.now < limit) this.tell({ op: 'wait', args: [limit] });
    const done = this.done.get(id);
    if (done === undefined) throw new Mismatch('the call blocks', call.text, 'it does not return');
    this.judge(call, done.told);
  }

  /** What code and packets without ports are about. */
  note({ name, arguments: given, result }) {
    if (name === 'listen') this.listening = true;
    if (name === 'close' && given[0].value === this.current) {
      this.current = null;
      this.over = true;
    }
    const accepted = (name === 'accept' || name === 'accept4') && result?.kind === 'number' && result.value >= 0;
    if (accepted) this.current = result.value;
    if ((name === 'connect' || name === 'sendto' || name === 'sendmsg') && this.current === null)
      this.current = given[0].value;
    this.over &&= this.current === null;
    if (name === 'bind' || name === 'connect') {
      const port =
        given[1]?.kind === 'struct' ? (given[1].fields.get('sin_port') ?? given[1].fields.get('sin6_port')) : undefined;
      if (name === 'bind' && port !== undefined && port.kind !== 'open') this.flows.listenPort = asNumber(port);
    }
    if (name === 'setsockopt' && given[2].name === 'TCP_MD5SIG') {
      const key = inside(given[3]).fields.get('tcpm_key');
      this.keys = key === undefined ? null : new TextEncoder().encode(key.text);
    }
  }

  awaitPending() {
    const { pending } = this;
    if (pending === null) return;
    const limit = pending.until + pending.tolerance;
    while (!this.done.has(pending.id) && this.now < limit) this.tell({ op: 'wait', args: [limit] });
    this.pending = null;
    const done = this.done.get(pending.id);
    if (done === undefined)
      throw new Mismatch('the call does not return', pending.call.text, `it still waits at ${limit}`);
    this.judge(pending.call, done.told);
    if (Math.abs(done.at - pending.until) > pending.tolerance)
      throw new Mismatch('the call returned at another time', `${pending.until} ms`, `${done.at.toFixed(1)} ms`);
  }

  judge(call, told) {
    if (told.unknown !== undefined) throw new Unsupported(told.unknown);
    if (told.errno === 'ENOTSUP') told.errno = 'EOPNOTSUPP';
    compareResult(call, told);
    const fail = (what, wanted, is) => {
      throw new Mismatch(`${call.name}: ${what}`, wanted, is);
    };
    if (told.errno !== null && told.errno !== undefined) return;
    const compareNumber = (value, is, what) => {
      const wanted = inside(value);
      if (wanted.kind !== 'open' && (asNumber(wanted) | 0) !== (is | 0)) fail(what, describeValue(wanted), String(is));
    };
    const given = call.arguments;
    if (call.name === 'ioctl') compareNumber(given[2], told.number, given[1].name);
    if (call.name === 'getsockopt') {
      const wanted = inside(given[3]);
      if (wanted.kind === 'open') return;
      if (told.linger !== undefined) {
        const { fields } = wanted;
        for (const name of ['onoff', 'linger'])
          compareNumber(fields.get(name) ?? fields.get(`l_${name}`), told.linger[name], name);
      } else if (wanted.kind === 'text' || (wanted.kind === 'word' && told.text !== undefined)) {
        if ((wanted.text ?? wanted.name) !== told.text) fail('another', wanted.text ?? wanted.name, told.text);
      } else compareNumber(given[3], told.number, given[2].name);
    }
    if (told.revents !== undefined) {
      given[0].items.forEach((item, i) => {
        const wanted = item.fields.get('revents');
        if (wanted !== undefined && told.value > 0) compareNumber(wanted, told.revents[i], 'revents');
      });
    }
    if (told.events !== undefined) {
      const items = given[1].kind === 'list' ? given[1].items : [given[1]];
      items.forEach((item, i) => {
        if (told.events[i] === undefined || item.kind !== 'struct') return;
        const wanted = item.fields.get('events');
        if (wanted !== undefined) compareNumber(wanted, told.events[i].events, 'events');
      });
    }
    if (told.control !== undefined) compareMessage(given[1], told.control, told.flags, DRIFT);
  }
}

/** Plays one script; the agent makes a namespace for it, and takes it away. */
function play(agent, file, verbose) {
  const text = readFileSync(file, 'utf8');
  const zeros = new Map([
    ['TFO_COOKIE', '00'],
    ['TFO_COOKIE_ZERO', '00'],
  ]);
  const plain = addressesOf(parseScript(text, zeros), false);
  const script = parseScript(text, cookieNames(plain.local, plain.remote));
  const mtu = script.options.get('mtu')?.at(-1);
  const addresses = mtu === undefined ? plain : { ...plain, mtu: Number(mtu) };
  const seconds =
    script.events.reduce(
      (sum, { time }) => (time.kind === 'at' ? (time.until ?? time.to) : sum + (time.until ?? time.to)),
      0,
    ) / 1000;
  const no = (reason) => ({ result: 'unsupported', line: 0, reason });
  if (profileOf(script, 'linux').name !== 'linux') return no('a script of another profile');
  if (seconds > LONGEST) return no(`too long to wait for: ${Math.round(seconds)} s`);
  const runner = new KernelRunner(agent, script, rulesOf(script, 'linux'), addresses, profileOf(script, 'linux'));
  const started = agent.ask(namespaceOf(script, addresses));
  const answer = started.unknown === undefined ? runner.run() : no(started.unknown);
  if (verbose) for (const { at, text: line } of runner.trace) console.error(`${(at / 1000).toFixed(4)} ${line}`);
  return answer;
}

function played(agent, file, verbose) {
  try {
    return play(agent, file, verbose);
  } catch (error) {
    if (error instanceof ScriptSyntaxError) return { result: 'broken', line: error.line, reason: error.problem };
    return error instanceof Unsupported
      ? { result: 'unsupported', line: 0, reason: error.what }
      : { result: 'broken', line: 0, reason: String(error.stack) };
  } finally {
    agent.rest = '';
    agent.ask({ op: 'end' });
  }
}

try {
  setPriority(-15);
} catch {}
const verbose = process.argv.includes('-v');
const agent = new Agent();
const lines = createInterface({
  input:
    process.argv[2] === '-'
      ? process.stdin
      : Readable.from(
          process.argv
            .slice(2)
            .filter((each) => each !== '-v')
            .join('\n'),
        ),
});
for await (const file of lines) {
  let answer;
  for (let times = 1; times <= 3; times++) {
    answer = { file, ...played(agent, file, verbose), times };
    if (answer.result !== 'differ' || verbose) break;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
agent.end();
process.exit(0);
