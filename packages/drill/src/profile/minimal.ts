import { minimalProfile } from '@netwright/layers';
import type { Profile } from './profile.js';

/** RFC 9293 with nothing that is optional. */
export const minimal: Profile = {
  name: 'minimal',
  settings: minimalProfile().settings,
  bufferSize: (asked) => asked,
  congestion: () => ({ initialWindow: null, idleRestart: true }),
  overrides: () => [...minimalProfile().overrides],
};
