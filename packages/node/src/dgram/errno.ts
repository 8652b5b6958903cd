import { nativeBinding } from '../binding.js';

const numbers = new Map<string, number>();
const texts = new Map<number, string>();
const names = new Map<number, string>();
// Not by `node:util`: on some versions of Node, importing it opens the standard streams, and these load net.
const uv = nativeBinding<{ getErrorMap(): Map<number, [name: string, text: string]> }>('uv');
for (const [number, [name, text]] of uv.getErrorMap()) {
  numbers.set(name, number);
  texts.set(number, text);
  names.set(number, name);
}

/** UV's number for a name of errno, negative: 'EBADF' is -9 on Linux. What UV does not know is an input/output error. */
export function errno(name: string): number {
  return numbers.get(name) ?? (numbers.get('EIO') as number);
}

/** The name of a number: -9 is 'EBADF'. */
export function nameOf(number: number): string {
  return names.get(number) ?? `${number}`;
}

/** What UV says of a number: -9 is 'bad file descriptor'. */
export function textOf(number: number): string {
  return texts.get(number) ?? '';
}

/**
 * The number for what a layer threw.
 * @param without6 what Linux says where IPv6 is switched off, instead of EAFNOSUPPORT: its sockets are there all the same.
 */
export function errnoOf(error: unknown, without6: string): number {
  const { code } = error as { code?: string };
  return errno(code === 'EAFNOSUPPORT' ? without6 : (code ?? 'EIO'));
}
