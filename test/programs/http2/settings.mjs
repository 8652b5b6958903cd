// Settings of both sides reach the other, are acknowledged, and change what is allowed.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const pick = ({
  headerTableSize,
  initialWindowSize,
  maxConcurrentStreams,
  maxHeaderListSize,
  enablePush,
  maxFrameSize,
}) => [headerTableSize, initialWindowSize, maxConcurrentStreams, maxHeaderListSize, enablePush, maxFrameSize];
const server = createServer({ settings: { maxConcurrentStreams: 10, initialWindowSize: 100_000 } });
const port = await listening(server);
const client = connect(`http://127.0.0.1:${port}`, { settings: { maxFrameSize: 32_768, headerTableSize: 100 } });
const [[session], [remote]] = await Promise.all([once(server, 'session'), once(client, 'remoteSettings')]);
say('remote', pick(remote), client.pendingSettingsAck);
if (client.pendingSettingsAck) await once(client, 'localSettings');
say('local', pick(client.localSettings));
told('remote', pick(session.remoteSettings));
session.on('remoteSettings', (settings) => told('changed', settings.initialWindowSize));
client.settings({ initialWindowSize: 12_345, enablePush: false }, (error, settings) => {
  say(error, settings.initialWindowSize, settings.enablePush);
});
const [changed] = await once(client, 'localSettings');
say(changed.initialWindowSize, changed.enablePush);
session.settings({ maxConcurrentStreams: 0 });
say((await once(client, 'remoteSettings'))[0].maxConcurrentStreams);
for (const bad of [{ initialWindowSize: -1 }, { maxFrameSize: 1 }, { enablePush: 'yes' }]) {
  try {
    client.settings(bad);
  } catch (error) {
    say(error.code);
  }
}
client.close();
server.close();
