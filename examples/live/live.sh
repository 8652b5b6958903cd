#!/usr/bin/env bash
# A stack beside real programs: two network namespaces joined by a veth pair, our stack on one end of it, programs of
# the kernel on the other. Needs root; everything it makes it removes.
#
#   live.sh            the whole show
#   live.sh up         only the namespaces, nwstack (10.77.0.1) and nwpeer (10.77.0.2), to try things by hand
#   live.sh down       removes them
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nw=("$(command -v node)" "$here/../../packages/cli/bin/netwright.js")
work=''
started=()

in_stack() { ip netns exec nwstack "$@"; }
in_peer() { ip netns exec nwpeer "$@"; }

up() {
  ip netns add nwstack
  ip netns add nwpeer
  ip -n nwstack link add veth0 type veth peer name veth0 netns nwpeer
  ip -n nwstack addr add 10.77.0.1/24 dev veth0
  ip -n nwpeer addr add 10.77.0.2/24 dev veth0
  for each in nwstack nwpeer; do
    ip -n "$each" link set lo up
    ip -n "$each" link set veth0 up
  done
  # The other end of a veth pair hands over frames of 64 KiB with unfinished checksums unless it is told not to. The
  # capture device does the same for its own end, and undoes it.
  in_peer ethtool -K veth0 tso off gso off gro off tx off >/dev/null
}

down() {
  for each in nwstack nwpeer; do ip netns del "$each" 2>/dev/null || true; done
}

finish() {
  for each in "${started[@]}"; do
    kill "$each" 2>/dev/null || true
    wait "$each" 2>/dev/null || true
  done
  down
  if [[ -n $work ]]; then rm -r "$work"; fi
}

# Runs a manifest in the background and waits until it has printed a word; its process id is in $stack.
serve() {
  ip netns exec nwstack "${nw[@]}" run "$here/$1" >"$work/$1.log" 2>&1 &
  stack=$!
  started+=("$stack")
  for _ in $(seq 50); do
    if grep -q "${2:-.}" "$work/$1.log" 2>/dev/null; then break; fi
    sleep 0.1
  done
  sleep 0.5
}

stop() {
  kill -INT "$stack"
  wait "$stack" || true
}

sha() { sha256sum | cut -c1-16; }
rules() { in_stack iptables-save | grep -v '^#' | sed 's/\[.*//' || true; }

show() {
  trap finish EXIT
  work=$(mktemp -d)
  up

  echo '== An address of its own: no rule, nothing of the kernel in the way'
  serve serve.yaml
  in_peer ping -c 3 -i 0.2 10.77.0.9 | tail -2 | head -1
  in_peer curl -sS -o "$work/got" -w 'curl: %{http_code}, %{size_download} bytes in %{time_total} s\n' http://10.77.0.9/
  echo "sha256 at the kernel's end $(sha <"$work/got")"
  stop
  grep -o 'sha256[^,}]*' "$work/serve.yaml.log" | head -1 || true

  echo '== The stack fetches from a server of the kernel'
  head -c 10485760 /dev/urandom >"$work/file"
  ip netns exec nwpeer python3 -m http.server 8000 --directory "$work" >/dev/null 2>&1 &
  started+=($!)
  sleep 0.7
  in_stack "${nw[@]}" run "$here/fetch.yaml"
  echo "sha256 of the file $(sha <"$work/file")"

  in_stack iptables -A OUTPUT -p tcp --dport 9 -j ACCEPT
  rules >"$work/before"

  echo "== The kernel's address, without the guard: the kernel answers for us"
  serve unguarded.yaml
  in_peer curl -sS -o /dev/null http://10.77.0.1/small 2>&1 || true
  stop

  echo "== The kernel's address, with the guard"
  serve shared.yaml guard
  in_stack "${nw[@]}" guard status
  in_peer curl -sS -o /dev/null -w '%{http_code}\n' 'http://10.77.0.1/small?[1-100]' | sort | uniq -c
  stop
  rules | diff "$work/before" - && echo 'after the stop the rules are as before'
  in_stack "${nw[@]}" run "$here/shared-fetch.yaml"
  rules | diff "$work/before" - && echo 'after the end the rules are as before'

  echo '== After kill -9'
  serve shared.yaml guard
  # `ip netns exec` becomes the program itself: the process id is the stack's.
  kill -KILL "$stack"
  wait "$stack" 2>/dev/null || true
  in_stack "${nw[@]}" guard clear
  rules | diff "$work/before" - && echo 'after `guard clear` the rules are as before'
}

case ${1:-show} in
  up) up ;;
  down) down ;;
  show) show ;;
  *) sed -n '2,8p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
