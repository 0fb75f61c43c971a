"""Interrupts a command.

  interrupt.py SIGNAL TIMES COMMAND...

Sends the signal, as a terminal does, to all processes of the command some time
after its start, TIMES times in all; prints how it ended.
"""

import os
import signal
import subprocess
import sys
import time

name, times, *command = sys.argv[1:]
# Who runs tests may ignore Ctrl-C, which commands inherit.
process = subprocess.Popen(
    command, start_new_session=True,
    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
time.sleep(1.5)
for _ in range(int(times)):
    os.killpg(process.pid, getattr(signal, name))
    # The second one comes while the first one is answered.
    time.sleep(0.02)
begin = time.monotonic()
try:
    status = process.wait(timeout=20)
except subprocess.TimeoutExpired:
    os.killpg(process.pid, signal.SIGKILL)
    status = "none"
print(f"status {status}, {'soon' if time.monotonic() - begin < 5 else 'late'}")
