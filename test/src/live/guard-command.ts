/** A program for guard.test.ts: prints how many rules of the guard there are, or were removed, by state of their owners. */
import { guardClear, guardStatus } from '@netwright/plugins';

const rules = process.argv[2] === 'clear' ? guardClear() : guardStatus();
for (const alive of [true, false]) {
  const count = rules.filter((rule) => rule.alive === alive).length;
  if (count > 0) console.log(`${alive ? 'alive' : 'dead'} ${count}`);
}
