// The defaults of family selection are read, set, checked and used.
import net from 'node:net';

console.log(net.getDefaultAutoSelectFamily(), net.getDefaultAutoSelectFamilyAttemptTimeout());
for (const value of [1, 'no', undefined]) {
  try {
    net.setDefaultAutoSelectFamily(value);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
for (const value of [0, 'a', 1, 9, 10, 1000]) {
  try {
    net.setDefaultAutoSelectFamilyAttemptTimeout(value);
    console.log(value, net.getDefaultAutoSelectFamilyAttemptTimeout());
  } catch (error) {
    console.log(error.code, error.message);
  }
}
net.setDefaultAutoSelectFamily(false);
const server = net
  .createServer((socket) => socket.end())
  .listen(0, '127.0.0.1', () => {
    const lookup = (host, options, callback) => {
      console.log(host, options);
      callback(null, '127.0.0.1', 4);
    };
    const client = net.connect({ port: server.address().port, host: 'a.test', lookup });
    client.on('connectionAttempt', () => console.log('attempt'));
    client.resume();
    client.on('close', () => {
      console.log(client.autoSelectFamilyAttemptedAddresses);
      server.close();
    });
  });
