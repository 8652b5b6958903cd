import { buildLab, type Stack } from '@netwright/core';
import { Tcp, TcpApplication } from '@netwright/layers';
import { runUntilSignal, stopGently } from '@netwright/plugins';
import test from 'ava';
import { shippedPlugins } from 'netwright';

/** Two stacks in real time; the first one serves on port 9. */
async function two() {
  const lab = await buildLab(
    {
      defaults: { layers: ['ethernet', 'arp', 'ipv4', 'tcp'] },
      topology: {
        nodes: { server: { address: '10.0.0.1/24' }, client: { address: '10.0.0.2/24' } },
        links: [{ endpoints: ['server', 'client'] }],
      },
    },
    { plugins: shippedPlugins },
  );
  await lab.start();
  const [server, client] = [...lab.nodes.values()];
  const app = new TcpApplication();
  server.layer(Tcp)?.registerLayer(app);
  app.bind(9).listen();
  const conn = new TcpApplication();
  client.layer(Tcp)?.registerLayer(conn);
  await conn.connect('10.0.0.1', 9);
  await app.accept();
  return { lab, server, client, conn };
}

const listeners = () => process.listenerCount('SIGUSR2');

// Signals are the whole process's: one test at a time.
test.serial('a stack runs until a signal, and its connections are closed in good order', async (t) => {
  const { lab, server, conn } = await two();
  const running = runUntilSignal(server, { signals: ['SIGUSR2'] });
  t.is(listeners(), 1);
  const end = conn.nextData();
  process.kill(process.pid, 'SIGUSR2');
  t.is(await running, 'SIGUSR2');
  t.is((await end).length, 0, 'the end of the stream, no reset');
  t.is(listeners(), 0);
  t.false(server.started);
  t.is(server.layer(Tcp)?.connections, 0);
  await lab.stop();
});

test.serial('a second signal does not wait for a peer that stays', async (t) => {
  const { lab, server, client } = await two();
  // The client is gone without a word.
  await client.host.interfaces[0].close();
  const begun = performance.now();
  const running = runUntilSignal(server, { signals: ['SIGUSR2'], grace: 60_000 });
  process.kill(process.pid, 'SIGUSR2');
  await new Promise((resolve) => setImmediate(resolve));
  process.kill(process.pid, 'SIGUSR2');
  await running;
  t.true(performance.now() - begun < 20_000);
  await lab.stop();
});

test.serial('the grace has an end', async (t) => {
  const { lab, server, client } = await two();
  await client.host.interfaces[0].close();
  await stopGently(server as Stack, 50);
  t.is(server.layer(Tcp)?.connections, 0);
  await lab.stop();
});
