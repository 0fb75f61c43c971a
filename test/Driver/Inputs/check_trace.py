"""The structure of a time trace, as Perfetto and Chrome read it.

  check_trace.py FILE STAGE PASS

Both are there, the pass, on a function, within a stage in time.
"""

import json
import sys

path, stage, name = sys.argv[1:]
with open(path) as file:
    trace = json.load(file)
events = trace["traceEvents"]
complete = [event for event in events if event["ph"] == "X"]
for event in complete:
    assert event["ts"] >= 0 and event["dur"] >= 0 and event["name"], event
    assert {"pid", "tid"} <= set(event), event
names = {event["name"]: event for event in complete
         if not event["name"].startswith("Total ")}
outer, inner = names[stage], names[name]
assert "func.func @" in inner["args"]["detail"], inner
assert outer["ts"] <= inner["ts"], (outer, inner)
assert inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"] + 1
assert any(event["ph"] == "M" and event["args"]["name"] == "graphc"
           for event in events)
print("sound")
