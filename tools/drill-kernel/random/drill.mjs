// What the random scripts need of the packages, as they are built.
const drill = new URL('../../../packages/drill/dist/', import.meta.url);
const load = (file) => import(new URL(file, drill));

export const { parseScript } = await load('parse/parse.js');
export const { addressesOf, profileOf, stackOf } = await load('configure.js');
export const { Environment } = await load('run/environment.js');
export const { Flows } = await load('run/flows.js');
export const { Injector } = await load('run/inject.js');
export const { readFrame, readSegment } = await load('run/frame.js');
export const { describeOptions } = await load('run/options.js');
export const { flagLetters } = await load('run/describe.js');
export const { runShell } = await load('shell.js');
export const { Sockets } = await load('socket/calls.js');
export const { tcpInfo } = await load('socket/tcp-info.js');
export const { changesOf } = await load('change.js');
