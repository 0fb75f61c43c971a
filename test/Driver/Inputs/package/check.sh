#!/bin/sh
# Installs graphc below a new folder and builds a project that finds it there.
# usage: check.sh BUILD-FOLDER
set -e
here=$(cd "$(dirname "$0")" && pwd)
digits=$here/../../../../examples/digits
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cmake --install "$1" --prefix "$scratch/prefix" > /dev/null
cmake -S "$here" -B "$scratch/build" -DDIGITS="$digits" \
  -DCMAKE_PREFIX_PATH="$scratch/prefix" > /dev/null
cmake --build "$scratch/build"
"$scratch/build/version"
"$scratch/build/app" "$digits/heldout.bin" |
  grep "^accuracy: $(cat "$digits/accuracy.txt")\$"
