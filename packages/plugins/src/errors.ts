import { errorCatalogue } from '@netwright/core';

/** The codes of this package. */
export const fail = errorCatalogue({
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
  CABLE_END_UNKNOWN: {
    what: 'Cable "{cable}" has impairments `from` an end "{end}", which it does not have.',
    remedy: 'Its ends are: {known}. Attach all ends before the first is opened.',
  },
});
