import test from 'ava';
import { injectable, injectFromBase } from 'inversify';
import {
  buildLab,
  HookPoint,
  LabCheck,
  type LabManifest,
  override,
  type Packet,
  shippedPlugins,
  TCP_SESSION,
  TcpSession,
} from 'netwright';

/** Two hosts over a good cable; only what is planted goes wrong. */
const LAB: LabManifest = {
  sim: { seed: 3, stop_time: '30s' },
  pool: { small: 512, large: 0 },
  defaults: { layers: ['ethernet', 'arp', 'ipv4', 'icmp', { use: 'tcp', receiveBuffer: 8192, timestamps: true }] },
  topology: {
    nodes: {
      left: { address: '10.0.0.1/24', apps: [{ use: 'exchange', bytes: '24KiB', stall: {} }] },
      right: {
        address: '10.0.0.2/24',
        apps: [{ use: 'exchange', bytes: '24KiB', peers: ['10.0.0.1'], connections: 6 }],
      },
    },
    links: [{ endpoints: ['left', 'right'], latency: '5ms', loss: '1%' }],
  },
};

/** Runs the lab with sessions of this class. @returns the codes of what was found, each once, and the first in words. */
async function check(session: new (...given: never[]) => TcpSession) {
  const overrides = [override(TCP_SESSION, { class: session as new () => TcpSession })];
  const lab = await buildLab(LAB, { plugins: shippedPlugins, overrides, print: () => {} });
  const { problems } = await new LabCheck(lab).run();
  return { codes: new Set(problems.map(({ code }) => code)), what: problems[0]?.what ?? '' };
}

/** A session whose segments are changed before they are summed and sent. */
@injectable()
@injectFromBase({ extendConstructorArguments: true })
class Edited extends TcpSession {
  protected count = 0;

  override attach(surroundings: Parameters<TcpSession['attach']>[0]): void {
    super.attach(surroundings);
    const { transmitter } = this;
    transmitter.outgoing = new HookPoint(
      surroundings.host,
      (packet) => {
        this.count++;
        return this.edit(packet, packet.transport) ? 'pass' : 'drop';
      },
      (packet) => transmitter.complete(packet),
    );
  }

  /** @returns false to drop it. */
  protected edit(_packet: Packet, _at: number): boolean {
    return true;
  }

  protected isPureAck({ view, end }: Packet, at: number): boolean {
    return view.getUint8(at + 13) === 0x10 && end - at === (view.getUint8(at + 12) >>> 4) * 4;
  }

  protected hasText({ view, end }: Packet, at: number): boolean {
    return (view.getUint8(at + 13) & 0x07) === 0 && end - at > (view.getUint8(at + 12) >>> 4) * 4;
  }
}

test('sessions that do nothing wrong break nothing', async (t) => {
  t.deepEqual([...(await check(Edited)).codes], []);
});

const planted: Record<string, typeof Edited> = {
  INVARIANT_ACK_AHEAD: class extends Edited {
    protected override edit(packet: Packet, at: number): boolean {
      const { view } = packet;
      if (this.isPureAck(packet, at) && this.count % 4 === 0) view.setInt32(at + 8, view.getInt32(at + 8) + 1);
      return true;
    }
  },
  INVARIANT_ACK_BACK: class extends Edited {
    protected override edit(packet: Packet, at: number): boolean {
      const { view } = packet;
      if (this.isPureAck(packet, at) && this.count > 4) view.setInt32(at + 8, this.receiver.irs + 1);
      return true;
    }
  },
  INVARIANT_WINDOW_SHRUNK: class extends Edited {
    protected override edit(packet: Packet, at: number): boolean {
      if (this.isPureAck(packet, at) && this.count % 3 === 0) packet.view.setUint16(at + 14, 10);
      return true;
    }
  },
  INVARIANT_GAP: class extends Edited {
    protected override edit(packet: Packet, at: number): boolean {
      return !this.hasText(packet, at) || this.count % 5 !== 0;
    }
  },
  INVARIANT_ACKED: class extends Edited {
    protected override edit(packet: Packet, at: number): boolean {
      const old = ((this.sender.sndUna - this.sender.iss) | 0) > 3000;
      if (old && this.hasText(packet, at)) packet.view.setInt32(at + 4, this.sender.iss + 1);
      return true;
    }
  },
  INVARIANT_FIN: class extends Edited {
    protected override edit(packet: Packet, at: number): boolean {
      if (this.hasText(packet, at)) packet.view.setUint8(at + 13, packet.view.getUint8(at + 13) | 1);
      return true;
    }
  },
  INVARIANT_TIMESTAMP: class extends Edited {
    protected override edit({ view }: Packet, at: number): boolean {
      // Behind two NOPs, kind and length.
      if (this.count % 4 === 3 && view.getUint16(at + 22) === 0x080a)
        view.setInt32(at + 24, view.getInt32(at + 24) - 900);
      return true;
    }
  },
  INVARIANT_MSS: class extends Edited {
    override receive(segment: Parameters<TcpSession['receive']>[0]): void {
      super.receive(segment);
      // More than the peer has said that it takes.
      this.transmitter.facts.mss = 500;
    }
    protected override edit({ view }: Packet, at: number): boolean {
      if ((view.getUint8(at + 13) & 2) !== 0 && view.getUint8(at + 20) === 2) view.setUint16(at + 22, 700);
      return true;
    }
    protected override sendData(...given: Parameters<TcpSession['emit']>): void {
      this.sender.mss = 1400;
      super.sendData(...given);
    }
  },
  INVARIANT_WINDOW: class extends Edited {
    override attach(surroundings: Parameters<TcpSession['attach']>[0]): void {
      super.attach(surroundings);
      const { sender } = this;
      const update = sender.updateWindow.bind(sender);
      sender.updateWindow = (seq, ack, window) => update(seq, ack, window + 20_000);
    }
  },
  INVARIANT_BYTES: class extends Edited {
    protected override takeText(segment: Parameters<TcpSession['receive']>[0]): void {
      const { packet, length, payloadAt } = segment;
      if (packet !== null && length > 1000) packet.bytes[payloadAt + 999] ^= 0x10;
      super.takeText(segment);
    }
  },
  INVARIANT_LEFT: class extends Edited {
    protected override edit(packet: Packet): boolean {
      if (this.count === 3) packet.pool.take();
      return true;
    }
  },
};

for (const [code, session] of Object.entries(planted)) {
  test(`${code} is found where it is planted, and says where`, async (t) => {
    injectable()(session);
    injectFromBase({ extendConstructorArguments: true })(session);
    const { codes, what } = await check(session);
    t.true(codes.has(code), `found ${[...codes].join(', ')}: ${what}`);
    t.regex(what, /^At [\d.]+ ms, frame \d+, "(left|right)"/);
  });
}

test('a session that never says goodbye is stuck', async (t) => {
  class Silent extends Edited {
    protected override sendFin(): void {}
  }
  injectable()(Silent);
  injectFromBase({ extendConstructorArguments: true })(Silent);
  t.true((await check(Silent)).codes.has('INVARIANT_STUCK'));
});

test('what source and discard have seen is compared, too', async (t) => {
  const bulk: LabManifest = structuredClone(LAB);
  bulk.topology.nodes['left'].apps = ['discard'];
  bulk.topology.nodes['right'].apps = [{ use: 'source', address: '10.0.0.1', bytes: '20kB' }];
  for (const [session, expected] of [
    [Edited, []],
    [planted['INVARIANT_BYTES'], ['INVARIANT_BYTES']],
  ] as const) {
    const overrides = [override(TCP_SESSION, { class: session as unknown as new () => TcpSession })];
    const lab = await buildLab(bulk, { plugins: shippedPlugins, overrides, print: () => {} });
    const { problems } = await new LabCheck(lab).run();
    t.deepEqual(
      problems.map(({ code }) => code),
      [...expected],
    );
  }
});

test('a checksum that is wrong when it leaves is found', async (t) => {
  const lab = await buildLab(LAB, { plugins: shippedPlugins, print: () => {} });
  let frames = 0;
  // Watchers are asked in order: this one changes what the next one sees.
  lab.nodes.get('left')?.host.watch({
    frame(direction, packet) {
      if (direction === 'out' && ++frames === 9) packet.bytes[packet.end - 1] ^= 1;
    },
  });
  const { problems } = await new LabCheck(lab).run();
  t.deepEqual(
    problems.map(({ code }) => code),
    ['INVARIANT_CHECKSUM'],
  );
});

test('a link that is cut as the manifest says loses everything meanwhile, and nothing before and after', async (t) => {
  const cut: LabManifest = structuredClone(LAB);
  cut.topology.links = [
    {
      endpoints: ['left', 'right'],
      latency: '5ms',
      down: [
        { at: '1s', for: '500ms' },
        { at: 1200, for: '1s' },
      ],
    },
  ];
  const lab = await buildLab(cut, { plugins: shippedPlugins, print: () => {} });
  const lost: number[] = [];
  const sent: number[] = [];
  const tap = {
    frame: (direction: string, _packet: Packet, _via: unknown, at: number) =>
      (direction === 'out' ? sent : lost).push(at),
  };
  for (const stack of lab.nodes.values()) stack.host.watch(tap);
  await lab.start();
  const down: boolean[] = [];
  for (const time of [999, 1001, 1600, 2199, 2201]) {
    await lab.run({ until: time, pastDone: true });
    down.push(lab.outages[0].down);
  }
  t.deepEqual(down, [false, true, true, true, false]);
  t.false(
    lost.some((at) => at > 1006 && at < 2200),
    'nothing arrives while it is down',
  );
  await lab.stop();
});
