'use strict';
// The door for `node --require`: it takes a module in, which Node can do from 20.19 and 22.12 on.
const { emitWarning } = process;
// That this was an experiment once need not be said.
process.emitWarning = (warning, ...rest) => {
  if (rest[0] !== 'ExperimentalWarning' && rest[0]?.type !== 'ExperimentalWarning')
    emitWarning.call(process, warning, ...rest);
};
try {
  require('./dist/register-now.js');
} catch (error) {
  if (error.code !== 'ERR_REQUIRE_ESM') throw error;
  throw new Error(
    `Node ${process.version} cannot --require @netwright/node/register: use --import, or Node 20.19 or later.`,
  );
} finally {
  process.emitWarning = emitWarning;
}
