/** uv_udp_flags: what dgram.js asks of `bind`. */
export const UdpFlag = { Ipv6Only: 1, ReuseAddr: 4, ReusePort: 64 } as const;

/** Whether there is a flag that makes no sense. */
export function hasUnknownFlag(flags: number): boolean {
  return (flags & ~(UdpFlag.Ipv6Only | UdpFlag.ReuseAddr | UdpFlag.ReusePort)) !== 0;
}
