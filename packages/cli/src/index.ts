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
