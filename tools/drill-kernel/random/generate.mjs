// Makes a random script from a seed: what goes in is chosen while our stack plays, so that it makes sense as an answer.
import { Dice } from './dice.mjs';
import { Peer } from './peer.mjs';
import { planOf } from './plan.mjs';
import { StackWorld } from './stack.mjs';

/** ms between a timer that has gone off and the next event, and between an event and the next timer. */
const AFTER = 14;
const BEFORE = 9;
/** The longest that a script may take, in ms. */
const LONGEST = 4000;

/** @returns { init, events: [{ at, text }], until, kind } */
export async function generate(seed) {
  const dice = new Dice(seed);
  const plan = planOf(dice);
  const world = await StackWorld.start(plan.init);
  try {
    return new Generator(dice, plan, world).make();
  } finally {
    await world.stop();
  }
}

class Generator {
  constructor(dice, plan, world) {
    Object.assign(this, { dice, plan, world });
    this.events = [];
    this.peer = new Peer(dice, plan.agreed);
    this.fd = 4;
    this.closed = false;
  }

  make() {
    this.handshake();
    for (let i = 0; i < this.plan.events && this.world.now < LONGEST; i++) {
      this.pause(this.dice.chance(0.7) ? this.plan.roundTrip : this.dice.between(12, 60));
      this.happen(this.dice.weighted(this.plan.weights));
    }
    this.pause(this.dice.one([30, 60, 250, 700]));
    return { init: this.plan.init, events: this.events, until: this.world.now, kind: this.plan.kind };
  }

  /** An event now. */
  add(text) {
    const { now } = this.world;
    const told = this.world.do({ text });
    const result = told === null ? '' : ` = ${told.value}${told.errno === null ? '' : ` ${told.errno}`}`;
    this.events.push({ at: now, text: text.replace(/ = -?\d+$/, '') + result });
    this.peer.watch(this.world.sent);
    this.peer.clock = 1000 + Math.floor(this.world.now);
  }

  /** Time passes; it ends well away from any timer that goes off. */
  pause(ms) {
    const { world } = this;
    const from = world.now;
    let until = from + ms;
    for (let i = 0; i < 20; i++) {
      world.runUntil(until);
      const last = world.sent.at(-1)?.at ?? 0;
      const away = last > from ? last + AFTER + 0.2 * (last - from) : 0;
      const soon = world.next < until + BEFORE ? world.next + AFTER + 0.2 * (world.next - from) : 0;
      if (Math.max(away, soon) <= until) break;
      until = Math.max(away, soon);
    }
    this.peer.watch(world.sent);
    this.peer.clock = 1000 + Math.floor(world.now);
  }

  handshake() {
    const { plan, peer } = this;
    const { agreed, mss, active } = plan;
    this.add('socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3');
    for (const [level, name, value] of plan.options) this.add(`setsockopt(3, ${level}, ${name}, [${value}], 4)`);
    peer.clock = 1000;
    const options = [`mss ${mss}`];
    if (agreed.sack) options.push('sackOK');
    if (agreed.timestamps) options.push(`TS val 1000 ecr ${active ? 100 : 0}`);
    if (agreed.scales) options.push(`nop,wscale ${agreed.peerShift}`);
    const marks = agreed.ecn ? (active ? 'E' : 'EW') : '';
    if (active) {
      this.fd = 3;
      this.add('connect(3, ..., ...)');
      this.pause(plan.roundTrip);
      this.add(`< S.${marks} 0:0(0) ack 1 win ${Math.min(65535, agreed.window)} <${options.join(',')}>`);
    } else {
      this.add('bind(3, ..., ...)');
      this.add('listen(3, 1)');
      this.pause(10);
      this.add(`< S${marks} 0:0(0) win ${Math.min(65535, agreed.window)} <${options.join(',')}>`);
      this.pause(plan.roundTrip);
      this.add(peer.segment({ flags: '.' }));
      this.add('accept4(3, ..., ..., SOCK_NONBLOCK) = 4');
    }
    const opening = this.world.sent[0]?.options ?? '';
    agreed.stackShift = agreed.scales ? Number(/wscale (\d+)/.exec(opening)?.[1] ?? 0) : 0;
    peer.echo = Math.max(peer.echo, peer.echoSeen);
  }

  happen(what) {
    const { dice, fd } = this;
    if (this.closed && ['write', 'read', 'option', 'close'].includes(what)) this.receive();
    else if (what === 'write') {
      const { mss } = this.plan;
      const size = dice.one([
        dice.between(1, mss),
        mss * dice.between(1, 4),
        dice.between(mss, 10 * mss),
        mss * dice.between(5, 30),
      ]);
      if (dice.chance(0.12)) this.add(`send(${fd}, ..., ${size}, MSG_MORE)`);
      else if (dice.chance(0.03)) this.add(`send(${fd}, ..., ${dice.between(1, mss)}, MSG_OOB)`);
      else this.add(`write(${fd}, ..., ${size})`);
    } else if (what === 'read') this.add(`read(${fd}, ..., ${dice.one([1, 500, 1000, 5000, 100000])})`);
    else if (what === 'option') this.option();
    else if (what === 'close') this.close();
    else if (what === 'receive') this.receive();
    else if (what === 'data') this.data();
    else if (what === 'window') this.windowUpdate();
    else if (what === 'odd') this.odd();
    else this.idle();
  }

  option() {
    const { dice, fd } = this;
    const [name, values] = dice.one([
      ['TCP_NODELAY', [0, 1]],
      ['TCP_CORK', [0, 1]],
      ['TCP_QUICKACK', [0, 1]],
    ]);
    this.add(`setsockopt(${fd}, SOL_TCP, ${name}, [${dice.one(values)}], 4)`);
  }

  close() {
    const { dice, fd } = this;
    const how = dice.weighted({ write: 5, close: 3, read: 1, fin: 3, reset: 0.3 });
    if (how === 'write') this.add(`shutdown(${fd}, SHUT_WR)`);
    else if (how === 'read') this.add(`shutdown(${fd}, SHUT_RD)`);
    else if (how === 'fin') this.data('fin');
    else if (how === 'reset') this.add(this.peer.segment({ flags: dice.one(['R', 'R.']) }));
    else {
      this.add(`close(${fd})`);
      this.closed = true;
    }
  }

  /** Until a timer goes off, or for a while. */
  idle() {
    const { world, dice } = this;
    const { next } = world;
    if (dice.chance(0.7) && next < world.now + 1000) this.pause(next - world.now + 1);
    else this.pause(dice.one([100, 200, 300]));
  }

  /** Some of what the stack sent arrives, and is acknowledged. */
  receive() {
    const { dice, peer } = this;
    const { queue } = peer;
    if (queue.length === 0) return;
    const mode = dice.weighted({ all: 4, some: 4, lose: 3, swap: 1.2, lone: 1 });
    if (mode === 'lose') queue.splice(0, Math.min(queue.length - 1, dice.between(1, 3)));
    let arrived;
    if (mode === 'all') arrived = queue.splice(0);
    else if (mode === 'lone') arrived = queue.splice(dice.between(0, queue.length - 1), 1);
    else if (mode === 'swap') arrived = queue.splice(0, dice.between(1, 4)).reverse();
    else arrived = queue.splice(0, dice.between(1, Math.min(queue.length, 6)));
    if (dice.chance(0.05) && arrived.length > 0) arrived.push(arrived.at(-1));
    const every = dice.one([1, 1, 2, 100]);
    const apart = dice.one([0, 0, 1, 3]);
    arrived.forEach((each, i) => {
      const duplicate = peer.receive(each);
      const order = peer.ranges.length === 0 && duplicate === null;
      if (order && (i + 1) % every !== 0 && i < arrived.length - 1) return;
      if (apart > 0 && i > 0) this.pause(apart);
      this.add(peer.acknowledgment({ duplicate, flags: this.plan.agreed.ecn && dice.chance(0.1) ? 'E' : '' }));
    });
  }

  windowUpdate() {
    const { dice, peer } = this;
    const { mss } = this.plan;
    peer.window = dice.one([0, 0, dice.between(1, mss), mss, 2 * mss, dice.between(1, 10) * mss, 65535]);
    this.add(peer.acknowledgment());
  }

  /** What the other side sends. */
  data(chosen = null) {
    const { dice, peer } = this;
    const { mss } = this.plan;
    const length = dice.one([1, dice.between(1, mss), mss, mss, mss]);
    const flags = dice.chance(0.4) ? 'P.' : '.';
    const mark = this.plan.agreed.ecn && dice.chance(0.3) ? dice.one(['[ce] ', '[ect0] ']) : '';
    const mode =
      chosen ??
      dice.weighted({
        order: 6,
        burst: 2,
        skip: 3,
        fill: 3,
        part: 1,
        overlap: 1,
        again: 1.5,
        beyond: 0.6,
        urgent: 0.3,
        fin: 0.3,
      });
    const send = (seq, bytes, more = {}) => this.add(peer.segment({ flags, seq, length: bytes, mark, ...more }));
    const hole = peer.holes.length > 0 ? dice.one(peer.holes) : null;
    if (mode === 'burst') {
      for (let left = dice.between(2, 4); left > 0; left--, peer.next += mss) send(peer.next, mss);
      return;
    }
    if (mode === 'skip') {
      peer.holes.push([peer.next, peer.next + length]);
      peer.next += length;
    }
    if (mode === 'fill' && hole !== null) {
      peer.holes.splice(peer.holes.indexOf(hole), 1);
      send(hole[0], Math.min(hole[1] - hole[0], 1460));
    } else if (mode === 'part' && hole !== null) {
      const from = dice.between(hole[0], hole[1] - 1);
      send(from, Math.min(dice.between(1, mss), 1460));
    } else if (mode === 'overlap') {
      const before = Math.min(peer.next - 1, dice.between(1, mss));
      const bytes = Math.min(1460, before + dice.between(0, mss));
      send(peer.next - before, bytes);
      peer.next = Math.max(peer.next, peer.next - before + bytes);
    } else if (mode === 'again') {
      const from = dice.between(1, peer.next);
      send(from, Math.min(peer.next - from, dice.between(0, mss)));
    } else if (mode === 'beyond') {
      send(Math.max(1, peer.stackEdge + dice.between(-mss, mss)), length);
    } else if (mode === 'urgent') {
      send(peer.next, length, { flags: `${flags}U`, urgent: dice.between(1, length + 1) });
      peer.next += length;
    } else if (mode === 'fin') {
      const bytes = dice.one([0, 0, length]);
      send(peer.next, bytes, { flags: dice.one(['F.', 'FP.']) });
      if (!peer.finished) peer.next += bytes + 1;
      peer.finished = true;
    } else {
      send(peer.next, length);
      peer.next += length;
    }
  }

  /** Acknowledgments that no receiver sends, or seldom. */
  odd() {
    const { dice, peer } = this;
    const { nextWanted, highest } = peer;
    const within = () => dice.between(Math.max(1, nextWanted - 3000), highest + 500);
    const mode = dice.weighted({
      again: 3,
      old: 1,
      beyond: 1,
      part: 2,
      blocks: 2,
      forget: 0.7,
      probe: 1,
      marked: 1,
      duplicate: 1,
    });
    if (mode === 'again') for (let left = dice.between(1, 4); left > 0; left--) this.add(peer.acknowledgment());
    else if (mode === 'old')
      this.add(peer.acknowledgment({ ack: Math.max(1, nextWanted - dice.between(1, 5000)), blocks: [] }));
    else if (mode === 'beyond') this.add(peer.acknowledgment({ ack: highest + dice.between(1, 3000) }));
    else if (mode === 'part') {
      const ack = dice.between(nextWanted, highest);
      peer.nextWanted = ack;
      peer.ranges = peer.ranges.filter(([, to]) => to > ack).map(([from, to]) => [Math.max(from, ack), to]);
      this.add(peer.acknowledgment());
    } else if (mode === 'blocks') {
      const blocks = Array.from({ length: dice.between(1, 3) }, () => {
        const from = within();
        return [from, from + dice.one([dice.between(1, 3000), this.plan.mss])];
      });
      this.add(peer.acknowledgment({ blocks }));
    } else if (mode === 'forget') {
      peer.ranges = [];
      this.add(peer.acknowledgment());
    } else if (mode === 'probe') this.add(peer.segment({ flags: '.', seq: peer.next - 1, length: dice.one([0, 1]) }));
    else if (mode === 'marked') this.add(peer.segment({ flags: dice.one(['.E', '.W', '.U', 'P.']), urgent: null }));
    else {
      const from = Math.max(1, nextWanted - this.plan.mss);
      this.add(peer.acknowledgment({ duplicate: [from, nextWanted] }));
    }
  }
}
