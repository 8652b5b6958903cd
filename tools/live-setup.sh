#!/usr/bin/env bash
# What the live tests need of the system: their commands and servers, libpcap, and the native part of cap.
#   tools/live-setup.sh            the packages of the system, where apt-get and root are there; then cap
#   tools/live-setup.sh cap        cap alone (after an install: its sources must be there)
# Ends with 1 when something is missing. Tests that need it are then skipped, and say why.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=0

# The tools of the tests.
tools=(iproute2 iputils-ping iptables ethtool libpcap-dev curl tshark python3 make g++)
# Servers that our programs talk to, and their clients. The tests start them, each in a namespace.
servers=(openssh-client openssh-server postgresql redis-server redis-tools nginx-light bind9-dnsutils)

system_packages() {
  local absent=() each
  command -v apt-get >/dev/null || { echo "live-setup: no apt-get here"; return 1; }
  for each in "$@"; do
    dpkg -s "$each" >/dev/null 2>&1 || absent+=("$each")
  done
  [[ ${#absent[@]} -eq 0 ]] && return 0
  [[ $(id -u) -eq 0 ]] || { echo "live-setup: not root; missing: ${absent[*]}"; return 1; }
  echo "live-setup: installing ${absent[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${absent[@]}" >/dev/null
}

native_cap() {
  local cap=packages/plugins/node_modules/cap
  if [[ ! -d $cap ]]; then
    echo "live-setup: cap is not installed yet; run this again after the install"
    return 1
  fi
  [[ -f $cap/build/Release/cap.node ]] && return 0
  echo "live-setup: building cap"
  npm --prefix "$cap" run install >/tmp/live-setup-cap.$$.log 2>&1 || {
    tail -5 "/tmp/live-setup-cap.$$.log"
    rm -f "/tmp/live-setup-cap.$$.log"
    return 1
  }
  rm -f "/tmp/live-setup-cap.$$.log"
}

# No server is started by its installation, now or when the machine starts, unless it was there before.
server_packages() {
  local policy=/usr/sbin/policy-rc.d ours=0 status=0 units=() each
  if [[ $(id -u) -eq 0 && ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && ours=1
  fi
  dpkg -s openssh-server >/dev/null 2>&1 || units+=(ssh)
  dpkg -s postgresql >/dev/null 2>&1 || units+=(postgresql)
  dpkg -s redis-server >/dev/null 2>&1 || units+=(redis-server)
  dpkg -s nginx-light >/dev/null 2>&1 || units+=(nginx)
  system_packages "${servers[@]}" || status=1
  if [[ $(id -u) -eq 0 ]] && command -v systemctl >/dev/null; then
    for each in "${units[@]}"; do systemctl disable "$each" >/dev/null 2>&1; done
  fi
  [[ $ours -eq 0 ]] || rm -f "$policy"
  return $status
}

if [[ ${1:-} != cap ]]; then
  system_packages "${tools[@]}" || missing=1
  server_packages || missing=1
fi
native_cap || missing=1
exit $missing
