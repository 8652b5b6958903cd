import { buildStack, definePlugin, implementation, ManifestError, override } from '@netwright/core';
import { MemoryDevice } from '@netwright/core/testing';
import { TCP_BEHAVIOUR, TCP_SESSION, Tcp, type TcpBehaviour, TcpSession } from '@netwright/layers';
import test from 'ava';
import { inject, injectable, injectFromBase } from 'inversify';
import { shippedPlugins } from 'netwright';
import { FiveFive } from './cases.js';
import { byHand, type OverridePlace, type Seen } from './rig.js';

const syn = (frames: readonly Seen[]) =>
  frames.find(({ direction, fields }) => direction === 'out' && fields['tcp.flags.syn'] === true);

/** What the SYN or SYN-ACK of the overridden conversation begins with. */
async function begins(each: ReturnType<typeof override>, place: OverridePlace = 'listener') {
  const { flows } = await byHand(each, place);
  return syn(flows[place === 'connection' ? 'c1' : 'l1'])?.fields['tcp.seq'];
}

// A subclass of the session, in each form that works.

test('a subclass that takes its arguments from the base', async (t) => {
  t.is(await begins(override(TCP_SESSION, { class: FiveFive })), 5555);
});

test('a subclass that names its arguments itself', async (t) => {
  @injectable()
  class Named extends TcpSession {
    constructor(@inject(TCP_BEHAVIOUR) behaviour: TcpBehaviour) {
      super(behaviour);
    }
    protected override sendSynAck(): void {
      this.useInitialSequence(77);
      super.sendSynAck();
    }
  }
  t.is(await begins(override(TCP_SESSION, { class: Named })), 77);
});

test('a subclass of a subclass', async (t) => {
  @injectable()
  @injectFromBase({ extendConstructorArguments: true })
  class Grandchild extends FiveFive {
    protected override sendSynAck(): void {
      super.sendSynAck();
    }
  }
  t.is(await begins(override(TCP_SESSION, { class: Grandchild })), 5555);
});

test('a session made by a function, which may choose', async (t) => {
  let made = 0;
  const each = override(TCP_SESSION, {
    make: (get) => {
      made++;
      return new FiveFive(get(TCP_BEHAVIOUR));
    },
  });
  t.is(await begins(each, 'connection'), 5555);
  t.is(made, 1, 'one for each connection');
});

test('a whole state may be overridden: this one answers data of an established connection with a reset', async (t) => {
  @injectable()
  @injectFromBase({ extendConstructorArguments: true })
  class Touchy extends TcpSession {
    protected override inEstablished(segment: Parameters<TcpSession['receive']>[0]): void {
      if (segment.length > 0) this.abort();
      else super.inEstablished(segment);
    }
  }
  const { flows } = await byHand(override(TCP_SESSION, { class: Touchy }), 'listener', { size: 30_000 });
  const resets = (frames: readonly Seen[]) =>
    frames.filter(({ direction, why }) => direction === 'out' && why.startsWith('tcp.reset.aborted'));
  t.is(resets(flows.l1).length, 1);
  t.is(resets(flows.l2).length, 0);
});

// The form that does not: nothing is injected into a class that says nothing of its arguments.

class Forgotten extends TcpSession {}

@injectable()
class HalfForgotten extends TcpSession {}

for (const lost of [Forgotten, HalfForgotten]) {
  test(`${lost.name}, whose decorators are missing, is refused before anything is sent`, async (t) => {
    const each = override(TCP_SESSION, { class: lost });
    const refused = { code: 'OVERRIDE_LOST_INJECTION', message: new RegExp(`${lost.name} extends TcpSession`) };
    for (const place of ['stack', 'listener'] as const) await t.throwsAsync(byHand(each, place), refused);
    const device = new MemoryDevice();
    const stack = await buildStack('address: 10.0.0.1/24\nlayers: [ethernet, arp, ipv4, tcp]', {
      plugins: shippedPlugins,
      device,
    });
    await stack.start();
    device.take();
    const tcp = stack.layer(Tcp) as Tcp;
    t.throws(() => tcp.connect({ address: '10.0.0.2', port: 80, overrides: [each] }), refused);
    t.deepEqual(device.take(), []);
    t.is(tcp.connections, 0);
    await stack.stop();
  });

  test(`${lost.name} in a manifest is refused with its place`, async (t) => {
    const plugin = definePlugin({
      name: 'lost',
      version: '1.0.0',
      implementations: [
        implementation({ name: 'lost', token: TCP_SESSION, summary: 'forgot', provide: () => ({ class: lost }) }),
      ],
    });
    const manifest = 'layers: [ethernet, arp, ipv4, tcp]\noverride:\n  tcp.session: { use: lost }\n';
    const error = await t.throwsAsync(
      buildStack(manifest, { file: 'lost.yaml', plugins: [...shippedPlugins, plugin], device: new MemoryDevice() }),
      { instanceOf: ManifestError },
    );
    t.deepEqual(
      error?.problems.map(({ code, place }) => [code, place?.line]),
      [['OVERRIDE_LOST_INJECTION', 3]],
    );
  });
}
