import { errorCatalogue } from '@netwright/core';

/** The codes of this package. */
export const fail = errorCatalogue({
  MIDDLE_INTERFACES: {
    what: 'A man in the middle stands between two links, and this node has {count} interfaces.',
    remedy: 'Give the node two interfaces, each with a link of its own.',
  },
  CAPTURE_NOT_INSTALLED: {
    what: 'The package "cap", through which a real interface is captured, is not installed.',
    remedy: 'Install it: `npm install cap@0.2.1`; it is an optional dependency that an install may have left out.',
  },
  CAPTURE_NOT_BUILT: {
    what: 'The native part of "cap" has not been built.',
    remedy:
      'Install a C++ compiler, make, python3 and libpcap-dev, then run `npm --prefix packages/plugins/node_modules/cap run install`.',
  },
  CAPTURE_NOT_LOADABLE: {
    what: 'The native part of "cap" could not be loaded: {cause}.',
    remedy: 'Install libpcap (Debian: libpcap0.8); build cap anew with the Node.js that runs it.',
  },
  CAPTURE_THREAD: {
    what: 'Capturing was asked for in a worker thread.',
    remedy: 'Open capture devices in the main thread: cap can be loaded in one thread only.',
  },
  CAPTURE_INTERFACE_UNKNOWN: {
    what: 'There is no network interface "{interface}".',
    remedy: 'Interfaces here: {known}.',
  },
  CAPTURE_INTERFACE_KIND: {
    what: 'Interface "{interface}" carries {kind} frames, not Ethernet.',
    remedy: 'Capture an Ethernet interface, or one end of a veth pair.',
  },
  CAPTURE_RIGHTS: {
    what: 'This process may not capture on "{interface}".',
    remedy:
      'Run it as root, or give node the right: `setcap cap_net_raw,cap_net_admin=eip "$(readlink -f "$(which node)")"`.',
  },
  CAPTURE_FILTER: {
    what: 'The capture filter "{filter}" was not accepted: {cause}.',
    remedy: 'Write it as in pcap-filter(7): "tcp port 8080".',
  },
  CAPTURE_OPEN: {
    what: 'Capturing on "{interface}" failed: {cause}.',
    remedy: 'Check that the interface is up: `ip link show {interface}`.',
  },
  CAPTURE_OPTION: {
    what: 'Capture option {option}: {problem}.',
    remedy: '{expected}',
  },
  CAPTURE_OFFLOADS: {
    what: 'The offloads of "{interface}" could not be turned off: {cause}.',
    remedy: 'Install ethtool and run as root, or choose `offloads: keep` and `checksums: trust`.',
  },
  GUARD_NO_IPTABLES: {
    what: 'The command "{binary}" was not found.',
    remedy: 'Install iptables, or give the stack an address that the host does not own: then no guard is needed.',
  },
  GUARD_RIGHTS: {
    what: 'This process may not change packet filter rules: {cause}.',
    remedy: 'Run it as root or with CAP_NET_ADMIN, or give the stack an address that the host does not own.',
  },
  GUARD_FAILED: {
    what: 'The packet filter did not take the rules "{rules}": {cause}.',
    remedy: 'Run `netwright doctor`; see what is there with `iptables -S`.',
  },
  GUARD_EPHEMERAL: {
    what: "The ports {first} to {last} are not the stack's alone: programs of the host connect from {hostsFirst} to {hostsLast}.",
    remedy: 'Choose others, in ascending order: [61000, 65535] where the host keeps to its default.',
  },
  GUARD_CLOSED: {
    what: 'The guard is closed.',
    remedy: 'Open a new one with Guard.open().',
  },
  APP_NEEDS_LAYER: {
    what: 'The application "{application}" needs a layer "{layer}", and the stack "{stack}" has none.',
    remedy: 'Add "{layer}" to `layers`.',
  },
  CAPTURE_FILE_MALFORMED: {
    what: 'The capture file cannot be read: {problem}.',
    remedy: 'Give a file in the pcapng or pcap format; one that was cut off is readable up to there.',
  },
  CAPTURE_FILE: {
    what: 'The capture file "{file}" could not be opened: {cause}.',
    remedy: 'Check the path and the rights of its folder.',
  },
  INVARIANT_ACK_BACK: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy:
      'An acknowledgement never goes back (RFC 9293 section 3.4): look at what sends acknowledgements, and at RCV.NXT.',
  },
  INVARIANT_ACK_AHEAD: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'Only what has arrived may be acknowledged: look at reassembly, and at RCV.NXT.',
  },
  INVARIANT_GAP: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'What is sent continues what was sent: look at SND.NXT.',
  },
  INVARIANT_ACKED: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'What is acknowledged is not sent again: look at SND.UNA and at the retransmission queue.',
  },
  INVARIANT_WINDOW: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'Nothing is sent beyond the window (RFC 9293 section 3.8.6): look at SND.WND and at the window scale.',
  },
  INVARIANT_WINDOW_SHRUNK: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'A window is not taken back (RFC 9293 section 3.8.6): look at `tcp.window`.',
  },
  INVARIANT_FIN: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'The FIN is the last, and keeps its place: look at what sends it again.',
  },
  INVARIANT_MSS: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'No segment is larger than the peer takes (RFC 9293 section 3.7.1): look at `tcp.segmentation`.',
  },
  INVARIANT_TIMESTAMP: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'Timestamps do not go back (RFC 7323 section 5.4): look at what writes the options.',
  },
  INVARIANT_CHECKSUM: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy: 'Look at what changes a segment after its checksum was taken.',
  },
  INVARIANT_BYTES: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy:
      'What is delivered is what was sent, once and in order: run the seed again with `-w`, and look where the bytes part.',
  },
  INVARIANT_STUCK: {
    what: 'At {time} ms, frame {frame}, "{node}" on {local} to {remote}: {found}.',
    remedy:
      'Run the seed again with `-w`, and look who owes the next segment; a run that was merely too short needs a later `stop_time`.',
  },
  INVARIANT_LEFT: {
    what: 'At {time} ms, frame {frame}, "{node}" is stopped, and there are left: {found}.',
    remedy: 'What is taken must be let go of on every path: look at what the connection or layer did last.',
  },
  STREAM_FRAME_LENGTH: {
    what: 'A frame of {length} bytes was announced on a stream; the largest may have {largest}, and none is empty.',
    remedy:
      "Look at the other end: it must send QEMU's socket framing, a length of 32 bits, the highest first, before each frame.",
  },
  STREAM_CONNECT: {
    what: 'The TCP connection of a stream device to {host} port {port} failed: {cause}.',
    remedy: 'Start the other side first (QEMU: `-netdev socket,id=n,listen=:{port}`), or let the device `listen`.',
  },
  STREAM_LISTEN: {
    what: 'A stream device could not listen on {host} port {port}: {cause}.',
    remedy: 'Choose another port, or end the program that has it.',
  },
  STREAM_WEBSOCKET: {
    what: 'The WebSocket of a stream device could not be opened.',
    remedy: 'Check the URL, and that the server takes WebSockets.',
  },
  STREAM_NO_WEBSOCKET: {
    what: 'This Node.js has no WebSocket, and the package "ws" is not installed.',
    remedy: 'Use Node.js 22 or later, or install it: `npm install ws`.',
  },
  STREAM_ENDED: {
    what: 'The other side of a stream device has ended.',
    remedy: 'Stop the stack and start it anew when the other side is back.',
  },
  CABLE_END_UNKNOWN: {
    what: 'Cable "{cable}" has impairments for an end "{end}", which it does not have.',
    remedy: 'Its ends are: {known}. Attach all ends before the first is opened.',
  },
});
