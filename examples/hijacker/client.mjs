// A client that knows of no stack.
import { once } from 'node:events';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';

const { HOST = '127.0.0.1', PORT = '8000' } = process.env;
for (const path of ['/one', '/two']) {
  const [response] = await once(get({ host: HOST, port: Number(PORT), path, agent: false }), 'response');
  console.log(response.statusCode, (await text(response)).trim());
}
