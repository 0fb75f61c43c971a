#!/bin/sh
# Compiles the classifier, links it with main.c and runs it on the held-out
# images. usage: demo.sh BUILD-FOLDER
set -e
digits=$(dirname "$0")
bin=$1/bin
out=$1/demo
mkdir -p "$out"

# The commands, as somebody would type them.
run() {
  echo "\$ $*"
  "$@"
}
run "$bin/graphc" "$digits/digits.pt2" -o "$out/digits.o" --threads=1
run clang-22 -std=c11 -O2 -I"$out" "$digits/main.c" "$out/digits.o" -lm \
  -o "$out/digits"
echo "\$ $out/digits $digits/heldout.bin"
"$out/digits" "$digits/heldout.bin" > "$out/result.txt"
cat "$out/result.txt"
echo "eager PyTorch: $(cat "$digits/accuracy.txt")"
echo "digits.o: $(wc -c < "$out/digits.o") bytes (digits.pt2:" \
  "$(wc -c < "$digits/digits.pt2"))"
run ldd "$out/digits"
grep -q "^accuracy: $(cat "$digits/accuracy.txt")\$" "$out/result.txt" || {
  echo "the accuracy differs from eager PyTorch's" >&2
  exit 1
}
