// An address and a port are told as host and service, also by promise.
import { lookupService, promises } from 'node:dns';

for (const port of [22, 80, 443]) {
  const told = await new Promise((resolve) => lookupService('127.0.0.1', port, (...all) => resolve(all)));
  console.log(port, told);
}
console.log(await promises.lookupService('127.0.0.1', 25));
