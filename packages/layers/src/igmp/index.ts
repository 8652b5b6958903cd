export {
  type IgmpQuery,
  type IgmpRecord,
  IgmpType,
  readIgmpQuery,
  readIgmpReport,
  sealIgmp,
  writeIgmp,
  writeIgmpReport,
} from './header.js';
export { Igmp } from './layer.js';
export { igmpPlugin } from './plugin.js';
export { IGMP_OPTIONS, type IgmpOptions } from './settings.js';
