import { errorCatalogue } from '@netwright/core';

/** The codes of Node's faces. What a program meets at its sockets are Node's own errors, with errno's codes. */
export const fail = errorCatalogue({
  NODE_BINDING_BLOCKED: {
    what: "Node's stream handles cannot be reached here: {cause}.",
    remedy: 'Run without --permission: a handle in JavaScript alone cannot carry TLS and HTTP/2.',
  },
  NODE_LOADED_BEFORE: {
    what: 'Something has loaded {modules} before the stack could be put under it: its traffic would go to the kernel, unseen.',
    remedy: 'Put @netwright/node/register in front of every other --import and --require.',
  },
  NODE_NO_TCP: {
    what: 'The stack "{stack}" has no tcp layer.',
    remedy: 'Add tcp to its layers, and the layers that it runs over.',
  },
  NODE_NO_UDP: {
    what: 'The stack "{stack}" has no udp layer.',
    remedy: 'Add udp to its layers, and the layers that it runs over.',
  },
  NODE_SOCKET_UNKNOWN: {
    what: 'Sockets of Node {version} keep their handles where they are not found.',
    remedy: 'Use a version of Node that is supported: 20, 22 or 24.',
  },
  NODE_MANIFEST: {
    what: 'The manifest {file} cannot be used: {problem}.',
    remedy: '{expected}',
  },
});
