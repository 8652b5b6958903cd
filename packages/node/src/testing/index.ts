/**
 * @packageDocumentation
 * A misbehaving peer for any test runner: a program's sockets, and at their other end a stack that does wrong on cue.
 */
export { ScenarioClock, type ScenarioClockOptions, type TimeMode } from './clock.js';
export { type Answer, PeerConnection } from './connection.js';
export { type After, Peer } from './peer.js';
export type { ScenarioNet } from './program-net.js';
export { type Scenario, type ScenarioOptions, scenario } from './scenario.js';
