import {
  APPLICATION,
  type ApplicationContext,
  definePlugin,
  HookPoint,
  implementation,
  type Override,
  type Packet,
  type Verdict,
} from '@netwright/core';
import { ACK, FIN, SegmentView, SYN, Tcp, type TcpHandler, type TcpSession } from '@netwright/layers';
import { z } from 'zod';

/** What happens besides talking: each mode brings one behaviour of the subject into the open. */
export type Mode = 'plain' | 'overlap' | 'deaf' | 'lose' | 'intrude' | 'late' | 'pause';

/** ms between the halves of what the subject sends, where it pauses. */
const PAUSE = 10_000;

export interface Talk {
  /** Where it listens, or where it connects. */
  readonly listen?: number;
  readonly connect?: { readonly address: string; readonly port: number };
  /** Bytes that the peer sends, and that the subject sends back before it closes. */
  readonly size: number;
  readonly mode: Mode;
  readonly overrides: readonly Override[];
}

/** The end whose behaviour is looked at: takes `size` bytes, sends them back, and closes. */
export function subject(tcp: Tcp, talk: Talk): void {
  begin(tcp, talk, () => {
    const taken = new Uint8Array(talk.size);
    let length = 0;
    return {
      data(bytes, session) {
        taken.set(bytes.subarray(0, talk.size - length), length);
        length += bytes.length;
        if (length < talk.size) return;
        const rest = talk.mode === 'pause' ? talk.size / 2 : 0;
        session.write(taken.subarray(rest));
        if (rest === 0) session.shutdown();
        else {
          const after = tcp.host.timer(() => {
            session.write(taken.subarray(0, rest));
            session.shutdown();
          });
          after.start(PAUSE);
        }
      },
    };
  });
}

/** The other end: sends, reads what comes back, and closes when the subject has. */
export function peer(tcp: Tcp, talk: Talk): void {
  begin(tcp, talk, () => {
    return {
      established: (each) => open(each),
      data: () => {},
      end: (each) => each.shutdown(),
      closed(each) {
        if (talk.mode !== 'late') return;
        // The last acknowledgement seems to be lost: the FIN comes again, long after.
        const again = tcp.host.timer(() =>
          each.inject((packet) => {
            const segment = new SegmentView().at(packet);
            segment.sequence -= 1;
            segment.flags = FIN | ACK;
          }),
        );
        again.start(100_000);
      },
    };

    function open(each: TcpSession): void {
      listenSelectively(tcp, each, talk.mode);
      if (talk.mode === 'intrude') for (let i = 0; i < 20; i++) inject(each, 0, new Uint8Array(0), SYN);
      if (talk.mode === 'overlap') sendOverlap(tcp, each);
      else each.write(new Uint8Array(talk.size).fill(0x2e));
    }
  });
}

/** Eight bytes whose second half comes twice, once as AAAA and once as BBBB, before the first half does. */
function sendOverlap(tcp: Tcp, session: TcpSession): void {
  const text = (from: string) => new TextEncoder().encode(from);
  inject(session, 4, text('AAAA'));
  inject(session, 4, text('BBBB'));
  const rest = tcp.host.timer(() => {
    inject(session, 0, text('head'));
    session.write(text('headAAAA'));
  });
  rest.start(100);
}

function inject(session: TcpSession, ahead: number, payload: Uint8Array, flags: number = ACK): void {
  session.inject((packet) => {
    const segment = new SegmentView().at(packet);
    segment.sequence += ahead;
    segment.flags = flags;
    if (payload.length > 0) segment.payload = payload;
  });
}

/** Does not hear data for 20 s, or not the third data segment. */
function listenSelectively(tcp: Tcp, session: TcpSession, mode: Mode): void {
  if (mode !== 'deaf' && mode !== 'lose') return;
  const begun = tcp.host.turn.now;
  const view = new SegmentView();
  let count = 0;
  const judge = (packet: Packet): Verdict => {
    if (view.at(packet).payload.length === 0) return 'pass';
    count++;
    if (mode === 'lose') return count === 3 ? 'drop' : 'pass';
    return tcp.host.turn.now < begun + 20_000 ? 'drop' : 'pass';
  };
  session.incoming = new HookPoint(tcp.host, judge, (packet) => tcp.receiveHooked(session, packet));
}

function begin(tcp: Tcp, talk: Talk, handler: () => TcpHandler): void {
  const { listen, connect, overrides } = talk;
  if (listen !== undefined) {
    tcp.listen({ port: listen, overrides, onConnection: handler });
  } else if (connect !== undefined) {
    tcp.connect({ ...connect, overrides, handler: handler() });
  }
}

const options = z.strictObject({
  listen: z.int().optional(),
  connect: z.strictObject({ address: z.string(), port: z.int() }).optional(),
  size: z.int().default(8),
  mode: z.string().default('plain'),
  at: z.number().default(0),
});

function application(name: string, talks: (tcp: Tcp, talk: Talk) => void) {
  return implementation({
    name,
    token: APPLICATION,
    summary: 'one end of a conversation',
    options,
    provide: ({ at, mode, ...talk }: z.output<typeof options>) => ({
      value: ({ stack, overrides }: ApplicationContext) => ({
        start() {
          const tcp = stack.layer(Tcp) as Tcp;
          const timer = stack.host.timer(() => talks(tcp, { ...talk, mode: mode as Mode, overrides }));
          timer.start(at);
        },
      }),
    }),
  });
}

/** Both ends, for manifests. */
export const talkPlugin = definePlugin({
  name: 'talk',
  version: '1.0.0',
  implementations: [application('subject', subject), application('peer', peer)],
});
