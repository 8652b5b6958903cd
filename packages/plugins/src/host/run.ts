import type { Stack } from '@netwright/core';
import { State, Tcp, TcpApplication } from '@netwright/layers';

/** How a stack runs until it is told to stop. */
export interface RunOptions {
  /** What ends it; SIGINT and SIGTERM unless said otherwise. */
  readonly signals?: readonly NodeJS.Signals[];
  /** ms that connections have to close in good order; 2000 unless said otherwise. */
  readonly grace?: number;
}

/**
 * Runs a stack until a signal comes, then stops it as `stopGently` does. It starts it unless that was done. A second
 * signal does not wait for the connections.
 * @returns the signal that ended it.
 */
export async function runUntilSignal(stack: Stack, options: RunOptions = {}): Promise<NodeJS.Signals> {
  const { signals = ['SIGINT', 'SIGTERM'], grace = 2000 } = options;
  let told: (signal: NodeJS.Signals) => void = () => {};
  const onSignal = (signal: NodeJS.Signals) => told(signal);
  const next = () =>
    new Promise<NodeJS.Signals>((resolve) => {
      told = resolve;
    });
  // A stack without real devices would not keep the process alive by itself.
  const alive = stack.host.clock.alarm(() => alive.set(stack.host.clock.now() + HOUR));
  for (const each of signals) process.on(each, onSignal);
  try {
    const first = next();
    if (!stack.started) await stack.start();
    alive.set(stack.host.clock.now() + HOUR);
    const signal = await first;
    await stopGently(stack, grace, next());
    return signal;
  } finally {
    alive.clear();
    for (const each of signals) process.off(each, onSignal);
  }
}

/**
 * Closes every TCP connection of a stack in good order, waits until the peers have closed, too, and stops the stack:
 * what is still open then is reset.
 * @param grace ms to wait at most.
 * @param hurry ends the wait when it settles.
 */
export async function stopGently(
  stack: Stack,
  grace = 2000,
  hurry: Promise<unknown> = new Promise(() => {}),
): Promise<void> {
  const { host } = stack;
  const layers = stack.layers.filter((each): each is Tcp => each instanceof Tcp);
  for (const tcp of layers) {
    for (const each of tcp.above) if (each instanceof TcpApplication) each.close();
    for (const session of tcp.sessions()) session.close();
  }
  // A connection in TIME-WAIT owes nobody anything.
  const done = () => layers.every((tcp) => tcp.sessions().every((session) => session.state === State.TimeWait));
  const until = host.clock.now() + grace;
  const closed = new Promise<void>((resolve) => {
    const look = host.timer(() => {
      if (done() || host.clock.now() >= until) resolve();
      else look.start(POLL);
    });
    look.start(0);
  });
  await Promise.race([closed, hurry]);
  await stack.stop();
}

/** ms */
const POLL = 5;
const HOUR = 3_600_000;
