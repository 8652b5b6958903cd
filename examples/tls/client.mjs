import { once } from 'node:events';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { certificate } from './certificate.mjs';

const { TLS_HOST = 'localhost', TLS_PORT = '8442', HTTPS_PORT = '8443' } = process.env;
const open = (options) => connect({ host: TLS_HOST, port: Number(TLS_PORT), ...options });

const socket = open({ ca: certificate });
await once(socket, 'secureConnect');
console.log(socket.getProtocol(), 'authorized:', socket.authorized, socket.getPeerCertificate().subject.CN);
socket.write('stack');
console.log('backwards:', String((await once(socket, 'data'))[0]));
socket.end();
await once(socket, 'close');

const stranger = open({});
const [error] = await once(stranger, 'error');
console.log('who does not know the certificate:', error.code);

const [response] = await once(
  get(`https://${TLS_HOST}:${HTTPS_PORT}/page`, { ca: certificate, agent: false }),
  'response',
);
console.log(response.statusCode, (await text(response)).trim());
