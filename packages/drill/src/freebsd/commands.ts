import { stateName, type Tcp } from '@netwright/layers';
import { Mismatch, Unsupported } from '../outcome.js';

/** What commands look at. */
export interface Surveyed {
  readonly tcp: Tcp;
  /** What a sysctl says now. */
  sysctl(name: string): string | undefined;
}

/** What a command has printed, and whether it succeeded. */
interface Printed {
  readonly lines: readonly string[];
  readonly succeeds: boolean;
}

/** How netstat(1) and sockstat(1) call the states. */
const NAMES: Record<string, string> = {
  'SYN-SENT': 'SYN_SENT',
  'SYN-RECEIVED': 'SYN_RCVD',
  'FIN-WAIT-1': 'FIN_WAIT_1',
  'FIN-WAIT-2': 'FIN_WAIT_2',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  'LAST-ACK': 'LAST_ACK',
  'TIME-WAIT': 'TIME_WAIT',
};

/** Words that begin what is looked at and never changes anything. */
const LOOKS = /^(?:!\s*)?(?:sockstat|netstat|kldstat|sysctl (?:-[a-zA-Z]+ )*-n|test|\[|tcpdrop)\b/;
const LOOKS_TEST = /^(?:!\s*)?\[/;

/** Whether a command is read as a question, or as `tcpdrop`. */
export function isCommand(text: string): boolean {
  return LOOKS.test(text) || LOOKS_TEST.test(text);
}

/**
 * Answers sockstat(1), netstat(1), kldstat(8), `sysctl -n`, test(1) and filters behind them, and does what tcpdrop(8) does.
 * @throws Mismatch where the command would fail; Unsupported for what is not known.
 */
export function answerCommand(text: string, world: Surveyed): void {
  const alternatives = text.split(/\s*\|\|\s*/);
  if (alternatives.some((each) => runPipeline(each, world))) return;
  throw new Mismatch('the command fails', text, 'a status that is not 0');
}

function runPipeline(text: string, world: Surveyed): boolean {
  if (/^(?:true|:|exit 0)$/.test(text)) return true;
  const negated = /^!\s*/.exec(text);
  const stages = splitPipes(negated === null ? text : text.slice(negated[0].length));
  let printed = begin(stages[0], world);
  for (const stage of stages.slice(1)) printed = filter(stage, printed.lines);
  return printed.succeeds !== (negated !== null);
}

/** At `|` outside of quotes. */
function splitPipes(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^|])+/g)].map(([each]) => each.trim());
}

function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c);
}

function begin(text: string, world: Surveyed): Printed {
  const [name, ...given] = words(text);
  switch (name) {
    case 'sockstat':
    case 'netstat':
      return { lines: connections(name, world.tcp), succeeds: true };
    case 'kldstat':
      // Every module is there.
      return { lines: given.filter((each) => !each.startsWith('-')), succeeds: true };
    case 'sysctl': {
      const lines = given.filter((each) => !each.startsWith('-')).map((each) => world.sysctl(each) ?? '');
      return { lines, succeeds: true };
    }
    case 'tcpdrop':
      return { lines: [], succeeds: drop(given, world.tcp) };
    case 'test':
    case '[':
      return { lines: [], succeeds: compare(expand(given, world).filter((each) => each !== ']')) };
    default:
      throw new Unsupported(`the command "${text}"`);
  }
}

/** `$(sysctl -n name)` in an argument. */
function expand(given: readonly string[], world: Surveyed): string[] {
  const whole = given.join(' ').replace(/\$\(([^)]*)\)/g, (_, inner: string) => {
    const stages = splitPipes(inner);
    let printed = begin(stages[0], world);
    for (const stage of stages.slice(1)) printed = filter(stage, printed.lines);
    return printed.lines.join(' ').trim() || '""';
  });
  return words(whole);
}

function compare([left = '', operator = '', right = '']: readonly string[]): boolean {
  const [a, b] = [Number(left), Number(right)];
  const known: Record<string, () => boolean> = {
    '=': () => left === right,
    '==': () => left === right,
    '!=': () => left !== right,
    '-eq': () => a === b,
    '-ne': () => a !== b,
    '-lt': () => a < b,
    '-le': () => a <= b,
    '-gt': () => a > b,
    '-ge': () => a >= b,
  };
  const holds = known[operator];
  if (holds === undefined) throw new Unsupported(`test ${left} ${operator} ${right}`);
  return holds();
}

function filter(text: string, lines: readonly string[]): Printed {
  const [name, ...given] = words(text);
  if (name === 'grep' || name === 'egrep' || name === 'fgrep') return grep(name, given, lines);
  if (name === 'wc') return { lines: [String(lines.length)], succeeds: true };
  if (name === 'head' || name === 'tail') {
    const count = Number(given.join(' ').match(/\d+/)?.[0] ?? 10);
    return { lines: name === 'head' ? lines.slice(0, count) : lines.slice(-count), succeeds: true };
  }
  if (name === 'cat' || name === 'sort' || name === 'tr') return { lines, succeeds: true };
  if (name === 'awk') {
    const column = /\{\s*print \$(\d+);?\s*\}/.exec(given.join(' '))?.[1];
    if (column === undefined) throw new Unsupported(`the command "${text}"`);
    return { lines: lines.map((each) => each.trim().split(/\s+/)[Number(column) - 1] ?? ''), succeeds: true };
  }
  throw new Unsupported(`the command "${text}"`);
}

function grep(name: string, given: readonly string[], lines: readonly string[]): Printed {
  const flags = given.filter((each) => /^-[a-zA-Z]+$/.test(each)).join('');
  const pattern = given.find((each) => !/^-[a-zA-Z]+$/.test(each)) ?? '';
  const plain = name === 'fgrep' || flags.includes('F');
  const source = plain ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : pattern.replace(/\\([|+?(){}])/g, '$1');
  const wanted = new RegExp(flags.includes('w') ? `\\b(?:${source})\\b` : source, flags.includes('i') ? 'i' : '');
  const found = lines.filter((each) => wanted.test(each) !== flags.includes('v'));
  return { lines: flags.includes('c') ? [String(found.length)] : found, succeeds: found.length > 0 };
}

/** A line for each: protocol, local and foreign address, state. */
function connections(style: string, tcp: Tcp): string[] {
  const colon = style === 'sockstat' ? ':' : '.';
  const lines = tcp.sessions().map(({ id, state }) => {
    const kind = id.localAddress.version === 4 ? 'tcp4' : 'tcp6';
    const name = NAMES[stateName(state)] ?? stateName(state);
    const local = `${id.localAddress}${colon}${id.localPort}`;
    return `root packetdrill 1000 3 ${kind} ${local} ${id.remoteAddress}${colon}${id.remotePort} ${name}`;
  });
  for (const { port, address } of tcp.listening())
    lines.push(`root packetdrill 1000 3 tcp4 ${address ?? '*'}${colon}${port} *${colon}* LISTEN`);
  return lines;
}

/** `tcpdrop [laddr lport faddr fport]`, `tcpdrop -a`, `-s STATE`: each connection is reset and gone. */
function drop(given: readonly string[], tcp: Tcp): boolean {
  const state = given[given.indexOf('-s') + 1];
  const ends = given.filter((each) => !each.startsWith('-'));
  const all = given.includes('-a') || given.includes('-l') || given.includes('-s');
  const text = ends.flatMap((each) => (/:\d+$/.test(each) ? [each.replace(/:\d+$/, ''), each.split(':').pop()] : each));
  const found = tcp.sessions().filter(({ id, state: now }) => {
    if (given.includes('-s')) return (NAMES[stateName(now)] ?? stateName(now)) === state;
    if (all) return true;
    const mine = [`${id.localAddress}`, `${id.localPort}`, `${id.remoteAddress}`, `${id.remotePort}`];
    return mine.every((each, i) => each === text[i]);
  });
  for (const session of found) session.drop();
  return found.length > 0;
}
