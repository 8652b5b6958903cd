/**
 * A program for guard.test.ts: holds rules of each kind until it is ended, and lets go of some of them on SIGUSR2.
 * Arguments: its address, the peer's. Errors: their code.
 */
import { IpAddress } from '@netwright/core';
import { Guard } from '@netwright/plugins';

const [own, peer] = process.argv.slice(2).map((text) => IpAddress.parse(text) as IpAddress);

try {
  const guard = await Guard.open({ addresses: [own], ephemeral: [61000, 61999] });
  guard.protectListener(own, 5000, 'udp');
  // Twice: by its address, and as a part of every address.
  guard.protectListener(own, 6000);
  guard.protectListener(IpAddress.any, 6000);
  guard.protectConnection(own, 7000, peer, 7777);
  // Not the host's: nothing to do.
  guard.protectListener(IpAddress.v4(0x01020304), 6001);
  process.on('SIGUSR2', () => {
    guard.releaseListener(own, 6000);
    guard.releaseConnection(own, 7000, peer, 7777);
    console.log('let go');
  });
  // Only a signal ends it.
  setInterval(() => {}, 1 << 30);
  console.log('holding');
} catch (error) {
  console.log((error as { code?: string }).code ?? error);
}
