import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Namespace, Program } from './netns.js';

/** Servers of the system, each with a folder of its own for what it keeps, in the foreground of a namespace. */

/** They run as long as the tests do. */
const LONG = { patience: 600_000 };

/** Serves the files of `root` at port 80. */
export async function nginx(namespace: Namespace, folder: string, root: string): Promise<Program> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((each) => `${each}_temp_path ${folder};`);
  const lines = [
    'daemon off;',
    // One process, so that none of them is left when it is ended.
    'master_process off;',
    `pid ${join(folder, 'nginx.pid')};`,
    'error_log stderr notice;',
    'events {}',
    `http { access_log off; ${temporary.join(' ')} server { listen 80; root ${root}; } }`,
  ];
  writeFileSync(join(folder, 'nginx.conf'), lines.join('\n'));
  const server = namespace.startAs(LONG, 'nginx', '-e', 'stderr', '-c', join(folder, 'nginx.conf'));
  await server.prints('using the "');
  return server;
}

/** Lets root in with the key `key`.pub, at port 22. */
export async function sshd(namespace: Namespace, folder: string, key: string): Promise<Program> {
  const hostKey = join(folder, 'host-key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  const lines = [
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${key}.pub`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'StrictModes no',
    `PidFile ${join(folder, 'sshd.pid')}`,
  ];
  writeFileSync(join(folder, 'sshd_config'), lines.join('\n'));
  // Its unprivileged part lives in here; a system that runs no sshd has not made it.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  // It starts itself again, by its whole path.
  const command = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((each) => existsSync(each)) ?? 'sshd';
  const server = namespace.startAs(LONG, command, '-D', '-e', '-f', join(folder, 'sshd_config'));
  await server.prints('Server listening');
  return server;
}

/** Where Debian has the commands of PostgreSQL's server, or null. */
export function postgresCommands(): string | null {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return null;
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0];
  const folder = join(versions, newest ?? '', 'bin');
  return existsSync(join(folder, 'postgres')) ? folder : null;
}

/** Ends PostgreSQL with all its processes, which would not notice at once that the first one is gone. */
export async function endPostgres(server: Program): Promise<void> {
  await server.stop('SIGQUIT');
}

/** Trusts everybody as the user postgres, at port 5432. It does not run as root: it runs as the system's postgres. */
export async function postgres(namespace: Namespace, folder: string): Promise<Program> {
  const commands = postgresCommands() as string;
  const data = join(folder, 'data');
  mkdirSync(data);
  execFileSync('chown', ['postgres', data]);
  const unprivileged = ['--reuid=postgres', '--regid=postgres', '--clear-groups'];
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C.UTF-8'];
  execFileSync('setpriv', [...unprivileged, join(commands, 'initdb'), ...initdb], { cwd: data, stdio: 'pipe' });
  const settings = { listen_addresses: '*', unix_socket_directories: data, fsync: 'off', max_connections: '20' };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  writeFileSync(join(data, 'pg_hba.conf'), 'host all all all trust\n');
  const server = namespace.startAs(
    LONG,
    'setpriv',
    ...unprivileged,
    join(commands, 'postgres'),
    '-D',
    data,
    ...options,
  );
  await server.prints('ready to accept connections');
  return server;
}

/** Keeps nothing, at port 6379. */
export async function redis(namespace: Namespace, folder: string): Promise<Program> {
  const options = ['--save', '', '--appendonly', 'no', '--protected-mode', 'no', '--dir', folder];
  const server = namespace.startAs(LONG, 'redis-server', ...options);
  await server.prints('Ready to accept connections');
  return server;
}

/** A folder of a test for one server, which servers may enter that are not root. */
export function folderFor(scratch: string, name: string): string {
  const folder = join(scratch, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const each of [scratch, folder]) chmodSync(each, 0o755);
  return folder;
}
