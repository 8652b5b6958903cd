// A client of Redis, or of the server beside it.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';

const { REDIS_HOST = 'localhost', REDIS_PORT = '6379' } = process.env;
const redis = new Redis({
  host: REDIS_HOST,
  port: Number(REDIS_PORT),
  enableReadyCheck: false,
  disableClientInfo: true,
});

await redis.del('greeting', 'counter', 'bytes');
console.log(await redis.set('greeting', 'hello, stack'), await redis.get('greeting'), await redis.get('nothing'));

const pipeline = redis.pipeline();
for (let i = 0; i < 1000; i++) pipeline.incr('counter');
const counted = await pipeline.exec();
console.log('counted', counted.length, 'times to', counted.at(-1)[1]);

const bytes = randomBytes(1_000_000);
await redis.set('bytes', bytes);
console.log('bytes:', bytes.equals(await redis.getBuffer('bytes')) ? 'the same' : 'others');
await redis.incr('greeting').catch((error) => console.log(error.message));
console.log('deleted:', await redis.del('greeting', 'counter', 'bytes', 'nothing'));

redis.quit();
await once(redis, 'end');
