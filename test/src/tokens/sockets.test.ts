import { allTokenPages } from '@netwright/core';
import test, { type ExecutionContext } from 'ava';
import { CASES, type Case, variations } from './cases.js';
import { byHand, chosen, FLOWS, type Flow, fromManifest, type Outcome, type OverridePlace, PLACES } from './rig.js';

const REACHES: Record<OverridePlace, readonly Flow[]> = { stack: FLOWS, listener: ['l1'], connection: ['c1'] };

/** The wire is as the override makes it where it reaches, and nowhere else; and the frames say who decided. */
function judge(t: ExecutionContext, each: Case, place: OverridePlace, { flows, line }: Outcome): void {
  const shows = each.shows ?? FLOWS;
  const who =
    line === 0
      ? `${each.token}: the program`
      : `${each.token}: ${each.use} of plugin ${owner(each)}, tokens.yaml:${line}:`;
  for (const flow of FLOWS) {
    const frames = flows[flow];
    t.true(frames.length > 0, `${flow} has frames`);
    const reached = REACHES[place].includes(flow);
    const named = frames.some(({ why }) => why.includes(who));
    if (!shows.includes(flow)) continue;
    t.is(each.holds(frames), reached, `${each.token} ${each.use} for the ${place}: ${flow}`);
    t.is(named, reached, `${flow}: who decided\n${[...new Set(frames.map(({ why }) => why))].join('\n')}`);
    if (!reached) t.false(frames.some(({ why }) => why.includes(`${each.token}: `)));
  }
}

function owner({ token, use }: Case): string {
  if (use === 'session.five-five') return 'variations';
  return token.startsWith('tcp.') ? 'tcp' : 'ipv4';
}

for (const each of CASES) {
  const { token, use, scene } = each;
  for (const place of PLACES) {
    if (!REACHES[place].some((flow) => (each.shows ?? FLOWS).includes(flow))) continue;
    test(`${token} as ${use}, in a manifest for the ${place}, changes what the ${place} sends and nothing else`, async (t) => {
      judge(t, each, place, await fromManifest(each, place, scene, [variations]));
    });
    test(`${token} as ${use}, in code for the ${place}, changes what the ${place} sends and nothing else`, async (t) => {
      judge(t, each, place, await byHand(chosen(each, [variations]), place, scene));
    });
  }
  test(`${token}: without ${use} no conversation goes that way`, async (t) => {
    const { flows } = await fromManifest(null, null, scene);
    for (const flow of each.shows ?? FLOWS) t.false(each.holds(flows[flow]), flow);
  });
}

test('every token that a socket may have of its own is tried here or beside', (t) => {
  const tried = new Set([...CASES.map((each) => each.token), 'udp.ports']);
  for (const page of allTokenPages()) if (page.scope === 'socket') t.true(tried.has(page.name), page.name);
});
