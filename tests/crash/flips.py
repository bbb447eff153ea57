#!/usr/bin/env python3
"""Does a flipped bit ever pass? One bit of one file at a time, and then `verify`, `run`, `publish`.

    tests/crash/flips.py                40 flips of each kind of file
    tests/crash/flips.py --short        two of each: what `.ci/run` does
    tests/crash/flips.py --only feed    one kind

A flip is *found* where a command refuses to go on and names the file, and the others refuse too or are as
without it. It is *harmless* where all three say and leave what they do without it, byte by byte, and *told*
where besides that a warning names the file. All else is *silent*, and bad.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
KINDS = {
    "rows": ["lake/*/*.parquet"],
    "manifests": ["lake/_log/*.json"],
    "partials": ["lake/.partials/*/*.parquet"],
    "seen": ["lake/.seen"],
    "verdict": ["lake/verdict.json"],
    "rejects": ["lake/rejects.csv"],
    "feed": ["buffers/20*/*"],
    "pointer": ["buffers/CURRENT"],
    "record": ["buffers/publications.csv"],
}
RESULTS = ["found", "told", "harmless", "silent"]
# What commands write, and so what is put back.
WRITTEN = ["lake", "reports", "buffers"]
# The clock's: how long a run took.
APART = {"timings.json"}
# A made-up shop stands on a day long ago, and this one publishes a change that is not small.
FORCE = ["--force", "oldest-input,changed-share,waiting-share,listed-units,channel-units,listing-units",
         "--who", "flips", "--why", "a made-up shop of another day", "--approve", "all"]
COMMANDS = {"verify": ["verify"], "run": ["run"], "publish": ["publish", "--yes", *FORCE]}
SETTINGS = ("oversell-risk = 0.02", "oversell-risk = 0.000001")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", default=REPOSITORY / "target/debug/trueup", type=Path)
    arguments.add_argument("--short", action="store_true", help="two flips of each kind")
    arguments.add_argument("--flips", type=int, help="of each kind")
    arguments.add_argument("--only", choices=KINDS, help="one kind of file")
    arguments.add_argument("--seed", type=int, default=1, help="of the places")
    given = arguments.parse_args()
    flips, silent = given.flips or (2 if given.short else 40), 0
    with tempfile.TemporaryDirectory(prefix="trueup-flips-") as workshop:
        shop = Shop(Path(workshop).resolve(), given.binary.resolve())
        print(f"{'':<12}" + "".join(f"{result:>10}" for result in RESULTS))
        for kind in [given.only] if given.only else KINDS:
            start = time.monotonic()
            results = Counter(flip(shop, kind, random.Random(f"{given.seed} {kind} {number}"))
                              for number in range(flips))
            counts = "".join(f"{results[result]:>10}" for result in RESULTS)
            print(f"{kind:<12}{counts}   {time.monotonic() - start:.0f} s", flush=True)
            silent += results["silent"]
    print(f"{silent} silent")
    sys.exit(bool(silent))


class Shop:
    """A shop that has published, whose settings have changed since, so that there is more to publish."""

    def __init__(self, workshop, program):
        self.program, self.project, self.kept = program, workshop / "shop", workshop / "kept"
        self.trueup("sample", str(self.project), "--orders", "60", "--skus", "10", "--days", "35", "--channels", "2")
        exports = self.project / "exports"
        late = max(exports.rglob("*rders*"))
        late.rename(workshop / late.name)
        self.must("run")
        (workshop / late.name).rename(late)
        # What was written a moment ago is not taken as seen.
        time.sleep(2.1)
        self.must("run")
        self.must("publish", "--yes", *FORCE)
        settings = self.project / "trueup.toml"
        settings.write_text(settings.read_text().replace(*SETTINGS))
        for name in WRITTEN:
            shutil.copytree(self.project / name, self.kept / name)
        self.expected = self.night()
        if self.expected["run"][0] or self.expected["publish"][0]:
            sys.exit(f"an undisturbed night fails: {self.expected['run']}, {self.expected['publish']}")
        self.restore()

    def trueup(self, *words):
        return subprocess.run([self.program, *words], capture_output=True, text=True, errors="replace")

    def must(self, *words):
        done = self.trueup(*words, "--project", str(self.project))
        if done.returncode != 0:
            sys.exit(f"{words}: exit {done.returncode}\n{done.stderr}")

    def restore(self):
        for name in WRITTEN:
            shutil.rmtree(self.project / name)
            shutil.copytree(self.kept / name, self.project / name)

    def night(self):
        """What each command says, as (code, stdout, stderr), and what all leave."""
        seen = {}
        for name, words in COMMANDS.items():
            done = self.trueup(*words, "--project", str(self.project))
            seen[name] = (done.returncode, done.stdout, done.stderr)
        version = (self.project / "buffers/CURRENT").read_bytes().decode(errors="replace").strip()
        folders = {"reports": self.project / "reports", "feed": self.project / "buffers" / version}
        return seen | {name: (folder.name, content(folder)) for name, folder in folders.items()}


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*")) if path.name not in APART}


def flip(shop, kind, chance):
    """Flips a bit of such a file, looks what comes of it and puts everything back."""
    files = sorted(path for pattern in KINDS[kind] for path in shop.project.glob(pattern) if path.stat().st_size)
    path = chance.choice(files)
    content = bytearray(path.read_bytes())
    bit = chance.randrange(len(content) * 8)
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    seen = shop.night()
    result, why = judged(shop, seen, path)
    if result == "silent":
        print(f"SILENT {path.relative_to(shop.project)}, bit {bit}: {why}", flush=True)
    shop.restore()
    return result


def judged(shop, seen, path):
    """What became of a flip, and why it is silent."""
    place = str(path.relative_to(shop.project))
    names = {name for name, (_, _, err) in commands(seen) if place in err and place not in shop.expected[name][2]}
    failed = {name for name, (code, *_) in commands(seen) if code != shop.expected[name][0]}
    if any(code not in (0, 1, 2, 75) or "panicked" in err for _, (code, _, err) in commands(seen)):
        return "silent", f"it panicked: {seen}"
    if failed and not failed & names:
        return "silent", f"{failed} fail and name no file: {said(seen)}"
    # A run that fails leaves the reports as they were, and nothing to publish.
    changed = [name for name, (_, out, _) in commands(seen) if out != shop.expected[name][1] and name not in failed]
    if changed or ("run" not in failed and seen["reports"] != shop.expected["reports"]):
        return "silent", f"{changed} say something else, or the reports are others: {said(seen)}"
    if not failed & {"run", "publish"} and seen["feed"] != shop.expected["feed"]:
        return "silent", f"another feed is in force: {said(seen)}"
    return ("found" if failed else "told" if names else "harmless"), None


def commands(seen):
    return [(name, seen[name]) for name in COMMANDS]


def said(seen):
    return "\n".join(f"{name}: {code}\n{err}" for name, (code, _, err) in commands(seen))


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    main()
