// Both sides can look at their own and the other's certificate, short, detailed and as X509Certificate.
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { ca, server as identity, client as known } from '../fixtures/certificates.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
const look = (say, socket) => {
  const { subject, issuer, subjectaltname, valid_to, bits, asn1Curve, serialNumber, ext_key_usage } =
    socket.getPeerCertificate();
  say(subject, issuer, subjectaltname, valid_to, bits, asn1Curve, serialNumber, ext_key_usage);
  const detailed = socket.getPeerCertificate(true);
  say(detailed.issuerCertificate?.subject.CN, detailed.fingerprint256);
  say(socket.getCertificate().subject, socket.getX509Certificate().subject, socket.getPeerX509Certificate().issuer);
  say(socket.getSharedSigalgs()?.length > 0);
};
const server = createServer({ ...identity, ca, requestCert: true }, (socket) => {
  look(told, socket);
  socket.end();
});
const socket = connect({ port: await listening(server), ca, host: '127.0.0.1', ...known });
await once(socket.resume(), 'secureConnect');
look(client, socket);
server.close();
