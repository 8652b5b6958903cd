import { readFileSync } from 'node:fs';
import { IpAddress } from '@netwright/core';

/** The machine's own list of names (hosts(5)). It is read anew each time, as the C library does. */
const FILE = '/etc/hosts';

/** The names of an address, in the file's order; none where there is no file. */
export function namesInHostsFile(address: IpAddress, file = FILE): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [written, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return IpAddress.parse(written)?.equals(address) === true ? names : [];
  });
}
