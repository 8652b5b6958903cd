// A plugin: a session that does one step of the handshake otherwise. It answers a SYN with sequence number 5555.
import { definePlugin, implementation } from '@netwright/core';
import { TCP_BEHAVIOUR, TCP_SESSION, TcpSession } from '@netwright/layers';

class HijackedSession extends TcpSession {
  sendSynAck() {
    this.useInitialSequence(5555);
    super.sendSynAck();
  }
}

export const plugin = definePlugin({
  name: 'hijacked',
  version: '0.1.0',
  summary: 'A session that answers a SYN with sequence number 5555.',
  implementations: [
    implementation({
      name: 'session.hijacked',
      token: TCP_SESSION,
      summary: 'answers a SYN with sequence number 5555',
      provide: () => ({ make: (get) => new HijackedSession(get(TCP_BEHAVIOUR)) }),
    }),
  ],
});
