// The program under test: it fetches a quote over a line protocol, and tries three times when the server breaks off.
// It gets its `connect` from outside, and knows nothing of stacks: `net.connect` in production, a scenario's in tests.

/** Errors after which another attempt may do better. */
const AGAIN = new Set(['ECONNRESET', 'EPIPE', 'ECONNREFUSED']);

/** @param {typeof import('node:net').connect} connect */
export async function fetchQuote(connect, host, port, attempts = 3) {
  try {
    return await ask(connect, host, port);
  } catch (error) {
    if (attempts <= 1 || !AGAIN.has(error.code)) throw error;
    return fetchQuote(connect, host, port, attempts - 1);
  }
}

function ask(connect, host, port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece) => {
      text += piece;
      if (text.endsWith('\n')) socket.end();
    });
    socket.on('error', reject);
    socket.on('end', () => {
      if (text.endsWith('\n')) resolve(text.trim());
      else reject(Object.assign(new Error('the quote was cut off'), { code: 'CUT' }));
    });
    socket.write('QUOTE\n');
  });
}
