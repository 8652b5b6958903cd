// A web server that knows of no stack.
import { once } from 'node:events';
import { createServer } from 'node:http';

const { PORT = '8000' } = process.env;
const server = createServer((request, response) => response.end(`you asked for ${request.url}\n`));
await once(server.listen(Number(PORT)), 'listening');
console.log(`listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
