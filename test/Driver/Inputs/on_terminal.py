"""Runs a command with a terminal for stderr and prints what came there, one write of
the progress line a line.

  on_terminal.py COMMAND...
"""

import os
import pty
import subprocess
import sys

master, slave = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stderr=slave)
os.close(slave)
text = b""
while True:
    try:
        part = os.read(master, 4096)
    except OSError:  # The other end is closed.
        break
    if not part:
        break
    text += part
process.wait()
print(text.decode().replace("\r\n", "\n").replace("\r\x1b[K", "\n<clear>"))
