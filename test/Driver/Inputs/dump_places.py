"""Failures where it is hard to keep them: odd places, limits, signals.

  dump_places.py MODEL FOLDER

Whatever the place is like, a failure ends with the status and the message that
it ends with elsewhere; what is kept is whole and can be done again, or there is
a warning and nothing is left. The last line counts the checks.
"""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time

model, folder = sys.argv[1], pathlib.Path(sys.argv[2])
FAIL = ["graphc", model, "-o", "m.o", "--fail-at-pass=graphc-form-kernels"]
SAID = b"pass 'graphc-form-kernels' failed as asked"
WHOLE = {"README.txt", "replay.sh", "before.mlir", "after.mlir", "function.mlir",
         "program.txt", "weights.txt", "stack.txt", "diagnostics.txt", "command.txt",
         "versions.txt", "pipeline.txt", "pipeline-before.txt"}
problems, checks, skipped = [], 0, []


def expect(condition, what, done=None):
    global checks
    checks += 1
    if not condition:
        problems.append(f"{what}" + (f": {done.returncode} {done.stderr}" if done else ""))


def run(command, **options):
    options = {"cwd": folder, "capture_output": True, "timeout": 120} | options
    return subprocess.run(command, **options)


def is_kept(place, what, done, count=1):
    """`count` whole directories, of which one is done again."""
    kept = list(place.glob("graphc-failure-*"))
    expect(len(kept) == count, f"{what}: {len(kept)} directories", done)
    for each in kept:
        missing = WHOLE - {path.name for path in each.iterdir()}
        expect(not missing, f"{what}: no {missing}", done)
    if kept:
        again = run(["sh", kept[0] / "replay.sh"])
        expect(again.returncode == 1 and SAID in again.stderr, f"{what}: the replay", again)


def is_lost(place, what, done):
    """A warning, and nothing else."""
    expect(done.returncode == 1 and SAID in done.stderr, f"{what}: the failure", done)
    expect(b"graphc: warning: cannot write to " in done.stderr, f"{what}: no warning", done)
    expect(b"the failure is kept" not in done.stderr, f"{what}: says that it is kept", done)
    expect(not list(place.glob("graphc-failure-*")), f"{what}: something is left", done)


def odd_names():
    for name in ["with space", "quote'\"s", "new\nline", "dollar$(touch oops)`x`", "-o",
                 os.fsdecode(b"not\xff\xfeutf8"), "ä" * 100, "x" * 250]:
        place = folder / "names" / name
        done = run(FAIL + [b"--dump-dir=" + os.fsencode(place)])
        expect(done.returncode == 1 and SAID in done.stderr, f"{name!r}: the failure", done)
        is_kept(place, repr(name), done)
        # The command of the last line works in a shell.
        command = done.stderr.split(b"do it again with: ")[-1]
        again = run([b"sh", b"-c", command])
        expect(again.returncode == 1 and SAID in again.stderr, f"{name!r}: {command}", again)
    expect(not (folder / "oops").exists(), "a name was run")
    # So it is for the input and the output.
    for name in ["in put.pt2", "new\nline.pt2", "quote's.pt2", os.fsdecode(b"\xff.pt2"),
                 "y" * 251 + ".pt2", "z." + "e" * 250]:
        source = folder / name
        shutil.copy(model, source)
        place = folder / "sources" / name
        done = run([b"graphc", os.fsencode(name), b"-o", os.fsencode(name[:200] + ".o"),
                    b"--fail-at-pass=graphc-form-kernels", b"--dump-dir=sources/" +
                    os.fsencode(name[:200])])
        is_kept(folder / "sources" / name[:200], f"input {name!r}", done)
        source.unlink()


def odd_outputs():
    """The whole command again, whose words a shell must not read."""
    for name in ["m$(touch oops).o", "a'b\"c.o", "new\nline.o", "-x.o"]:
        done = run(["graphc", model, "-o", name, "--fail-at-pass=translate",
                    "--dump-dir=outputs"])
        kept = list((folder / "outputs").iterdir())
        expect(len(kept) == 1, f"output {name!r}", done)
        again = run(["sh", kept[0] / "replay.sh"])
        expect(again.returncode == 1 and b"stage 'translate' failed as asked" in again.stderr,
               f"output {name!r}: the replay", again)
        shutil.rmtree(folder / "outputs")
    expect(not (folder / "oops").exists(), "a name was run")


def odd_places():
    (folder / "file").touch()
    (folder / "real").mkdir()
    (folder / "link").symlink_to("real")
    (folder / "dangling").symlink_to("nowhere/at/all")
    is_kept(folder / "real", "a link", run(FAIL + ["--dump-dir=link"]))
    for place in ["file", "file/below", "dangling/x", "/proc/nothing", "/dev/full",
                  "p/" * 2500, "q" * 300]:
        done = run(FAIL + ["--dump-dir=" + place])
        is_lost(folder, f"place {place[:20]}", done)
    expect(not (folder / "nowhere").exists(), "the end of a link was made")
    done = run(FAIL + ["--dump-dir=home"], env=os.environ | {"HOME": "/proc", "TMPDIR": "/proc"})
    is_kept(folder / "home", "no HOME", done)


def small_disks():
    """Mounts of their own, where that is allowed."""
    (folder / "disk").mkdir()
    quoted = " ".join(f"'{word}'" if "'" not in word else f'"{word}"' for word in FAIL)
    for options, expected, what in [
            ("size=64k", is_lost, "64 KiB"), ("size=4m,nr_inodes=4", is_lost, "4 inodes"),
            ("ro", is_lost, "read-only"), ("size=4m", None, "4 MiB")]:
        script = (f"mount -t tmpfs -o {options} none disk || exit 99; "
                  f"TMPDIR=disk {quoted} --dump-dir=disk; status=$?; ls -A disk | sed s/^/left:/; "
                  "exit $status")
        done = run(["unshare", "-m", "sh", "-c", script])
        if done.returncode in (99, 1) and SAID not in done.stderr:
            skipped.append("mounts")
            return
        left = done.stdout.count(b"left:graphc-failure-")
        if expected:
            expected(folder, what, done)
        expect(left == (0 if expected else 1), f"{what}: {left} directories", done)
    # A full disk for the output is an error of its own, which the dump survives.
    script = ("mount -t tmpfs -o size=4k none disk || exit 99; "
              f"TMPDIR=disk graphc '{model}' -o disk/m.o --dump-dir=asked")
    done = run(["unshare", "-m", "sh", "-c", script])
    expect(done.returncode == 1 and b"error[output-write]" in done.stderr, "full output", done)
    expect(len(list((folder / "asked").iterdir())) == 1, "full output: not kept", done)


def together():
    place = folder / "together"
    runs = [subprocess.Popen(FAIL + [f"--dump-dir={place}"], cwd=folder,
                             stderr=subprocess.PIPE) for _ in range(6)]
    said = {each.communicate()[1].split(b"kept in ")[-1] for each in runs}
    expect(len(said) == 6, "together: some name the same directory")
    is_kept(place, "together", None, count=6)


def limits():
    def limit(which, soft, hard=None):
        return lambda: resource.setrlimit(which, (soft, hard or soft))

    for mib in (200, 300, 350, 400, 500, 700):
        done = run(["graphc", model, "-o", "v.o", "--dump-dir=memory"],
                   preexec_fn=limit(resource.RLIMIT_AS, mib << 20))
        # Below some size the libraries are not loaded; the loader says so.
        expect(done.returncode in (0, 1, 127) and
               (done.returncode == 0 or done.stderr.strip()), f"{mib} MiB", done)
        expect(done.returncode == 0 or not (folder / "v.o").exists(), f"{mib} MiB: an output")
        (folder / "v.o").unlink(missing_ok=True)
        (folder / "v.h").unlink(missing_ok=True)
    before = set(folder.iterdir())
    done = run(["graphc", model, "-o", "m.o", "--crash-at-pass=cse", "--dump-dir=core"],
               preexec_fn=limit(resource.RLIMIT_CORE, resource.RLIM_INFINITY))
    expect(done.returncode == 1 and b"crashed (SIGSEGV)" in done.stderr, "core", done)
    expect(set(folder.iterdir()) - before == {folder / "core"}, "core: left", done)
    for files in (8, 12):
        done = run(FAIL + ["--dump-dir=files"], preexec_fn=limit(resource.RLIMIT_NOFILE, files))
        expect(done.returncode == 1 and done.stderr, f"{files} open files", done)


def closed_streams():
    """Who reads goes away: no death by a signal, and the failure is kept."""
    for stream in ("stdout", "stderr"):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(FAIL + [f"--dump-dir={stream}"], cwd=folder,
                              **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} |
                              {stream: write}, timeout=60)
        os.close(write)
        expect(done.returncode == 1, f"closed {stream}: status {done.returncode}")
        is_kept(folder / stream, f"closed {stream}", None)
    read, write = os.pipe()
    os.close(read)
    done = run(["graphc", model, "--emit=graph", "--dump-dir=pipe"], capture_output=False,
               stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    expect(done.returncode == 1 and not (folder / "pipe").exists(), "pipe", done)
    script = 'exec "$@" 0<&- 1>&- 2>&-'
    done = run(["sh", "-c", script, "sh"] + FAIL + ["--dump-dir=none"])
    expect(done.returncode == 1, "no streams", done)
    is_kept(folder / "none", "no streams", done)


def signals_while_dumping():
    """The failure stays what it was, and the end comes soon."""
    for name in ("SIGTERM", "SIGINT"):
        place = folder / name
        # The second compilation is what takes long.
        command = ["graphc", model, "-o", "m.o", "--hang-at-pass=emit", "--time-limit=0.7",
                   f"--dump-dir={place}"]
        process = subprocess.Popen(
            command, cwd=folder, stderr=subprocess.PIPE, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        while not place.exists() and process.poll() is None:
            time.sleep(0.01)
        begin = time.monotonic()
        os.killpg(process.pid, getattr(signal, name))
        said = process.communicate(timeout=30)[1]
        expect(process.returncode == 1, f"{name}: status {process.returncode} {said}")
        expect(b"ran into the time limit" in said, f"{name}: {said}")
        expect(time.monotonic() - begin < 5, f"{name}: late")
        for kept in place.iterdir():
            expect({"README.txt", "replay.sh"} <= {path.name for path in kept.iterdir()},
                   f"{name}: half a directory is left")


for check in (odd_names, odd_outputs, odd_places, small_disks, together, limits, closed_streams,
              signals_while_dumping):
    check()
print("\n".join(problems))
print(f"skipped: {', '.join(skipped) or 'nothing'}")
print(f"{checks} checks, {len(problems)} problems")
sys.exit(bool(problems))
