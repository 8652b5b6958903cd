/**
 * @packageDocumentation
 * A packetdrill runner: scripts of packets and socket calls, run over a stack of ours in virtual time.
 */
export type { Score } from './configure.js';
export { type DrillOptions, runScript, type ScriptResult } from './drill.js';
export { scriptFiles } from './files.js';
export { Mismatch, ScriptSyntaxError, Unsupported } from './outcome.js';
export { parseScript } from './parse/parse.js';
export type { Action, Script, ScriptEvent } from './parse/script.js';
export { type Profile, profiles } from './profile/profile.js';
export { type DrillReport, reportOf } from './report.js';
export { carried, carry } from './run/carried.js';
