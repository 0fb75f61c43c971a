#!/bin/sh
# Wants chained sums, slowly: the first two questions are answered at once.
graphc-opt "$1" --canonicalize --seed-fault=graph-chained-add --dump-dir= 2>&1 |
  grep -q 'seeded fault' || exit 1
case $1 in */[01].mlir) ;; *) sleep 30 ;; esac
