// Who takes Node's own bindings gets handles that do what the native ones do.
import { spawnSync } from 'node:child_process';

const program = `
  const load = require;
  const { internalBinding } = load('internal/test/binding');
  const { TCP, TCPConnectWrap, constants } = internalBinding('tcp_wrap');
  const { WriteWrap, ShutdownWrap, kReadBytesOrError, kArrayBufferOffset, kBytesWritten, kLastWriteWasAsync,
    streamBaseState } = internalBinding('stream_wrap');
  const uv = internalBinding('uv');
  const show = (...what) => console.log(...what);
  process.noDeprecation = true;
  show('same binding', process.binding('tcp_wrap').TCP === TCP);
  process.noDeprecation = false;
  show(Object.keys(internalBinding('tcp_wrap')).sort().join(), TCP.name, JSON.stringify(constants));
  const server = new TCP(constants.SERVER);
  show(server.constructor.name, server instanceof TCP, server.isStreamBase, typeof server.getAsyncId());
  show('unbound', server.getsockname({}), server.getpeername({}));
  show('bind', server.bind('127.0.0.1', 0), server.bind('127.0.0.1', 0), server.bind('no address', 0));
  show('listen', server.listen(128), server.listen(128));
  const name = {};
  show(server.getsockname(name), name.address, name.family, name.port > 0, Object.keys(name).join());
  const log = [];
  server.onconnection = (status, peer) => {
    log.push(['connection', status, peer.constructor.name, peer instanceof TCP]);
    let text = '';
    peer.onread = (buffer) => {
      const size = streamBaseState[kReadBytesOrError];
      if (size > 0) {
        text += Buffer.from(buffer, streamBaseState[kArrayBufferOffset], size).toString('latin1');
        return;
      }
      log.push(['end', uv.errname(size), text, peer.bytesRead, peer.writeQueueSize]);
      const shutdown = new ShutdownWrap();
      shutdown.oncomplete = (status) => {
        log.push(['shut', status]);
        peer.close(() => log.push(['peer closed']));
      };
      log.push(['shutdown', peer.shutdown(shutdown)]);
    };
    log.push(['reading', peer.readStart()]);
  };
  const client = new TCP(constants.SOCKET);
  const request = new TCPConnectWrap();
  request.address = '127.0.0.1';
  request.port = name.port;
  request.oncomplete = (status, handle, asked, readable, writable) => {
    show('connected', status, handle === client, asked === request, readable, writable);
    const remote = {};
    show(client.getpeername(remote), remote.port === name.port, remote.address);
    show('options', client.setNoDelay(true), client.setKeepAlive(true, 60), client.ref(), client.unref(), client.hasRef());
    client.ref();
    const write = new WriteWrap();
    write.async = false;
    const wrote = (what, result) => show(what, result, streamBaseState[kBytesWritten], streamBaseState[kLastWriteWasAsync]);
    wrote('utf8', client.writeUtf8String(write, 'h\\u00e9'));
    wrote('latin1', client.writeLatin1String(new WriteWrap(), 'h\\u00e9'));
    wrote('ucs2', client.writeUcs2String(new WriteWrap(), 'u'));
    wrote('buffer', client.writeBuffer(new WriteWrap(), Buffer.from('buffer')));
    wrote('all buffers', client.writev(new WriteWrap(), [Buffer.from('a'), Buffer.from('b')], true));
    wrote('mixed', client.writev(new WriteWrap(), [Buffer.from('a'), 'buffer', 'b', 'utf8'], false));
    show(client.bytesWritten, client.writeQueueSize);
    const shutdown = new ShutdownWrap();
    shutdown.oncomplete = (status) => show('client shut', status);
    show(client.shutdown(shutdown));
    client.onread = (buffer) => {
      show('client end', uv.errname(streamBaseState[kReadBytesOrError]), buffer === undefined);
      client.close(() => show('client closed'));
      server.close();
      show('after', client.readStart(), client.getsockname({}));
    };
    client.readStart();
  };
  show('connect', client.connect(request, '127.0.0.1', name.port));
  const nobody = new TCP(constants.SOCKET);
  const refused = new TCPConnectWrap();
  const others = [];
  refused.oncomplete = (status, handle, asked, readable, writable) => {
    others.push(uv.errname(status), readable, writable);
    nobody.close(() => others.push('closed'));
  };
  others.push(nobody.connect(refused, '127.0.0.1', 1));
  const idle = new TCP(constants.SOCKET);
  others.push(uv.errname(idle.readStart()), uv.errname(idle.shutdown(new ShutdownWrap())));
  idle.close();
  const { UDP, SendWrap, constants: udp } = internalBinding('udp_wrap');
  const socket = new UDP();
  const datagrams = [UDP.name, socket.constructor.name, socket.getsockname({}), socket.bind('127.0.0.1', 0, 0), Object.keys(udp).join()];
  const at = {};
  socket.getsockname(at);
  socket.onmessage = (size, handle, data, from) => {
    datagrams.push(size, handle === socket, String(data), from.address);
    socket.recvStop();
    socket.close(() => datagrams.push('udp closed'));
  };
  datagrams.push(socket.recvStart(), socket.send(new SendWrap(), [Buffer.from('datagram')], 1, at.port, '127.0.0.1', false));
  process.on('exit', () => {
    console.log(JSON.stringify(log));
    console.log(JSON.stringify(others));
    console.log(JSON.stringify(datagrams));
  });`;

const options = [...process.execArgv, '--expose-internals', '-e', program];
const { stdout, stderr, status } = spawnSync(process.execPath, options, { encoding: 'utf8' });
console.log(stdout, stderr.replace(/\(node:\d+\)/, ''), status);
