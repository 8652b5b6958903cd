import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { captureProblem } from '../device/capture.js';

/** One thing that was looked at. */
export interface Finding {
  /** 'packet capture' */
  readonly name: string;
  readonly ok: boolean;
  /** What is there: 'v20.20.2', '/dev/net/tun, mode 600'. */
  readonly found: string;
  /** What it is needed for. */
  readonly for: string;
  /** What to do where it is not ok; null where there is nothing to do. */
  readonly remedy: string | null;
}

/** Bits of a capability set (capabilities(7)). */
const CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13 } as const;

/** A module whose one function uses a vector instruction. */
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/**
 * What this machine allows, in the order in which it matters. The in-memory devices need only the first finding;
 * nothing is changed, and nothing but version commands is run.
 */
export async function examineHost(): Promise<Finding[]> {
  return [
    nodeVersion(),
    simd(),
    capability('CAP_NET_RAW', 'capturing an interface'),
    capability('CAP_NET_ADMIN', 'the guard, offloads, TAP interfaces'),
    await capture(),
    tun(),
    command('iptables', ['--version'], 'the guard, where a stack shares an address with the host', 'iptables'),
    npmIptables(),
    command('nft', ['--version'], 'looking at the packet filter', 'nftables'),
    command('ethtool', ['--version'], 'turning off the offloads of a captured interface', 'ethtool'),
    command('ip', ['-V'], 'network namespaces in the live examples and tests', 'iproute2'),
    command('tshark', ['--version'], 'checking captures in the live tests', 'tshark'),
    command('curl', ['--version'], 'the live examples and tests', 'curl'),
  ];
}

function nodeVersion(): Finding {
  const ok = Number(process.versions.node.split('.')[0]) >= 20;
  return {
    name: 'Node.js',
    ok,
    found: process.version,
    for: 'everything',
    remedy: ok ? null : 'Install Node.js 20 or later.',
  };
}

function simd(): Finding {
  const ok = WebAssembly.validate(SIMD_PROBE);
  const found = ok ? 'available' : 'missing; the checksum runs in JavaScript, three times slower';
  return { name: 'WebAssembly SIMD', ok, found, for: 'the fast checksum', remedy: null };
}

function capability(name: keyof typeof CAPABILITIES, purpose: string): Finding {
  const remedy = `Run as root, or \`setcap cap_net_raw,cap_net_admin=eip "$(readlink -f "$(which node)")"\`.`;
  const effective = effectiveCapabilities();
  if (effective === null) {
    const ok = process.getuid?.() === 0;
    return { name, ok, found: ok ? 'root' : 'not root', for: purpose, remedy: ok ? null : remedy };
  }
  const ok = ((effective >> BigInt(CAPABILITIES[name])) & 1n) === 1n;
  const user = process.getuid?.() === 0 ? 'root' : `uid ${process.getuid?.()}`;
  return { name, ok, found: `${user}, ${ok ? 'held' : 'not held'}`, for: purpose, remedy: ok ? null : remedy };
}

function effectiveCapabilities(): bigint | null {
  try {
    const match = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    return match === null ? null : BigInt(`0x${match[1]}`);
  } catch {
    return null;
  }
}

async function capture(): Promise<Finding> {
  const problem = (await captureProblem()) as (Error & { what?: string; remedy?: string }) | null;
  return {
    name: 'packet capture',
    ok: problem === null,
    found: problem === null ? 'cap is built and loads libpcap' : (problem.what ?? problem.message),
    for: 'the device "capture"',
    remedy: problem?.remedy ?? null,
  };
}

function tun(): Finding {
  const path = '/dev/net/tun';
  const subject = { name: 'TUN/TAP', for: 'TAP interfaces' };
  if (!existsSync(path)) return { ...subject, ok: false, found: `${path} is missing`, remedy: 'Run `modprobe tun`.' };
  const found = `${path}, mode ${(statSync(path).mode & 0o777).toString(8)}`;
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return { ...subject, ok: true, found, remedy: null };
  } catch {
    return { ...subject, ok: false, found, remedy: `Run as root, or \`chmod 666 ${path}\`.` };
  }
}

function npmIptables(): Finding {
  const subject = { name: 'npm package iptables', for: 'the guard; without it the command is used directly' };
  try {
    createRequire(import.meta.url).resolve('iptables');
    return { ...subject, ok: true, found: 'installed', remedy: null };
  } catch {
    return { ...subject, ok: false, found: 'not installed', remedy: 'Run `npm install iptables@0.0.4`.' };
  }
}

function command(name: string, version: string[], purpose: string, debian: string): Finding {
  const subject = { name, for: purpose };
  const path = locate(name);
  if (path === null)
    return { ...subject, ok: false, found: 'not found', remedy: `Debian: \`apt-get install ${debian}\`.` };
  const asked = spawnSync(path, version, { encoding: 'utf8', timeout: 5000 });
  const said = `${asked.stdout ?? ''}${asked.stderr ?? ''}`.split('\n').find((line) => /\d/.test(line));
  return { ...subject, ok: true, found: said?.trim() ?? path, remedy: null };
}

/** Where a command is: on the PATH, or where administrators' commands lie, which others often lack on theirs. */
function locate(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => existsSync(path)) ?? null;
}
