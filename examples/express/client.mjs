const { EXPRESS_HOST = 'localhost', EXPRESS_PORT = '3000' } = process.env;

async function ask(path, options) {
  const response = await fetch(`http://${EXPRESS_HOST}:${EXPRESS_PORT}${path}`, options);
  console.log(options?.method ?? 'GET', path, response.status, (await response.text()).trim());
}

const post = (body) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body });

await ask('/');
await ask('/books');
await ask('/books/793');
await ask('/books/1');
await ask('/books/768', post(JSON.stringify({ title: 'User Datagram Protocol', pages: 3 })));
await ask('/books/768');
await ask('/books/768', post('{ this is no JSON'));
