#!/usr/bin/env bash
# What the live tests need of the system: their commands, libpcap, and the native part of cap.
#   tools/live-setup.sh            the packages of the system, where apt-get and root are there; then cap
#   tools/live-setup.sh cap        cap alone (after an install: its sources must be there)
# Ends with 1 when something is missing. Tests that need it are then skipped, and say why.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=0

system_packages() {
  local wanted=(iproute2 iputils-ping iptables ethtool libpcap-dev curl tshark python3 make g++) absent=() each
  command -v apt-get >/dev/null || { echo "live-setup: no apt-get here"; return 1; }
  for each in "${wanted[@]}"; do
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

[[ ${1:-} == cap ]] || system_packages || missing=1
native_cap || missing=1
exit $missing
