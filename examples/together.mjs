// Runs programs in one process: servers, and then a client to its end. A loopback stack belongs to one process, so that
// a server in another one could not be reached. Where the client is through, servers are told as Ctrl-C tells them.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

for (const program of process.argv.slice(2)) await import(pathToFileURL(resolve(program)).href);
process.emit('SIGINT', 'SIGINT', 2);
