import { type AnyPlugin, definePlugin } from '@netwright/core';
import { discard } from './discard.js';
import { echo } from './echo.js';
import { exchange } from './exchange.js';
import { get } from './get.js';
import { page } from './page.js';
import { source } from './source.js';

/** Small programs for manifests: servers and clients to try a stack with. */
export const applications: AnyPlugin = definePlugin({
  name: 'applications',
  version: '0.1.0',
  summary: 'Servers and clients to try a stack with.',
  implementations: [echo, discard, page, get, source, exchange],
});
