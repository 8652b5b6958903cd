import { errorCatalogue } from '@netwright/core';

/** The codes of the protocols: misuse by a program, and what its calls can come to. Names after errno where there is one. */
export const fail = errorCatalogue({
  EADDRINUSE: {
    what: '{protocol} port {port} of {address} is in use.',
    remedy: 'Choose another port, close the socket that has it, or open both with reuse.',
  },
  EADDRNOTAVAIL: {
    what: '{address} is not an address of this stack, or no port of it is free.',
    remedy: 'Use one of its addresses, or none to mean all; close sockets that are no longer needed.',
  },
  ENETUNREACH: {
    what: 'There is no route to {address}.',
    remedy: 'Give the interface an address in that network, or add a route.',
  },
  EHOSTUNREACH: {
    what: '{address} cannot be reached.',
    remedy: 'Check that the host is up and that the routers on the way know its network.',
  },
  EAFNOSUPPORT: {
    what: 'The stack has no layer for the address {address}.',
    remedy: 'Add the ipv4 or ipv6 layer, or use an address of the other version.',
  },
  EACCES: {
    what: 'Sending to {address} is not allowed.',
    remedy: 'To send to everybody, open the socket with broadcast: true.',
  },
  ECONNREFUSED: {
    what: '{address} port {port} refused: nobody listens there.',
    remedy: 'Start the server first, or check address and port.',
  },
  EMSGSIZE: {
    what: 'The message of {size} bytes is larger than {limit}.',
    remedy: 'Send less at once, or use a stream.',
  },
  EINVAL: { what: '{problem}.', remedy: '{expected}' },
  EBADF: {
    what: 'The {protocol} socket is closed.',
    remedy: 'Open a new one: a closed socket cannot be used again.',
  },
  ENOTCONN: {
    what: 'The {protocol} socket is not connected, and no destination was given.',
    remedy: 'Call connect first, or name address and port.',
  },
  EISCONN: {
    what: 'The {protocol} socket is already connected to {peer}.',
    remedy: 'Close or disconnect it first, or open another one.',
  },
  ENOBUFS: {
    what: 'Too much is under way: {what}.',
    remedy: 'Wait until some of it is done, or raise the limit.',
  },
  ECANCELLED: { what: '{what} was given up, since the stack stopped.', remedy: 'Do it before the stack is stopped.' },
  ENORESOLVER: {
    what: '"{name}" is a name, and the stack has no dns layer to look it up.',
    remedy: 'Add the dns layer to the stack, or use an address.',
  },
  ENOTFOUND: { what: 'There is no host "{name}".', remedy: 'Check the name and the search domains.' },
  ENODATA: {
    what: 'The name "{name}" exists, but has no {type} records.',
    remedy: 'Ask for another type, or another family of addresses.',
  },
  ETIMEOUT: {
    what: 'No name server answered about "{name}" within {ms} ms.',
    remedy: 'Check the addresses of the servers, and that they can be reached.',
  },
  ESERVFAIL: {
    what: 'The name servers failed to answer about "{name}": {why}.',
    remedy: 'Try again later, or ask other servers.',
  },
  EBADNAME: {
    what: '"{name}" cannot be looked up: {problem}.',
    remedy: 'Labels are 1 to 63 bytes long, names up to 253.',
  },
  EPIPE: {
    what: 'The connection to {remote} cannot be written to: this end has finished sending.',
    remedy: 'Write before shutdown() or close().',
  },
  ECONNRESET: { what: '{remote} reset the connection.', remedy: 'Find out why on the other end; connect again.' },
  ETIMEDOUT: {
    what: '{remote} did not answer.',
    remedy: 'Check that the host is up and that nothing on the way drops the segments.',
  },
  ECONNABORTED: { what: 'The connection to {remote} was given up by this end.', remedy: 'Connect again.' },
  LAYER_NOT_ATTACHED: {
    what: 'The {layer} layer is not on the {lower} layer yet.',
    remedy: 'Call {lower}.registerLayer({layer}) before using it, or let a manifest build the stack.',
  },
  NEIGHBOURS_MISSING: {
    what: 'The {layer} layer has interfaces, but nothing finds its neighbours.',
    remedy: 'Put the {finder} layer into the stack; by hand, call {finder}.registerLayer({layer}).',
  },
  ADDRESS_IN_USE: {
    what: 'The station {station} has {address} already.',
    remedy: 'Give the interface another address, or switch the other station off. arp `probes: 0` does not ask.',
  },
  NOT_ON_LINK: {
    what: '{address} is in no network of an interface.',
    remedy: 'Give an interface an address in its network, or name the interface.',
  },
});
