// A client of PostgreSQL. PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE say where, as psql has them.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

const client = new pg.Client();
await client.connect();

await client.query('CREATE TEMPORARY TABLE document (number int PRIMARY KEY, title text, body bytea)');
await client.query('BEGIN');
for (let i = 1; i <= 100; i++) await client.query('INSERT INTO document VALUES ($1, $2, NULL)', [i, `title ${i}`]);
await client.query('COMMIT');
const { rows } = await client.query('SELECT count(*)::int AS count, sum(number)::int AS sum FROM document');
console.log('rows:', rows[0]);

const body = randomBytes(1_000_000);
await client.query('UPDATE document SET body = $2 WHERE number = $1', [7, body]);
const stored = await client.query('SELECT body, encode(sha256(body), $2) AS sum FROM document WHERE number = $1', [
  7,
  'hex',
]);
console.log(
  'a body of',
  stored.rows[0].body.length,
  'bytes',
  stored.rows[0].body.equals(body) ? 'is the same' : 'differs',
);

await client.query('BEGIN');
await client.query('DELETE FROM document');
await client.query('ROLLBACK');
console.log('after a rollback:', (await client.query('SELECT title FROM document WHERE number = 42')).rows[0].title);
await client.query('SELECT * FROM nowhere').catch((error) => console.log(error.code, error.message));

await client.query('LISTEN news');
const news = new Promise((resolve) => client.once('notification', resolve));
await client.query("NOTIFY news, 'it works'");
console.log('notified:', (await news).payload);
await client.end();

const pool = new pg.Pool({ max: 4 });
const sums = await Promise.all(Array.from({ length: 20 }, (_, i) => pool.query('SELECT $1::int * 2 AS twice', [i])));
console.log('by a pool:', sums.map(({ rows: [{ twice }] }) => twice).join(' '));
await pool.end();
