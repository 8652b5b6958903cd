import { type AnyPlugin, definePlugin, implementation } from '@netwright/core';
import { TCP_SESSION, type TcpSession } from '@netwright/layers';
import { EagerAckSession } from './eager-ack.js';
import { FiveFiveSession } from './five-five.js';
import { SilentCloseSession } from './silent-close.js';
import { TarpitSession } from './tarpit.js';

function session(name: string, summary: string, made: new (...given: never[]) => TcpSession) {
  return implementation({
    name: `session.${name}`,
    token: TCP_SESSION,
    summary,
    provide: () => ({ class: made as new () => TcpSession }),
  });
}

/** Sessions that do one thing otherwise: worked examples of `override: { tcp.session: session.tarpit }`. */
export const sessionsPlugin: AnyPlugin = definePlugin({
  name: 'sessions',
  version: '0.1.0',
  summary: 'TCP sessions that do one thing otherwise.',
  implementations: [
    session('tarpit', 'accepts, and keeps its window at 0', TarpitSession),
    session('eager-ack', 'acknowledges every segment on its own', EagerAckSession),
    session('five-five', 'begins with sequence number 5555', FiveFiveSession),
    session('silent-close', 'sends neither FIN nor reset', SilentCloseSession),
  ],
});
