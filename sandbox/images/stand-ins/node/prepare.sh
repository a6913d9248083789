#!/bin/sh
# Fetches Node.js and npm as packages. package-lock.json pins their digests.
# usage: prepare.sh CONTEXT
set -eu
here=$(dirname "$0")
cp "$here/package.json" "$here/package-lock.json" "$1/"
cd "$1"
# The packages' install scripts only link the binary; the Dockerfile does that itself.
npm ci --ignore-scripts --no-audit --no-fund
mv node_modules/node-linux-*/bin/node node
