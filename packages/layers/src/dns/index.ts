export { type Answered, type Attempt, askByDatagram, askByStream, type NameServer } from './attempt.js';
export { DnsCache } from './cache.js';
export {
  canonical,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
  decodeMessage,
  encodeQuery,
  encodeResponse,
} from './codec.js';
export { Dns, type Found } from './layer.js';
export { candidates, nameProblem, reverseName } from './name.js';
export { judge, type Outcome } from './outcome.js';
export { dnsPlugin, dnsServerPlugin } from './plugin.js';
export { DNS_ANSWER, DNS_QUERY } from './reasons.js';
export { DNS_PORT, DnsServer } from './server.js';
export {
  DNS_OPTIONS,
  DNS_SERVER_OPTIONS,
  type DnsOptions,
  type DnsServerOptions,
  type DnsServerSettings,
  type DnsSettings,
  dnsServerSettings,
  dnsSettings,
} from './settings.js';
export {
  carriesStreams,
  Deframer,
  framed,
  type Stream,
  type StreamConnector,
  type StreamHandler,
} from './stream.js';
