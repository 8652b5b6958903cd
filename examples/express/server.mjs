// An Express app: routes, JSON, parameters, errors.
import { once } from 'node:events';
import express from 'express';

const { EXPRESS_PORT = '3000' } = process.env;
const books = new Map([
  ['793', { title: 'Transmission Control Protocol', pages: 85 }],
  ['791', { title: 'Internet Protocol', pages: 45 }],
]);

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.get('/', (_, response) => response.type('text').send('An app on a stack of its own.\n'));
app.get('/books', (_, response) => response.json([...books.keys()]));
app.get('/books/:number', (request, response) => {
  const book = books.get(request.params.number);
  if (book === undefined) response.status(404).json({ error: 'no such book' });
  else response.json(book);
});
app.post('/books/:number', (request, response) => {
  books.set(request.params.number, request.body);
  response.status(201).location(`/books/${request.params.number}`).json(request.body);
});
app.use((error, _request, response, _next) => response.status(error.status ?? 500).json({ error: error.type }));

const server = app.listen(Number(EXPRESS_PORT));
await once(server, 'listening');
console.log(`express: listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
