// A certificate for as long as the process runs: nothing to keep, nothing that expires.
import { generate } from 'selfsigned';

const names = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
];
const made = await generate([{ name: 'commonName', value: 'localhost' }], {
  algorithm: 'sha256',
  extensions: [{ name: 'subjectAltName', altNames: names }],
});

export const [key, certificate] = [made.private, made.cert];
