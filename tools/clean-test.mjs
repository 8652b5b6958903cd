// Deletes the compiled tests before each build: AVA runs what lies in dist, and a deleted test would go on running.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

for (const project of ['test', 'examples/plugin-template']) {
  for (const built of ['dist', 'tsconfig.tsbuildinfo']) {
    rmSync(fileURLToPath(new URL(`../${project}/${built}`, import.meta.url)), { recursive: true, force: true });
  }
}
