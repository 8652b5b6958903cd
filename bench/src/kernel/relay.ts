/**
 * A program: joins the interfaces 'left' and 'right' of the network namespace that it is started in by a cable of ours.
 * Prints 'ready'; on SIGTERM what it has counted, as JSON. Argument: JSON of {@link RelayTask}.
 */
import { type Packet, PacketPool, SeededRandom, SystemClock } from '@netwright/core';
import { Cable, CaptureDevice, type ImpairmentOptions } from '@netwright/plugins';
import { isData, LossPattern } from './loss-pattern.js';

/** What the relay is to do. */
export interface RelayTask {
  readonly leftMac: string;
  readonly rightMac: string;
  readonly seed: number;
  /** Share of the data frames that are lost on their way to the right: which of them, only `seed` says. */
  readonly dataLoss: number;
  /** What happens to all frames in either direction. */
  readonly both: ImpairmentOptions;
  /** What happens to frames on their way to the right instead. */
  readonly right?: ImpairmentOptions;
}

/** What the relay has counted: what it lost for another reason than the path is what it was too slow for. */
export interface RelayCounters {
  readonly dataFrames: number;
  readonly dataLost: number;
  /** Frames of both directions, and what the path did to them. */
  readonly frames: number;
  readonly lost: number;
  readonly reordered: number;
  readonly duplicated: number;
  /** Frames that it lost though the path would not have. */
  readonly tooSlow: number;
  /** Share of one processor that it took. */
  readonly cpu: number;
}

const task = JSON.parse(process.argv[2]) as RelayTask;
const pool = new PacketPool({ small: 32768, large: 8 });
const clock = new SystemClock();
const { both, right: toRight } = task;
const cable = new Cable({
  ...both,
  ...(toRight === undefined ? {} : { from: { left: toRight } }),
  clock,
  random: new SeededRandom(`relay ${task.seed}`),
});
const [leftEnd, rightEnd] = [cable.attach('left', pool), cable.attach('right', pool)];
// Each side hears what is for the station of the other one.
const left = new CaptureDevice({ interface: 'left', mac: task.rightMac, offloads: 'keep', warn });
const right = new CaptureDevice({ interface: 'right', mac: task.leftMac, offloads: 'keep', warn });
const pattern = new LossPattern(task.seed, task.dataLoss);
const passed: Packet[] = [];

// Loading took time of the processor, too.
const started = { at: clock.now(), cpu: process.cpuUsage() };
leftEnd.open({ pool, receive: (batch, count) => left.send(batch, count) });
rightEnd.open({ pool, receive: (batch, count) => right.send(batch, count) });
await left.open({
  pool,
  receive(batch, count) {
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      if (isData(packet) && pattern.loses()) packet.release();
      else passed[kept++] = packet;
    }
    if (kept > 0) leftEnd.send(passed, kept);
  },
});
await right.open({ pool, receive: (batch, count) => rightEnd.send(batch, count) });
process.once('SIGTERM', stop);
console.log('ready');

function warn(message: string): void {
  console.error(message);
}

function stop(): void {
  const { user, system } = process.cpuUsage(started.cpu);
  const ends = [...cable.counters.values()];
  const sum = (name: 'sent' | 'lost' | 'reordered' | 'duplicated') => ends.reduce((all, each) => all + each[name], 0);
  const counters: RelayCounters = {
    frames: sum('sent'),
    lost: sum('lost'),
    reordered: sum('reordered'),
    duplicated: sum('duplicated'),
    dataFrames: pattern.frames,
    dataLost: pattern.lost,
    tooSlow: [left, right].reduce(
      (sum, { counters: { overflow, noPacket, sendErrors } }) => sum + overflow + noPacket + sendErrors,
      0,
    ),
    cpu: (user + system) / 1000 / (clock.now() - started.at),
  };
  console.log(JSON.stringify(counters));
  process.exit(0);
}
