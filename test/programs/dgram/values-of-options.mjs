// Time to live, broadcast and multicast take what is in range and answer what they took.
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
const attempt = (name, action) => {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.syscall, error.message);
  }
};
socket.bind(0, '127.0.0.1', () => {
  for (const ttl of [0, 1, 64, 255, 256, -1, 1.5, '64', undefined]) attempt(`setTTL ${ttl}`, () => socket.setTTL(ttl));
  for (const ttl of [-1, 0, 1, 255, 256, 1000, '1'])
    attempt(`setMulticastTTL ${ttl}`, () => socket.setMulticastTTL(ttl));
  for (const flag of [true, false, 1, 0, 'yes', undefined]) {
    attempt(`setBroadcast ${flag}`, () => socket.setBroadcast(flag));
    attempt(`setMulticastLoopback ${flag}`, () => socket.setMulticastLoopback(flag));
  }
  attempt('addMembership', () => socket.addMembership());
  attempt('addMembership of none', () => socket.addMembership('127.0.0.1'));
  attempt('addMembership of text', () => socket.addMembership('nonsense'));
  attempt('dropMembership', () => socket.dropMembership());
  attempt('dropMembership never joined', () => socket.dropMembership('224.0.0.114', '127.0.0.1'));
  attempt('addSourceSpecificMembership', () => socket.addSourceSpecificMembership('224.0.0.114'));
  attempt('addSourceSpecificMembership numbers', () => socket.addSourceSpecificMembership(1, 2));
  attempt('setMulticastInterface', () => socket.setMulticastInterface());
  attempt('setMulticastInterface text', () => socket.setMulticastInterface('nonsense'));
  attempt('setMulticastInterface', () => socket.setMulticastInterface('127.0.0.1'));
  socket.close();
});
