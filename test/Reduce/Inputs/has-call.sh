#!/bin/sh
graphc-opt "$1" 2>/dev/null | grep 'func.func private @part' | grep -q '{$' &&
  graphc-opt "$1" 2>/dev/null | grep -q 'call @part'
