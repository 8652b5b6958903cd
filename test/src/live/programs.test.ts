import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { endPostgres, folderFor, nginx, postgres, postgresCommands, redis, sshd } from './kernel-servers.js';
import { installed, liveProblem, type Program, type Ran, Wire } from './netns.js';
import { PeerTcp } from './peer-tcp.js';

/**
 * The examples of programs on our stack, across a veth: clients of the kernel talk to their servers, their clients to
 * servers of the kernel. Between our stack and the veth lies a link of ours that loses frames both ways.
 */

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const golden = (name: string) => readFileSync(`${examples}${name}/golden.txt`, 'utf8');
/** What the client of an example prints: the first line is its server's. */
const clientsGolden = (name: string) => golden(name).replace(/^.*\n/, '');

const problem = await liveProblem('ethtool', 'ss');
/** ms. A transfer of a few MB that takes longer has stood still. */
const PATIENCE = 45_000;
const OURS = '10.77.0.9';
const KERNEL = '10.77.0.2';
const LOSSES = ['no loss', '1% loss', '5% loss'] as const;
type Loss = (typeof LOSSES)[number];

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

const content = randomBytes(1_000_000);
const digest = sha256(content);

let wire: Wire;
let scratch: string;
let key: string;
let peerTcp: PeerTcp;
let database: Program | undefined;

function manifest(loss: Loss): string {
  if (loss === 'no loss') return `${examples}live/program.yaml`;
  const lossy = readFileSync(`${examples}live/lossy-program.yaml`, 'utf8');
  const file = join(scratch, 'lossy.yaml');
  writeFileSync(file, lossy.replaceAll('5%', loss.split(' ')[0]));
  return file;
}

/**
 * Runs programs in one process on a stack of ours.
 * @param files the last one, and those before it, in order.
 */
function program(loss: Loss, folder: string, env: Record<string, string>, files: string[]): Program {
  const preload = ['--import', '@netwright/node/register', ...files.slice(1).flatMap((each) => ['--import', each])];
  const setting = {
    cwd: `${examples}${folder}`,
    env: { NETWRIGHT_MANIFEST: manifest(loss), ...env },
    patience: 300_000,
  };
  return wire.stack.startAs(setting, process.execPath, ...preload, files[0]);
}

/** Runs a shell command on the kernel. */
const kernel = (command: string): Promise<Ran> =>
  wire.peer.ran('sh', '-c', `exec 2>&1; file=${join(scratch, 'www/content')}; ${command}`);

/** The first of these that is not there. */
const missing = (commands: readonly string[]): string | undefined =>
  commands.find((each) => (each === 'postgres' ? postgresCommands() === null : !installed(each)));

/** Examples that are clients, and what they say of servers of the kernel. */
const CLIENTS = [
  {
    server: 'nginx',
    folder: 'web-server',
    commands: ['nginx'],
    says: () => ['http', 'fetch'].map((each) => `${each}: ${content.length} bytes, sha256 ${digest}\n`).join(''),
  },
  {
    server: 'sshd',
    folder: 'ssh-server',
    commands: ['sshd', 'ssh-keygen'],
    says: () => clientsGolden('ssh-server'),
  },
  { server: 'PostgreSQL', folder: 'postgres', commands: ['postgres'], says: () => golden('postgres') },
  { server: 'Redis', folder: 'redis', commands: ['redis-server'], says: () => clientsGolden('redis') },
];

/** A test that is skipped where a command is missing, and says so. */
function across(
  title: string,
  commands: string[],
  body: (t: ExecutionContext) => Promise<void>,
  { resets = false } = {},
): void {
  const absent = missing(commands);
  const why = problem ?? (absent === undefined ? null : `${absent} is not installed`);
  if (why !== null) {
    test.serial.skip(`${title} (skipped: ${why})`, body);
    return;
  }
  test.serial(title, async (t) => {
    t.timeout(2 * PATIENCE);
    const before = performance.now();
    await body(t);
    t.true(performance.now() - before < PATIENCE, `nothing stands still, ${Math.round(performance.now() - before)} ms`);
    const left = await peerTcp.left();
    t.deepEqual(left.open, [], 'every connection was closed');
    if (!resets) t.is(left.resets, 0, 'none of them was reset');
  });
}

test.before(async () => {
  if (problem !== null) return;
  wire = Wire.make();
  scratch = mkdtempSync(join(tmpdir(), 'netwright-live-'));
  peerTcp = new PeerTcp(wire.peer);
  key = join(scratch, 'key');
  const root = folderFor(scratch, 'www');
  writeFileSync(join(root, 'content'), content);
  if (installed('ssh-keygen')) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await Promise.all([
    installed('nginx') && nginx(wire.peer, folderFor(scratch, 'nginx'), root),
    installed('sshd') && sshd(wire.peer, folderFor(scratch, 'sshd'), key),
    installed('redis-server') && redis(wire.peer, folderFor(scratch, 'redis')),
  ]);
  if (postgresCommands() !== null) database = await postgres(wire.peer, folderFor(scratch, 'postgres'));
});

test.after.always(async () => {
  if (database !== undefined) await endPostgres(database);
  await wire?.remove();
  if (scratch !== undefined) rmSync(scratch, { recursive: true });
});

for (const loss of LOSSES) {
  let servers: Program | null = null;

  /** Our servers, all in one process. */
  const serving = async (): Promise<void> => {
    if (servers !== null) return;
    const env = {
      ...{ WEB_PORT: '80', WEB_ROOT: join(scratch, 'www'), SSH_PORT: '22', AUTHORIZED_KEYS: `${key}.pub` },
      ...{ PROXY_PORT: '5432', PROXY_TARGET: `${KERNEL}:5432`, DNS_PORT: '53', HTTPS_PORT: '443' },
    };
    const folders = ['proxy', 'web-server', 'ssh-server', 'redis'];
    if (loss === 'no loss') folders.push('express', 'http2', 'tls', 'udp-echo', 'dns-server');
    servers = program(
      loss,
      'echo',
      env,
      folders.map((each) => `../${each}/server.mjs`),
    );
    // The one that is not preloaded comes last.
    await servers.prints('proxy: listening');
    peerTcp.begin();
  };

  across(`curl fetches from our web server and posts to it, with ${loss}`, ['curl'], async (t) => {
    await serving();
    const { stdout } = await kernel(`
      curl -sS --max-time 20 http://${OURS}/content | sha256sum
      curl -sS --max-time 20 --data-binary @$file http://${OURS}/digest`);
    t.is(stdout, `${digest}  -\n${digest}\n`);
  });

  across(`ssh logs into our SSH server and runs a command, with ${loss}`, ['ssh'], async (t) => {
    await serving();
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const ssh = `ssh -i ${key} ${options.map((each) => `-o ${each}`).join(' ')} guest@${OURS}`;
    const { stdout } = await kernel(`
      ${ssh} cat <$file | sha256sum
      ${ssh} 'sha256sum; echo told >&2; exit 7' <$file; echo $?`);
    t.is(stdout, `${digest}  -\n${digest}  -\ntold\n7\n`);
  });

  across(`psql asks PostgreSQL through our proxy, with ${loss}`, ['psql', 'postgres'], async (t) => {
    await serving();
    const series = 'SELECT repeat(md5(i::text), 10) FROM generate_series(1, 3000) i';
    const expected = Array.from({ length: 3000 }, (_, i) =>
      createHash('md5')
        .update(`${i + 1}`)
        .digest('hex'),
    );
    const lines = expected.map((each) => `${each.repeat(10)}\n`).join('');
    writeFileSync(join(scratch, 'www/lines'), lines);
    const { stdout } = await kernel(`
      export PGHOST=${OURS} PGUSER=postgres PGCONNECT_TIMEOUT=20
      psql -Xqc "COPY (${series}) TO STDOUT" | sha256sum
      psql -XqAt <<'END'
      CREATE TEMPORARY TABLE line (number serial, text text);
      \\copy line (text) FROM '${join(scratch, 'www/lines')}'
      SELECT encode(sha256(string_agg(text || chr(10), '' ORDER BY number)::bytea), 'hex') FROM line;\nEND`);
    t.is(stdout, `${sha256(lines)}  -\n${sha256(lines)}\n`);
  });

  across(`redis-cli talks to our Redis server, with ${loss}`, ['redis-cli'], async (t) => {
    await serving();
    const { stdout } = await kernel(`
      redis-cli -h ${OURS} -x SET bytes <$file
      redis-cli -h ${OURS} --raw GET bytes | head -c ${content.length} | sha256sum
      for i in 1 2 3; do redis-cli -h ${OURS} INCR ${loss.slice(0, 2)}; done | tail -n 1`);
    t.is(stdout, `OK\n${digest}  -\n3\n`);
  });

  if (loss === 'no loss') {
    across('curl asks our Express app', ['curl'], async (t) => {
      await serving();
      const json = `-H 'content-type: application/json'`;
      const { stdout } = await kernel(`
        curl -sS http://${OURS}:3000/books/793; echo
        curl -sS ${json} -d '{"title":"A Host"}' http://${OURS}:3000/books/1; echo
        curl -sS -w ' %{http_code}' http://${OURS}:3000/books/2; echo`);
      const said = ['{"title":"Transmission Control Protocol","pages":85}', '{"title":"A Host"}'];
      t.is(stdout, `${[...said, '{"error":"no such book"} 404'].join('\n')}\n`);
    });

    // curl closes without waiting for the last words of TLS and HTTP/2, which its kernel then answers with a reset.
    const hasty = { resets: true };
    const speaksBoth = async (t: ExecutionContext) => {
      await serving();
      const { stdout } = await kernel(`
        curl -sS --insecure https://${OURS}/page
        curl -sS --http2-prior-knowledge http://${OURS}:8082/one
        curl -sS --http2-prior-knowledge --data-binary @$file http://${OURS}:8082/back | sha256sum`);
      const pages = ['GET /page over TLSv1.3', 'GET /one on stream 1', `${digest}  -`];
      t.is(stdout, `${pages.join('\n')}\n`);
    };
    across('curl speaks TLS and HTTP/2 with our servers', ['curl'], speaksBoth, hasty);

    across('dig asks our DNS server, over UDP and over TCP', ['dig'], async (t) => {
      await serving();
      const dig = `dig @${OURS} +short +timeout=5`;
      const { stdout } = await kernel(`
        ${dig} www.zone.test
        ${dig} +tcp zone.test MX
        ${dig} +bufsize=512 long.zone.test TXT | wc -c
        dig @${OURS} nowhere.zone.test | grep -o 'status: [A-Z]*'`);
      const said = ['web.zone.test.', '192.0.2.80', '192.0.2.81', '10 mail.zone.test.', '2050', 'status: NXDOMAIN'];
      t.is(stdout, `${said.join('\n')}\n`);
    });

    across("the kernel's datagrams come back from our UDP server", [], async (t) => {
      await serving();
      const client = `UDP_HOST=${OURS} ${process.execPath} ${examples}udp-echo/client.mjs`;
      t.is((await kernel(client)).stdout, clientsGolden('udp-echo'));
    });
  }

  across(`our servers say nothing, lose frames as told, and stop when they are told, with ${loss}`, [], async (t) => {
    await serving();
    const { recovered } = peerTcp;
    t.is(recovered.sending > 0, loss !== 'no loss' || recovered.sending > 0, 'the kernel has sent again');
    t.is(
      recovered.receiving > 0,
      loss !== 'no loss' || recovered.receiving > 0,
      'the kernel has received behind a gap',
    );
    const { status, stderr } = await (servers as unknown as Program).stop('SIGINT');
    t.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  // One process for all of them: a stack starts more slowly under a program than most of them run.
  const there = CLIENTS.filter(({ commands }) => missing(commands) === undefined);
  const whom = there.map(({ server }) => server).join(', ');
  across(`our clients talk to ${whom}, with ${loss}`, there.length > 0 ? [] : ['nginx'], async (t) => {
    peerTcp.begin();
    const env = {
      WEB_HOST: KERNEL,
      WEB_PORT: '80',
      WEB_FILE: '/content',
      SSH_USER: 'root',
      SSH_KEY: key,
      SSH_PORT: '22',
    };
    const hosts = { SSH_HOST: KERNEL, PGHOST: KERNEL, PGUSER: 'postgres', PGDATABASE: 'postgres', REDIS_HOST: KERNEL };
    const clients = there.map(({ folder }) => `../${folder}/client.mjs`);
    const [last, ...before] = [clients.pop() as string, ...clients];
    const ran = await program(loss, 'echo', { ...env, ...hosts }, [last, ...before]).ended();
    t.deepEqual(ran, { status: 0, stdout: there.map(({ says }) => says()).join(''), stderr: '' });
  });
}

for (const { server, commands } of CLIENTS) {
  const absent = missing(commands);
  if (absent !== undefined) test.skip(`our client talks to ${server} (skipped: ${absent} is not installed)`, () => {});
}

across(
  'a program that exits with connections open resets them, on its way out',
  ['nginx'],
  async (t) => {
    const file = join(scratch, 'exits.mjs');
    writeFileSync(
      file,
      `import { connect } from 'node:net';
    const socket = connect(80, '${KERNEL}', () => socket.write('GET /content HTTP/1.1\\r\\n', () => process.exit(3)));`,
    );
    const { status, stderr } = await program('no loss', 'echo', {}, [file]).ended();
    t.deepEqual({ status, stderr }, { status: 3, stderr: '' });
  },
  { resets: true },
);
