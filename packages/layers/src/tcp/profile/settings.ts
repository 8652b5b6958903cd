/** Whose TCP a stack may be like; 'netwright' is what this one is by itself. */
export const PROFILE_NAMES = ['netwright', 'linux', 'freebsd', 'minimal'] as const;

export type TcpProfileName = (typeof PROFILE_NAMES)[number];

/** What Linux's buffers are at first, and may grow to, in bytes (tcp(7): tcp_rmem, tcp_wmem). */
const LINUX_BUFFERS = {
  receiveBuffer: 131_072,
  receiveBufferMax: 6 << 20,
  sendBuffer: 16_384,
  sendBufferMax: 4 << 20,
};

/** The numbers of each profile; what is not here is as without one. The names are those of `TcpSettings`. */
export const PROFILE_SETTINGS = {
  netwright: {},
  linux: {
    ...LINUX_BUFFERS,
    sendBufferPieces: true,
    dropSynFin: true,
    synRetries: 6,
    synLinear: 4,
    synAckRetries: 5,
    retries: 15,
    resetTimestamps: false,
    resetOnTimeout: false,
  },
  // tcp(4): sendspace, recvspace, keepinit, always_keepalive, keepcnt, retries; syncache(4): rexmtlimit.
  freebsd: {
    receiveBuffer: 65_536,
    sendBuffer: 32_768,
    openTimeout: 75_000,
    synRetries: 12,
    synAckRetries: 3,
    retries: 12,
    resetTimestamps: false,
    keepAlive: true,
    keepAliveProbes: 8,
    // Eight keep-alive intervals (RFC 9293 has no such time).
    finWait2Timeout: 600_000,
    windowProbeData: true,
  },
  // RFC 9293 alone: a window that its field can say, and one second at least for each timeout (RFC 6298 section 2.4).
  minimal: {
    receiveBuffer: 65_535,
    sendBuffer: 65_535,
    timestamps: false,
    resetTimestamps: false,
    windowScaling: false,
    sack: false,
    windowProbeData: true,
  },
} as const;
