#!/bin/sh
# Compiles the classifier, links it with main.c and runs it on the held-out
# images. usage: demo.sh BUILD-FOLDER
set -e
here=$(cd "$(dirname "$0")" && pwd)
bin=$1/bin
out=$1/demo
mkdir -p "$out"
"$bin/graphc" "$here/digits.pt2" -o "$out/digits.o" --threads=1
clang-22 -std=c11 -O2 -I"$out" "$here/main.c" "$out/digits.o" -lm \
  -o "$out/digits"
"$out/digits" "$here/heldout.bin" | tee "$out/result.txt"
echo "eager PyTorch: $(cat "$here/accuracy.txt")"
echo "digits.o: $(wc -c < "$out/digits.o") bytes (digits.pt2:" \
  "$(wc -c < "$here/digits.pt2"))"
echo "ldd digits:"
ldd "$out/digits"
grep -q "^accuracy: $(cat "$here/accuracy.txt")\$" "$out/result.txt" || {
  echo "the accuracy differs from eager PyTorch's" >&2
  exit 1
}
