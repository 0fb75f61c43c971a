#!/bin/sh
graphc-opt "$1" 2>/dev/null | grep -q tensor.empty
