"""Whole runs and publications to disturb: what is told, what is shown and what is in force afterwards.

    run      `trueup run` over a lake, a report and a verdict, with a file more to read
    publish  `trueup publish` over a feed in force, with other numbers

The lake, the reports and the feed must each be as before or as after an undisturbed one, and the next one
must end as that did.
"""

import csv
import hashlib
import re
import shutil
import subprocess

# One thread makes the calls come in the same order each time.
STEADY = {"POLARS_MAX_THREADS": "1", "RAYON_NUM_THREADS": "1"}
SAMPLE = ["--orders", "60", "--skus", "10", "--days", "35", "--channels", "2"]
# The made-up shop stands on a day long ago, and what it publishes next is another plan.
FORCE = ["--force", "oldest-input,changed-share,waiting-share,listed-units,channel-units,listing-units",
         "--who", "sweep", "--why", "a made-up shop of another day", "--approve", "all"]
PLAN = ("oversell-risk = 0.02", "oversell-risk = 0.000001")
OPERATIONS = {"run": ["run"], "publish": ["publish", "--yes", *FORCE]}
# How long it took is of nobody's run.
APART = {"timings.json"}
# What makes something appear or vanish for others.
TELLING = {"rename", "renameat", "renameat2", "link", "linkat"}


class Night:
    """A project as it is before the run or publication that is disturbed, and all that it must leave."""

    def __init__(self, name, workshop, program):
        self.name, self.program, self.words = name, program, OPERATIONS[name]
        self.before, self.project = workshop / f"{name}-before", workshop / name

    def build(self):
        self.must(["sample", str(self.project), *SAMPLE])
        late = max((self.project / "exports").rglob("*rders*"))
        kept = self.project.parent / late.name
        if self.name == "run":
            late.rename(kept)
        self.must(self.command("run")[1:])
        if self.name == "run":
            kept.rename(late)
        else:
            self.must(self.command(*self.words)[1:])
            settings = self.project / "trueup.toml"
            settings.write_text(settings.read_text().replace(*PLAN))
        shutil.move(self.project, self.before)
        self.reset()
        self.old = self.state()
        self.must(self.command(*self.words)[1:])
        self.expected, self.names = self.state(), self.entries()
        if isinstance(self.expected, str) or self.expected == self.old:
            raise SystemExit(f"{self.name}: an undisturbed one leaves {self.expected}")
        return self

    def must(self, words):
        done = subprocess.run([self.program, *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{words} ends with {done.returncode}:\n{done.stderr}")

    def operate(self, under=()):
        return subprocess.run([*under, *self.command(*self.words)], capture_output=True, text=True)

    def command(self, *words):
        return [self.program, *words, "--project", str(self.project)]

    def reset(self):
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(self.before, self.project)

    def entries(self):
        """What lies where something half made could be left."""
        folders = [self.project, self.project / "lake/tmp", self.project / "buffers"]
        return {path.relative_to(self.project) for folder in folders if folder.is_dir() for path in folder.iterdir()}

    def state(self):
        """The lake, the reports, the verdict, the feed and its record; a text where one is not whole."""
        verified = subprocess.run(self.command("verify"), capture_output=True, text=True)
        hashed = re.search(r"Hashed ([0-9a-f]{64}), the rows of version (\d+)", verified.stderr)
        if verified.returncode != 0 or hashed is None:
            return f"verify says:\n{verified.stderr}"
        verdict = self.project / "lake/verdict.json"
        told = verdict.read_text() if verdict.exists() else None
        feed = in_force(self.project / "buffers")
        if isinstance(feed, str):
            return feed
        return {"lake": hashed.groups(), "reports": content(self.project / "reports"), "verdict": told,
                "feed": feed, "record": recorded(self.project / "buffers")}

    def judge(self, said, code=None):
        """What is wrong after it was disturbed; nothing if all is well. `code` is what it ended with, if it did."""
        if "panicked" in said:
            return f"it panicked:\n{said}"
        if isinstance(seen := self.state(), str):
            return f"after the fault {seen}"
        if problem := self.mixed(seen):
            return f"after the fault {problem}"
        if code == 0 and seen != self.expected:
            return f"it says that it is done, and {differing(seen, self.expected)} are others"
        again = self.operate()
        if again.returncode != 0:
            return f"the next one ends with {again.returncode}:\n{again.stderr}"
        if isinstance(seen := self.state(), str):
            return f"after the next one {seen}"
        # Who died between the record and the feed is recorded, and so is who came next.
        if self.name == "publish" and seen["record"] == [*self.expected["record"], self.expected["record"][-1]]:
            seen["record"] = self.expected["record"]
        if seen != self.expected:
            return f"after the next one {differing(seen, self.expected)} are others"
        left = self.entries() - self.names
        return f"{sorted(map(str, left))} are left behind" if left else None

    def mixed(self, seen):
        """What is neither of before nor of after, or stands beside what it does not belong to."""
        states = [self.old, self.expected]
        for name, found in seen.items():
            if found not in [state[name] for state in states] and (name, found) != ("verdict", None):
                return f"the {name} is neither that of before nor the new one"
        if self.name == "run" and seen["reports"] == self.expected["reports"] != self.old["reports"]:
            if seen["lake"] != self.expected["lake"]:
                return "the reports are of a lake that is not there"
        if seen["verdict"] is not None and seen["verdict"] != self.old["verdict"] and seen["reports"] != self.expected["reports"]:
            return "the verdict is of reports that are not there"
        if seen["verdict"] == self.old["verdict"] != self.expected["verdict"] and seen["lake"] != self.old["lake"]:
            return "the verdict of before stands beside the new lake"
        if seen["feed"] == self.expected["feed"] != self.old["feed"] and seen["record"] != self.expected["record"]:
            return "the new feed is in force and stands in no record"
        return None


def places(points, short):
    """The first and the last point of each call at each kind of place; in short two at which something appears."""
    kinds = {}
    for point in points:
        kinds.setdefault((point[0], re.sub(r"[0-9a-f]*\d[0-9a-f]*", "#", point[2])[:200]), []).append(point)
    chosen = [point for alike in kinds.values() for point in dict.fromkeys([alike[0], alike[-1]])]
    if short:
        chosen = [point for point in chosen if point[0] in TELLING][-2:]
    return chosen


def content(folder):
    """Every file of a folder by its name."""
    if not folder.is_dir():
        return None
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in APART}


def recorded(folder):
    """The versions that `publications.csv` tells of."""
    if not (folder / "publications.csv").exists():
        return []
    with (folder / "publications.csv").open(newline="") as file:
        return [row["version"] for row in csv.DictReader(file)]


def in_force(folder):
    """The name of the publication in force and its files; a text where they are not whole."""
    if not (folder / "CURRENT").exists():
        return None
    version = (folder / "CURRENT").read_text().strip()
    files = content(folder / version) or {}
    sums = "".join(f"{hashlib.sha256(files.get(name, b'')).hexdigest()}  {name}\n"
                   for name in ("buffers.csv", "buffers.json", "buffers.parquet"))
    whole = len(files) == 4 and files.get("SHA256SUMS") == sums.encode()
    return (version, files) if whole else f"the feed {version} is not whole"


def differing(seen, expected):
    return [name for name in expected if seen[name] != expected[name]]
