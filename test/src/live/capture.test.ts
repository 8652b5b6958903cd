import { PacketPool } from '@netwright/core';
import { CaptureDevice } from '@netwright/plugins';
import test from 'ava';
import { liveProblem, type Namespace, type Program, Wire } from './netns.js';
import type { Task } from './station.js';

const problem = await liveProblem('ethtool', 'python3', 'ping');
const live = problem === null ? test.serial : test.serial.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

async function onWire(body: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = Wire.make();
  try {
    await body(wire);
  } finally {
    await wire.remove();
  }
}

async function station(namespace: Namespace, task: Task): Promise<Program> {
  const program = namespace.node('station', JSON.stringify(task));
  await program.prints('ready');
  return program;
}

const offloads = (namespace: Namespace) => namespace.run('ethtool', '-k', 'veth0');

test('an interface that does not exist is named, with those that do', (t) => {
  const error = t.throws(() => new CaptureDevice({ interface: 'nowhere0' }), { code: 'CAPTURE_INTERFACE_UNKNOWN' });
  if (process.platform === 'linux') t.regex(error.message, /nowhere0.*lo/);
});

test('options that cannot be are refused when the device is made', (t) => {
  const refused = (options: object) =>
    t.throws(() => new CaptureDevice({ interface: 'lo', ...options }), { code: 'CAPTURE_OPTION' });
  refused({ buffer: 1024 });
  refused({ mac: 'my own' });
  refused({ mac: '01:00:5e:00:00:01' });
});

live(`a kernel pings the stack at an address of its own, and the stack's frames do not come back to it${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const program = await station(stack, { address: '10.77.0.9/24', capture: {} });
    const pinged = peer.run('ping', '-c', '20', '-i', '0.01', '-W', '2', '10.77.0.9');
    t.regex(pinged, /20 packets transmitted, 20 received/);
    t.notRegex(pinged, /DUP/);
    // Short frames are filled up to Ethernet's least: the kernel takes odd ones, and large ones too.
    t.regex(peer.run('ping', '-c', '3', '-i', '0.01', '-s', '1', '10.77.0.9'), /3 received/);
    t.regex(peer.run('ping', '-c', '3', '-i', '0.01', '-s', '1472', '-M', 'do', '10.77.0.9'), /3 received/);
    const { stdout, stderr } = await program.stop();
    const { device, packetsInUse } = JSON.parse(stdout.trim().split('\n').pop() as string);
    t.is(packetsInUse, 0);
    t.is(device.sendErrors + device.overflow + device.noPacket + device.superFrames, 0);
    // Echo requests, and ARP each way at most a few times; had it heard itself it would be twice that.
    t.true(device.received >= 27 && device.received < 45, `received ${device.received}`);
    t.is(stderr.replace(/^Warning: .*\n/gm, ''), '');
  }),
);

live(`the offloads of the interface are off while it is captured and as before after, and after a crash${why}`, (t) =>
  onWire(async ({ stack }) => {
    const before = offloads(stack);
    t.regex(before, /tcp-segmentation-offload: on/);
    const program = await station(stack, { address: '10.77.0.9/24', capture: {} });
    const during = offloads(stack);
    t.regex(during, /tcp-segmentation-offload: off/);
    t.regex(during, /tx-checksumming: off/);
    await program.stop();
    t.is(offloads(stack), before);

    for (const signal of ['SIGUSR2', 'SIGINT'] as const) {
      // It throws on the one, and does not handle the other.
      const crashing = stack.node('synack', stack.address, '8080', 'open', 'throw');
      await crashing.prints('ready');
      t.is(offloads(stack), during);
      await crashing.stop(signal);
      t.is(offloads(stack), before);
    }

    const kept = await station(stack, { address: '10.77.0.9/24', capture: { offloads: 'keep' } });
    t.is(offloads(stack), before);
    await kept.stop();
  }),
);

live(`an interface opens and closes many times in one process, and the process ends${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const program = stack.node('reopen', '10');
    await program.prints('round 5');
    t.regex(peer.run('ping', '-c', '2', '-i', '0.1', stack.address), /2 received/);
    const { status, stdout } = await program.ended();
    t.is(status, 0);
    t.regex(stdout, /round 10/);
  }),
);

live(`a filter that is not one, and missing rights, have codes of their own${why}`, (t) =>
  onWire(async ({ stack }) => {
    const open = async (...command: string[]) => {
      const [name, ...args] = command;
      return (await stack.ran(name, ...args)).stdout.trim().split('\n').pop();
    };
    const program = new URL('./reopen.js', import.meta.url).pathname;
    t.is(await open(process.execPath, program, '1', 'no such word'), 'CAPTURE_FILTER');
    t.is(
      await open('setpriv', '--bounding-set', '-all', '--inh-caps', '-all', process.execPath, program, '1'),
      'CAPTURE_RIGHTS',
    );
  }),
);

live(`a burst larger than a batch is delivered in order, in batches${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const program = stack.node('reopen', 'count');
    await program.prints('counting');
    // Numbered datagrams, as fast as they go; then the number that ends the count, more than once, since nothing here
    // makes up for a loss.
    const BURST = `
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(('${stack.address}', 9))
def send(n):
    try:
        s.send(n.to_bytes(4, 'big'))
    except OSError:
        pass
for n in range(3000):
    send(n)
for _ in range(20):
    time.sleep(0.02)
    send(0xffffffff)
`;
    peer.run('ping', '-c', '1', stack.address);
    peer.run('python3', '-c', BURST);
    const { count, ordered, largest } = JSON.parse((await program.ended()).stdout.trim().split('\n').pop() as string);
    t.true(ordered);
    t.true(count > 1000, `${count} came`);
    t.true(largest <= 128, `a batch of ${largest}`);
  }),
);

live(`a flood that the stack is too slow for holds up neither its timers nor its memory${why}`, (t) =>
  onWire(async ({ stack, peer }) => {
    const program = stack.node('flood');
    await program.prints('ready');
    const FLOOD = `
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(('${stack.address}', 9))
end = time.time() + 1
while time.time() < end:
    for _ in range(200):
        try:
            s.send(b'x' * 64)
        except OSError:
            pass
`;
    peer.run('python3', '-c', FLOOD);
    const seen = JSON.parse((await program.ended()).stdout.trim().split('\n').pop() as string);
    t.true(seen.overflow > 0, 'it was too much');
    t.is(seen.handled + seen.overflow + seen.noPacket, seen.received);
    t.is(seen.packetsInUse, 0);
    // A device that handles each frame as it comes is seconds late here.
    t.true(seen.late < 500, `a timer was ${seen.late} ms late`);
  }),
);

test('a device that was never opened closes', (t) => {
  const device = new CaptureDevice({ interface: 'lo' });
  device.close();
  t.is(new PacketPool().inUse, 0);
});
