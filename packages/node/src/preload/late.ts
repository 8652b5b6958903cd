/**
 * @packageDocumentation
 * The stack under a program that names no other, and the classes of its handles. It is one file when it is built
 * (tools/bundle.mjs), which the preload evaluates when the program makes its first handle: who makes none pays nothing.
 */
import { type ActiveHandles } from '../active.js';
import { lent, nativeBinding } from '../binding.js';
import { keepFromChildren } from '../child-process.js';
import { datagramHome } from '../dgram/home.js';
import { datagramHandles } from '../dgram/install.js';
import { lookupHome } from '../dns/home.js';
import { type CaresBinding, lookupChannels } from '../dns/install.js';
import { followTls, recognizeStreams, tcpClass } from '../handle/install.js';
import { Home } from '../home.js';
import { Rounds } from '../rounds.js';
import { loopbackStack } from '../stack/loopback.js';

const rounds = new Rounds();
const home = new Home(loopbackStack(rounds, lent?.beats), rounds);
home.elsewhere = process.env.NETWRIGHT_ELSEWHERE === 'host';
followTls();
recognizeStreams();
keepFromChildren();

/** What lists of active things are made of. */
export const active: ActiveHandles = home;
/** What stands in the place of Node's classes. */
export const Stream = tcpClass(() => home);
export const Datagrams = datagramHandles(datagramHome(home));
export const Channel = lookupChannels(lookupHome(home), nativeBinding<CaresBinding>('cares_wrap').ChannelWrap);
