/**
 * @packageDocumentation
 * What a user of Netwright imports first: the core, the layers and the plugins through one door, and the list of
 * plugins that the command ships with.
 */

// Both the core and the plugins name it: it is one type.
export type { Fields } from '@netwright/core';
export * from '@netwright/core';
export * from '@netwright/layers';
export * from '@netwright/plugins';
export { shippedPlugins } from './catalogue.js';
export { loadPlugin } from './load-plugin.js';
export { readManifest } from './manifest-file.js';
// Many runs of a lab
export { type Minimal, minimise } from './sweep/minimise.js';
export { mergeReports, type ReportHead, type SweepReport } from './sweep/report.js';
export type { SeedRange } from './sweep/seeds.js';
export { sweep } from './sweep/sweep.js';
export type { Finding, TrialSetup } from './sweep/trial.js';
