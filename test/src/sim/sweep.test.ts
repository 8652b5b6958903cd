import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { loadManifest, mergeReports, minimise, type SweepReport, sweep } from 'netwright';
import { folderWith, netwright } from '../cli/netwright.js';
import { diesOnce, FLIPS_A_BYTE, pair } from './labs.js';

const MODULE = '{"type":"module"}';

/** Runs a sweep in this process, on threads of its own. */
function run(file: string, to: number, workers = 1, shard: [number, number] = [1, 1]): Promise<SweepReport> {
  return sweep({ file, settings: [], until: null }, { from: 1, to, shard }, workers, () => {});
}

test('the report is the same for one worker, for two, and for two shards that are merged', async (t) => {
  const lab = join(folderWith({ 'lab.yaml': pair() }), 'lab.yaml');
  const [one, two, first, second] = await Promise.all([
    run(lab, 24),
    run(lab, 24, 2),
    run(lab, 24, 1, [1, 2]),
    run(lab, 24, 1, [2, 2]),
  ]);
  t.like(one, { seeds: '1..24', runs: 24, failed: 0, failures: [] });
  t.deepEqual(two, one);
  t.is(first.runs, 12);
  t.not(first.traces, second.traces);
  t.deepEqual(mergeReports([second, first]), one);
  t.throws(() => mergeReports([first, first]), { code: 'SWEEP_MERGE', message: /the shards are 1\/2, 1\/2/ });
  t.throws(() => mergeReports([first, { ...second, manifest: '' }]), { code: 'SWEEP_MERGE' });
});

test('the command writes the same report, and merge puts shards together', async (t) => {
  const cwd = folderWith({ 'lab.yaml': pair() });
  const whole = await run(join(cwd, 'lab.yaml'), 6);
  const { code, stdout } = await netwright(
    ['sweep', 'lab.yaml', '--seeds', '1..6', '--workers', '1', '--shard', '1/2', '--json'],
    { cwd },
  );
  t.is(code, 0);
  writeFileSync(join(cwd, '1.json'), stdout);
  writeFileSync(join(cwd, '2.json'), JSON.stringify(await run(join(cwd, 'lab.yaml'), 6, 1, [2, 2])));
  const merged = await netwright(['merge', '2.json', '1.json', '--json'], { cwd });
  t.deepEqual(JSON.parse(merged.stdout), whole);
});

test('other seeds and another manifest have other traces', async (t) => {
  const folder = folderWith({ 'lab.yaml': pair(), 'other.yaml': pair().replace('loss: 2%', 'loss: 3%') });
  const reports = await Promise.all([
    run(join(folder, 'lab.yaml'), 4),
    run(join(folder, 'lab.yaml'), 5),
    run(join(folder, 'other.yaml'), 4),
  ]);
  t.is(new Set(reports.map(({ traces }) => traces)).size, 3);
  t.is(new Set(reports.map(({ manifest }) => manifest)).size, 2);
});

/** A lab with an application that ends its thread on some seeds; with `mark`, only once. */
function dying(mark: string): string {
  const lab = pair('', "plugins: ['./dies.js']\n").replace('apps: [{', 'apps: [dies-once, {');
  const plugin = mark === '' ? diesOnce('/nowhere').replace(/writeFileSync\('.*?\);/, '') : diesOnce(mark);
  return join(folderWith({ 'lab.yaml': lab, 'package.json': MODULE, 'dies.js': plugin }), 'lab.yaml');
}

test('when a worker dies its seeds go to another one, and the report is the same', async (t) => {
  const mark = join(folderWith({}), 'died');
  const lab = dying(mark);
  const first = await run(lab, 16, 2);
  t.true(existsSync(mark), 'a worker has died');
  t.like(first, { runs: 16, failed: 0 });
  t.deepEqual(await run(lab, 16), first);
});

test('a seed on which every worker dies has failed, and the others go on', async (t) => {
  const { runs, failed, failures } = await run(dying(''), 6);
  t.is(runs, 6);
  t.true(failed > 0 && failed < 6, String(failed));
  t.true(failures.every(({ findings }) => findings[0].code === 'WORKER_DIED'));
});

test('a planted bug is found, minimised to the impairment that it needs, and the printed command shows it', async (t) => {
  const lab = pair('  override: { tcp.session: session.flipping }\n', "plugins: ['./flips.js']\n");
  const cwd = folderWith({ 'lab.yaml': lab, 'flips.js': FLIPS_A_BYTE, 'package.json': MODULE });
  const { code, stdout } = await netwright(
    ['sweep', 'lab.yaml', '--seeds', '1..12', '--minimise', '1', '--workers', '1'],
    {
      cwd,
    },
  );
  t.is(code, 1);
  t.regex(stdout, /^FAIL {2}seed \d+: INVARIANT_BYTES At [\d.]+ ms, frame \d+, "(left|right)" on 10\.0\.0\.\d:\d+/m);
  t.regex(stdout, /^seed \d+ fails with nothing but links\.0\.(loss|reorder|corrupt|down):$/m);
  const command = /^ {2}netwright (run .*)$/m.exec(stdout)?.[1] ?? '';
  t.regex(command, /--seed \d+ --check/);
  const again = await netwright(command.split(' '), { cwd });
  t.is(again.code, 1);
  t.regex(again.stdout, /^FAIL {2}INVARIANT_BYTES .*bytes that arrived are not those that were sent/m);
});

test('a bug that needs no impairment is told as such: FINs that are never sent', async (t) => {
  const folder = folderWith({ 'lab.yaml': pair('  override: { tcp.session: session.silent-close }\n') });
  const minimal = await minimise({ file: join(folder, 'lab.yaml'), settings: [], until: 20_000 }, 3);
  t.is(minimal?.finding.code, 'INVARIANT_STUCK');
  t.regex(minimal?.finding.what ?? '', /^At 20000 ms, frame \d+, .*is not done/);
  t.deepEqual(minimal?.needed, []);
});

test('a seed that does not fail has nothing to minimise', async (t) => {
  const folder = folderWith({ 'lab.yaml': pair() });
  t.is(await minimise({ file: join(folder, 'lab.yaml'), settings: [], until: null }, 3), null);
});

test('a sweep needs a lab on virtual time, and says how it is called', async (t) => {
  const cwd = folderWith({ 'lab.yaml': pair().replace(/^sim: .*$/m, ''), 'a.yaml': pair() });
  await t.throwsAsync(run(join(cwd, 'lab.yaml'), 2), { code: 'MANIFEST_NO_SIM' });
  t.is((await netwright(['sweep', 'a.yaml', '--seeds', '5..1'], { cwd })).code, 2);
});

test('settings replace what the manifest says', (t) => {
  const text = pair();
  const load = (...settings: [string, string][]) => loadManifest(text, 'lab.yaml', settings).value;
  const plain = load();
  t.notDeepEqual(load(['links.0.loss', '10%']), plain);
  t.deepEqual(
    load(['links.0.loss', '2%'], ['sim.seed', '1'], ['topology.links.0.down', '[{ at: 500ms, for: 300ms }]']),
    plain,
  );
  const without = load(['links.0.down', ''], ['nodes.left.apps.0', 'discard'], ['nodes.left.apps.0.port', '80']);
  t.like(without, { topology: { links: [{ loss: '2%' }], nodes: { left: { apps: [{ use: 'discard', port: 80 }] } } } });
  t.false('down' in ((without as { topology: { links: object[] } }).topology.links[0] ?? {}));
  t.throws(() => load(['name.first', 'x']), { code: 'MANIFEST_SHAPE' });
  t.throws(() => load(['links.1.loss', '0']), { code: 'SETTING_PATH', message: /there is no item "1" in a list of 1/ });
});
