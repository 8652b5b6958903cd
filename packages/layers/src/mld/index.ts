export {
  type MldQuery,
  type MldRecord,
  MldType,
  readMldQuery,
  readMldReport,
  writeMld,
  writeMldReport,
} from './header.js';
export { Mld } from './layer.js';
export { mldPlugin } from './plugin.js';
export { MLD_OPTIONS, type MldOptions } from './settings.js';
