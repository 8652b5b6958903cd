// Servers are set and told in their forms, and what is no address is refused.
import dns, { getServers, promises, Resolver, setServers } from 'node:dns';

const resolver = new Resolver();
const before = getServers();
console.log(Array.isArray(before), resolver.getServers().join() === before.join());
for (const list of [
  ['1.2.3.4'],
  ['1.2.3.4:53', '1.2.3.5:5353'],
  ['[2001:db8::1]:53', '2001:db8::2', '[2001:db8::3]:99'],
  [],
  ['1.2.3.4', '1.2.3.4'],
]) {
  resolver.setServers(list);
  console.log(list, '->', resolver.getServers());
}
for (const wrong of [['nonsense'], ['1.2.3.4:99999'], 'text', [1], ['1.2.3.4:'], ['[::1'], undefined]) {
  try {
    resolver.setServers(wrong);
    console.log('taken', wrong, resolver.getServers());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
setServers(['9.8.7.6']);
console.log(
  getServers(),
  promises.getServers(),
  resolver.getServers().includes('9.8.7.6'),
  new Resolver().getServers().length > 0,
);
for (const address of ['127.0.0.1', 'nonsense', 12]) {
  try {
    resolver.setLocalAddress(address);
    console.log('taken', address);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
console.log(dns.getDefaultResultOrder(), dns.NOTFOUND, dns.ADDRCONFIG, dns.V4MAPPED, dns.ALL);
dns.setDefaultResultOrder('ipv4first');
console.log(promises.getDefaultResultOrder());
