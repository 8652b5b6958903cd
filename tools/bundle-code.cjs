// Keeps V8's code of the preload's bundle: a program that makes its first socket on the same Node has nothing to compile.
// It is part of the build: tools/bundle.mjs calls it with the preload, and where the code is to be kept.
const { writeFileSync } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const vm = require('node:vm');

const [preload, file] = process.argv.slice(2);
const { Script } = vm;
let bundle;
vm.Script = class extends Script {
  constructor(...given) {
    super(...given);
    bundle = this;
  }
};
syncBuiltinESMExports();
require(preload);
vm.Script = Script;

// What programs do first: functions that were called are kept with their code.
const { createSocket } = require('node:dgram');
const { createServer, get } = require('node:http');
const server = createServer((_req, res) => res.end('x'.repeat(100_000))).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const next = (left) =>
    get({ port, host: '127.0.0.1', agent: false }, (res) => {
      res.resume().on('end', () => (left > 0 ? next(left - 1) : server.close(datagrams)));
    });
  next(3);
});

function datagrams() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1', () => socket.send('x', socket.address().port, '127.0.0.1'));
  socket.on('message', () => socket.close(() => writeFileSync(file, bundle.createCachedData())));
}
