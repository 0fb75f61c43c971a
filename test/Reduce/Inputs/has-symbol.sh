#!/bin/sh
graphc-opt "$1" 2>/dev/null | grep -q 'tensor<(.*s0' &&
  graphc-opt "$1" | grep -q 'name = "s0"'
