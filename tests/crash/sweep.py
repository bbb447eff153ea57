#!/usr/bin/env python3
"""Does all that is kept survive anything? trueup is stopped at every system call that could hurt.

    tests/crash/sweep.py                 every fault point, 200 kills at random moments, full and read-only disks
    tests/crash/sweep.py --short         a few points of each kind, in about a minute: what `.ci/run` does
    tests/crash/sweep.py --only afresh   one operation: `first` and `second` are runs of `ingest`, the second
                                         over a lake; `afresh` is `ingest --afresh` over one; `run` is a whole
                                         run, `publish` a publication over a feed in force, see `nights.py`

A fault point is the N-th call of one name. There the program is killed, or the call fails with EIO
or ENOSPC once, or with ENOSPC from there on as on a full disk. After each: `trueup verify` passes, and
the rows are those of before or those of a run that nobody disturbed. Then the same once more (after
`--afresh`, if the new lake is there, a plain `ingest`) ends well, and every file of the lake is the one
of the undisturbed run, the hash that `verify` prints included.

A killed program keeps what it wrote without syncing it, so a power cut is tested in another way:
the calls of an undisturbed run are read, and what is published must have been synced before.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import nights
from disks import full_disk, may_mount, read_only
from sync_order import findings_of

REPOSITORY = Path(__file__).resolve().parents[2]
CALLS = """write pwrite64 writev fsync fdatasync rename renameat renameat2 link linkat unlink unlinkat
           rmdir mkdir mkdirat openat ftruncate fallocate copy_file_range flock""".split()
FAULTS = {
    "kill": "signal=KILL:when={}",
    "EIO": "error=EIO:when={}",
    "ENOSPC": "error=ENOSPC:when={}",
    "full disk": "error=ENOSPC:when={}+",
}
# A full disk does not fail what takes no room.
TAKES_ROOM = {"write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link",
              "linkat", "mkdir", "mkdirat", "ftruncate", "fallocate", "copy_file_range"}

SETTINGS = """[shop]
name = "Crash"
currency = "USD"
time-zone = "UTC"

[channel.shopify]
kind = "shopify"
"""
HEADER = "order_id,line_id,channel,sku,qty,unit_price,currency,ordered_at,status,updated_at\n"
FIRST = HEADER + (
    "O1,1,shopify,MUG,2,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z\n"
    "O2,1,shopify,CUP,1,10.00,USD,2026-02-01T00:00:00Z,pending,2026-02-01T00:00:00Z\n"
    "O3,1,shopify,CUP,one,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z\n"
)
# A newer state of a known row, a new month, and another reject: every kind of file is replaced.
SECOND = HEADER + (
    "O2,1,shopify,CUP,1,10.00,USD,2026-02-01T00:00:00Z,cancelled,2026-02-03T00:00:00Z\n"
    "O4,1,shopify,MUG,1,10.00,USD,2026-03-01T00:00:00Z,paid,2026-03-01T00:00:00Z\n"
    "O5,1,shopify,MUG,1,ten,USD,2026-03-01T00:00:00Z,paid,2026-03-01T00:00:00Z\n"
)
# What was read before is corrected and has lost a row, so that the lake made anew is another one.
CORRECTED = HEADER + (
    "O1,1,shopify,MUG,3,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z\n"
    "O3,1,shopify,CUP,1,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z\n"
)
OPERATIONS = {"first": ["ingest"], "second": ["ingest"], "afresh": ["ingest", "--afresh"]}


class Scenario:
    """A project as it is before the run that is disturbed, and its lake as it must be afterwards."""

    def __init__(self, name, workshop, program):
        self.name, self.program, self.words = name, program, OPERATIONS[name]
        self.before, self.project = workshop / f"{name}-before", workshop / name
        (self.before / "exports").mkdir(parents=True)
        (self.before / "trueup.toml").write_text(SETTINGS)
        (self.before / "exports/first.csv").write_text(FIRST)

    def build(self):
        if self.name != "first":
            self.read_before("second.csv", SECOND)
        if self.name == "afresh":
            self.read_before("first.csv", CORRECTED)
        self.reset()
        self.old = self.state()
        must(self.operate(), "an undisturbed run")
        self.expected = self.state()
        if self.expected[1] == self.old[1]:
            sys.exit(f"{self.name}: the run changes nothing")
        return self

    def read_before(self, name, text):
        """Reads what is there; what the next run will find is in a file of this name."""
        self.reset()
        must(self.trueup("ingest"), "a run before the one that is disturbed")
        shutil.rmtree(self.before)
        shutil.copytree(self.project, self.before)
        (self.before / "exports" / name).write_text(text)

    def operate(self, under=()):
        """The run that is disturbed."""
        return self.trueup(*self.words, under=under)

    def reset(self):
        shutil.rmtree(self.project, ignore_errors=True)
        self.fill()

    def fill(self):
        shutil.copytree(self.before, self.project, dirs_exist_ok=True)

    def command(self, *words):
        return [self.program, *words, "--project", str(self.project)]

    def trueup(self, *words, under=()):
        return subprocess.run([*under, *self.command(*words)], capture_output=True, text=True)

    def state(self):
        """Every file of the lake by its hash, and the hash of its rows."""
        lake = self.project / "lake"
        files = {str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest()
                 for path in sorted(lake.rglob("*")) if path.is_file() and path.name not in (".lock", ".seen")}
        verified = self.trueup("verify")
        hashed = re.search(r"Hashed ([0-9a-f]{64}), the rows of version (\d+)", verified.stderr)
        if verified.returncode != 0 or hashed is None:
            return f"verify says:\n{verified.stderr}"
        return files, hashed.groups()

    def judge(self, said, code=None):
        """What is wrong after a run was disturbed; nothing if all is well. `code` is what it ended with, if it did."""
        if "panicked" in said:
            return f"it panicked:\n{said}"
        if isinstance(seen := self.state(), str):
            return f"after the fault {seen}"
        if seen[1] not in (self.old[1], self.expected[1]):
            return f"the lake is neither that of before nor the new one, but version {seen[1][1]}"
        if code == 0 and seen != self.expected:
            return "it says that it is done, and the lake is another one"
        again = self.operate() if seen[1] == self.old[1] else self.trueup("ingest")
        if again.returncode != 0:
            return f"the next run ends with {again.returncode}:\n{again.stderr}"
        if isinstance(seen := self.state(), str):
            return f"after the next run {seen}"
        if seen != self.expected:
            return f"the lake is another one: {sorted(seen[0].items() ^ self.expected[0].items())}, {seen[1]}"
        return None


def must(run, what):
    if run.returncode != 0:
        sys.exit(f"{what} ends with {run.returncode}:\n{run.stderr}")


def traced(scenario, log, *expressions):
    """Does what the scenario does under strace."""
    options = [word for expression in expressions for word in ("-e", expression)]
    return scenario.operate(under=["strace", "-f", "-y", "-qq", "-o", str(log), *options])


def fault_points(scenario, log):
    """The calls of an undisturbed run as (name, number of that name in its thread, text)."""
    scenario.reset()
    must(traced(scenario, log, f"trace={','.join(known_calls())}"), "an undisturbed run under strace")
    counts, points = Counter(), {}
    for line in log.read_text(errors="replace").splitlines():
        if call := re.match(r"(\d+) +(\w+)\((.*)", line):
            thread, name, text = call.groups()
            counts[thread, name] += 1
            # Libraries that the system loads are no business of the lake.
            if name != "openat" or str(scenario.project) in text:
                points.setdefault((name, counts[thread, name]), text)
    return [(name, number, text) for (name, number), text in sorted(points.items())]


def known_calls():
    """Those of the calls that this machine has."""
    if not hasattr(known_calls, "names"):
        known_calls.names = [name for name in CALLS
                             if subprocess.run(["strace", "-e", f"trace={name}", "-o", "/dev/null", "true"],
                                               capture_output=True).returncode == 0]
    return known_calls.names


def sample(points, place):
    """Two points of every name, where there are two, and other ones for each fault."""
    chosen = []
    for name in sorted({point[0] for point in points}):
        alike = [point for point in points if point[0] == name]
        step = max(len(alike) // 2, 1)
        chosen += alike[place * 3 % step :: step][:2]
    return chosen


def sweep(scenario, workshop, short):
    """Disturbs the run at every point; returns how often, how often in vain, and what went wrong."""
    log = workshop / "strace.log"
    tried, missed, failures = Counter(), 0, []
    points = fault_points(scenario, log)
    for place, (fault, injection) in enumerate(FAULTS.items()):
        chosen = [point for point in points if "ENOSPC" not in injection or point[0] in TAKES_ROOM]
        if isinstance(scenario, nights.Night):
            chosen = nights.places(chosen, short) if fault == "kill" or not short else []
        elif short:
            chosen = sample(chosen, place)
        for name, ordinal, text in chosen:
            scenario.reset()
            run = traced(scenario, log, f"trace={name}", f"inject={name}:" + injection.format(ordinal))
            tried[fault] += 1
            killed = run.returncode == -signal.SIGKILL
            missed += not (killed or "INJECTED" in log.read_text(errors="replace"))
            if problem := scenario.judge(run.stderr, run.returncode):
                failures.append(f"{scenario.name}: {fault} at {name} {ordinal}, {text[:150]}\n{problem}")
    return tried, missed, failures


def random_kills(scenario, count, seed):
    """Ends the run at random moments, without strace; returns how often that came in time, and what went wrong."""
    chance, failures, in_time = random.Random(seed), [], 0
    scenario.reset()
    start = time.monotonic()
    scenario.operate()
    duration = time.monotonic() - start
    for number in range(count):
        scenario.reset()
        run = subprocess.Popen(scenario.command(*scenario.words), stderr=subprocess.PIPE, text=True)
        time.sleep(chance.uniform(0, 1.2 * duration))
        how = chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
        run.send_signal(how)
        said = run.communicate()[1]
        in_time += run.returncode == -how
        if problem := scenario.judge(said, run.returncode):
            failures.append(f"{scenario.name}: random kill {number} by {how.name}\n{problem}")
    return in_time, failures


def sync_findings(scenario, workshop):
    """What an undisturbed run publishes before it is safe."""
    scenario.reset()
    log = workshop / "sync.log"
    must(traced(scenario, log, f"trace={','.join(known_calls())}"), "an undisturbed run under strace")
    lake = scenario.project / "lake"
    return [f"{scenario.name}: {finding}" for finding in findings_of(log.read_text(errors="replace"), str(lake))]


def disk_faults(scenario, workshop):
    """What goes wrong on disks that are full or may not be written."""
    if not may_mount(workshop):
        print(f"{scenario.name}: SKIPPED full and read-only disks: this machine does not let us mount one")
        return []
    shutil.rmtree(scenario.project)
    too_small, failures = full_disk(scenario)
    if not too_small:
        failures.append(f"{scenario.name}: no disk was too small")
    print(f"{scenario.name}: {too_small} disks were too small, one large enough, one not to be written")
    return failures + read_only(scenario)


def put_to_the_test(scenario, workshop, short, kills, seed):
    """Disturbs one operation in every way, tells of it and returns what went wrong."""
    is_night = isinstance(scenario, nights.Night)
    unsafe = [] if is_night else sync_findings(scenario, workshop)
    tried, missed, broken = sweep(scenario, workshop, short)
    in_time, killed = random_kills(scenario, kills, seed)
    if missed * 10 > tried.total():
        broken.append(f"{scenario.name}: {missed} of {tried.total()} faults did not happen")
    disks = [] if is_night else disk_faults(scenario, workshop)
    points = ", ".join(f"{count} {fault}" for fault, count in tried.items())
    print(f"{scenario.name}: {tried.total()} fault points ({points}; {missed} not reached), {kills} random kills "
          f"({in_time} in time), {len(unsafe)} unsynced, {len(broken + killed + disks)} bad", flush=True)
    return unsafe + broken + killed + disks


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", default=str(REPOSITORY / "target/debug/trueup"))
    arguments.add_argument("--short", action="store_true", help="a few fault points of each kind")
    arguments.add_argument("--kills", type=int, help="kills at random moments (default 200, in short 10)")
    arguments.add_argument("--seed", type=int, default=1, help="of the random moments")
    arguments.add_argument("--only", choices=[*OPERATIONS, *nights.OPERATIONS], help="one operation")
    options = arguments.parse_args()
    os.environ.update(nights.STEADY)
    names = [options.only] if options.only else [*OPERATIONS, *nights.OPERATIONS]
    kills = options.kills if options.kills is not None else 10 if options.short else 200
    start, failures = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="trueup-crash-") as folder:
        workshop = Path(folder).resolve()
        for number, name in enumerate(names):
            kind = Scenario if name in OPERATIONS else nights.Night
            scenario = kind(name, workshop, options.binary).build()
            # A whole night takes longer than to read a file.
            count = 0 if options.short and kind is nights.Night else kills // len(names)
            failures += put_to_the_test(scenario, workshop, options.short, count, options.seed + number)
    print("\n".join(failures[:20]), end="\n" if failures else "")
    print(f"{len(failures)} failures in {time.monotonic() - start:.0f} s")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
