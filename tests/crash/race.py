#!/usr/bin/env python3
"""Do two hands ever mix? Commands that run at once, stopped and continued at random moments.

    tests/crash/race.py                 70 trials of each kind, 210 in all
    tests/crash/race.py --short         two of each: what `.ci/run` does
    tests/crash/race.py --only runs     one kind

runs        two `trueup run` of one project as of two days: the reports are those of one of them, byte by byte,
            and so is the verdict; each says what it says alone, or leaves with 75
publishers  two projects publish to one folder: the feed in force is that of one of them, whole, or that of one
            after the other; `publications.csv` tells just what happened
readers     `trueup query`, `trueup verify` and the plan of `trueup publish` while two `trueup ingest` take in a
            file each: an answer is of one state of the lake, or the command leaves with 75 and says nothing on
            stdout

In every other trial all stop as soon as something lies half made, and go on one after another. Every exit
code is one that is documented, the lake verifies, and nothing that the program made for itself is left beside
what it leaves.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DAYS = ["2026-02-20", "2026-02-27"]
CODES = {0, 1, 2, 75}
BUSY = 75
# Who publishes second changes what the first has published, and both stand on a day long ago.
RAILS = ("changed-share,zeroed-listings,listed-units,channel-units,listing-units,cover-units,waiting-share,"
         "oldest-input,verdict")
# Of nobody's run: how long it took.
APART = {"timings.json"}
# Longer than any trial.
PATIENCE = "900"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", default=REPOSITORY / "target/debug/trueup", type=Path)
    arguments.add_argument("--short", action="store_true", help="two trials of each kind")
    arguments.add_argument("--trials", type=int, help="of each kind")
    arguments.add_argument("--only", choices=sorted(KINDS), help="one kind")
    arguments.add_argument("--seed", type=int, default=1, help="of the random moments")
    given = arguments.parse_args()
    trials = given.trials or (2 if given.short else 70)
    bad = []
    with tempfile.TemporaryDirectory(prefix="trueup-race-") as workshop:
        shop = Shop(Path(workshop).resolve(), given.binary.resolve())
        for name in [given.only] if given.only else sorted(KINDS):
            bad += tried(name, KINDS[name](shop), trials, given.seed)
    print(f"{len(bad)} bad")
    sys.exit(bool(bad))


def tried(name, kind, trials, seed):
    """Does the trials of one kind, tells of them and returns what was found."""
    codes, bad, start = Counter(), [], time.monotonic()
    for trial in range(trials):
        for finding in kind.trial(random.Random(f"{seed} {name} {trial}"), codes):
            bad.append(finding)
            print(f"BAD {name}, trial {trial}: {finding}", flush=True)
    told = ", ".join(f"{count} × {code}" for code, count in sorted(codes.items()))
    print(f"{name:<12} {trials} trials, exit codes {told}, {time.monotonic() - start:.0f} s", flush=True)
    return bad


class Shop:
    """A made-up shop over which a run has gone, to copy, and the program."""

    def __init__(self, workshop, program):
        self.workshop, self.program = workshop, program
        self.project = workshop / "shop"
        self.must("sample", str(self.project), "--orders", "60", "--skus", "10", "--days", "35", "--channels", "2")
        self.must("run", "--project", str(self.project))

    def command(self, *words):
        return [self.program, *words]

    def must(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f"{words}: exit {done.returncode}\n{done.stderr}")
        return done.stdout

    def copy(self, name):
        copy = self.workshop / name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.project, copy)
        return copy

    def unsound(self, project):
        """What `verify` has to say of a lake that nobody is at work on."""
        done = subprocess.run(self.command("verify", "--project", str(project)), capture_output=True, text=True)
        if done.returncode != 0 or "warning" in done.stderr:
            yield f"verify, afterwards: {done.returncode}\n{done.stderr}"


def together(commands, chance, half_made):
    """Runs the commands at once, stopped and continued; returns codes, outputs, errors.

    `half_made` are patterns in folders of what lies there while something is being replaced.
    """
    running = []
    for command in commands:
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        time.sleep(chance.choice([0, 0, 0.05, chance.uniform(0, 1.5)]))
    awaited = chance.choice(half_made) if chance.random() < 0.5 else None
    if awaited and seen_before_the_end(running, *awaited):
        one_after_another(running, chance)
    while any(process.poll() is None for process in running):
        process = chance.choice(running)
        process.send_signal(signal.SIGSTOP)
        time.sleep(chance.uniform(0, 0.15) if chance.random() < 0.9 else 1)
        process.send_signal(signal.SIGCONT)
        time.sleep(chance.uniform(0, 0.1))
    ends = [process.communicate() for process in running]
    return [(process.returncode, *end) for process, end in zip(running, ends)]


def seen_before_the_end(running, folder, pattern):
    """Waits until such a file lies there; false if all end before."""
    while any(process.poll() is None for process in running):
        if next(folder.glob(pattern), None):
            return True
        time.sleep(0.0005)
    return False


def one_after_another(running, chance):
    """Stops all at once and lets them go on in any order, each with a lead."""
    for process in running:
        process.send_signal(signal.SIGSTOP)
    for process in chance.sample(running, len(running)):
        process.send_signal(signal.SIGCONT)
        time.sleep(chance.uniform(0, 1))


def content(folder):
    """Every file of a folder by its path in it."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in APART)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def left_over(folder, known):
    names = {path.name for path in folder.iterdir()}
    return [f"`{name}` is left behind" for name in sorted(names - known)]


class Runs:
    def __init__(self, shop):
        self.shop, self.expected, self.alone = shop, {}, {}
        self.project = project = shop.copy("runs")
        for day in DAYS:
            done = subprocess.run(self.words(day, "0"), capture_output=True)
            self.expected[day], self.alone[day] = content(project / "reports"), done.returncode
        self.known = {path.name for path in project.iterdir()}
        self.half_made = [(project, ".reports.part-*"), (project / "lake/tmp", "*"), (project, ".reports.part-*/*")]

    def words(self, day, wait):
        return self.shop.command("run", "--as-of", day, "--wait", wait, "--project", str(self.project))

    def trial(self, chance, codes):
        days, wait = chance.sample(DAYS, 2), chance.choice(["0", PATIENCE])
        ends = together([self.words(day, wait) for day in days], chance, self.half_made)
        codes.update(code for code, *_ in ends)
        yield from undocumented(ends)
        reports = content(self.project / "reports")
        whose = next((day for day, expected in self.expected.items() if reports == expected), None)
        if not whose:
            yield f"the reports are of no run: {differing(reports, self.expected)}"
        done = [day for day, (code, *_) in zip(days, ends) if code != BUSY]
        if whose and whose not in done:
            yield f"the reports are of {whose}, and only {done} said they were done"
        verdict = json.loads((self.project / "lake/verdict.json").read_text())["as_of"]
        if verdict != whose:
            yield f"the verdict is of {verdict}, and the reports are of {whose}"
        for day, (code, _, err) in zip(days, ends):
            if code != self.alone[day] and (code != BUSY or wait == PATIENCE):
                yield f"--as-of {day} --wait {wait}: exit {code}, and alone {self.alone[day]}\n{err.decode()}"
        yield from left_over(self.project, self.known)
        yield from self.shop.unsound(self.project)


class Publishers:
    NAMES = ["first", "second"]

    def __init__(self, shop):
        self.shop, self.out, self.projects = shop, shop.workshop / "feed", {}
        for name, risk in zip(self.NAMES, ["0.02", "0.000001"]):
            self.projects[name] = project = shop.copy(f"publisher-{name}")
            settings = project / "trueup.toml"
            settings.write_text(settings.read_text().replace("oversell-risk = 0.02", f"oversell-risk = {risk}"))
        self.histories = {}
        for order in [self.NAMES, self.NAMES[::-1]]:
            shutil.rmtree(self.out, ignore_errors=True)
            for number, name in enumerate(order, 1):
                shop.must(*self.words(name, "0"))
                self.histories[tuple(order[:number])] = recorded(self.out), in_force(self.out)
        if len({force for _, (force, _) in self.histories.values()}) < 2:
            sys.exit("both publish the same")
        self.half_made = [(self.out, pattern) for pattern in (".*.part", ".CURRENT.part", ".publications.csv.part")]

    def words(self, name, wait):
        return ["publish", "--yes", "--force", RAILS, "--who", name, "--why", "a made-up shop of another day",
                "--approve", "all", "--out", str(self.out), "--wait", wait, "--project", str(self.projects[name])]

    def trial(self, chance, codes):
        shutil.rmtree(self.out, ignore_errors=True)
        names, wait = chance.sample(self.NAMES, 2), chance.choice(["0", PATIENCE])
        commands = [self.shop.command(*self.words(name, wait)) for name in names]
        ends = together(commands, chance, self.half_made)
        codes.update(code for code, *_ in ends)
        yield from undocumented(ends)
        for name, (code, _, err) in zip(names, ends):
            if code != 0 and (code != BUSY or wait == PATIENCE):
                yield f"the {name}, --wait {wait}: exit {code}\n{err.decode()}"
        told = recorded(self.out)
        done = tuple(row["who"] for row in told)
        if sorted(done) != sorted(name for name, (code, *_) in zip(names, ends) if code == 0):
            yield f"`publications.csv` tells of {done}: {ends}"
        elif done and (stated(told), in_force(self.out)) != (stated(self.histories[done][0]), self.histories[done][1]):
            yield f"the feed in force is not that of {' and then '.join(done)}"
        yield from left_over(self.out, {".lock", "CURRENT", "publications.csv", *(row["version"] for row in told)})


def recorded(folder):
    """The rows of `publications.csv`."""
    with (folder / "publications.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def stated(rows):
    """What does not depend on the moment."""
    return [{name: row[name] for name in ("version", "run", "as_of", "listings", "units", "who")} for row in rows]


def in_force(folder):
    """The name of the publication in force and its files, each as its name and its sums tell."""
    version = (folder / "CURRENT").read_text().strip()
    files = content(folder / version)
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    found = {name: hashlib.sha256(bytes_).hexdigest() for name, bytes_ in files.items() if name != "SHA256SUMS"}
    if sums != found or not version.endswith("-" + sums["buffers.csv"][:12]):
        return f"{version} is not whole"
    return version, tuple(sorted(files.items()))


class Readers:
    QUERY = ["query", "select channel, cast(count(*) as bigint) as lines, cast(sum(quantity) as bigint) as units "
             "from order_lines group by channel order by channel"]
    PLAN = ["publish"]

    def __init__(self, shop):
        self.shop, self.before, self.project = shop, shop.workshop / "readers-before", shop.workshop / "readers"
        shutil.copytree(shop.project, self.before)
        shutil.rmtree(self.before / "lake")
        orders = [path for path in sorted((self.before / "exports").rglob("*.*")) if "orders" in path.name.lower()]
        self.late = [(path.relative_to(self.before), path.read_bytes()) for path in (orders[0], orders[-1])]
        for path, _ in self.late:
            (self.before / path).unlink()
        shop.must("ingest", "--project", str(self.before))
        self.answers = {"query": set(), "publish": set()}
        self.reset()
        self.learn()
        for number in range(len(self.late)):
            self.put(number)
            shop.must("ingest", "--project", str(self.project))
            self.learn()
        if len(self.answers["query"]) != 3:
            sys.exit("the files change nothing")

    def learn(self):
        for words in (self.QUERY, self.PLAN):
            self.answers[words[0]].add(self.shop.must(*words, "--project", str(self.project)))

    def reset(self):
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(self.before, self.project)

    def put(self, number):
        path, content_ = self.late[number]
        waiting = self.project / "waiting"
        waiting.write_bytes(content_)
        waiting.rename(self.project / path)

    def trial(self, chance, codes):
        self.reset()
        self.put(0)
        later = f"mv waiting '{self.late[1][0]}'; exec \"$@\""
        (self.project / "waiting").write_bytes(self.late[1][1])
        ingest = self.shop.command("ingest", "--wait", PATIENCE, "--project", ".")
        writers = [ingest, ["sh", "-c", later, "sh", *ingest]]
        readers = [self.shop.command(*words, "--project", ".") for words in (self.QUERY, self.PLAN, ["verify"])]
        commands = [readers.pop(chance.randrange(len(readers))), writers[0], chance.choice(readers), writers[1]]
        place = self.project / "lake"
        half_made = [(place / "tmp", "*"), (place / "_log", "*2.json"), (place / "order_lines", "*")]
        os.chdir(self.project)
        ends = together(commands, chance, half_made)
        codes.update(code for code, *_ in ends)
        yield from undocumented(ends)
        for command, (code, out, err) in zip(commands, ends):
            words = command[1] if command[0] == self.shop.program else "ingest"
            answers = self.answers.get(words)
            if answers and code == 0 and out.decode() not in answers:
                yield f"{words} answers of no state of the lake:\n{out.decode()}"
            if code == BUSY and out:
                yield "an answer beside the word that there is none"
            if code != 0 and (code != BUSY or words == "ingest"):
                yield f"{words}: exit {code}\n{err.decode()}"
        yield from self.shop.unsound(self.project)


def undocumented(ends):
    for code, _, err in ends:
        if code not in CODES or b"panicked" in err:
            yield f"exit {code}\n{err.decode(errors='replace')}"


def differing(reports, expected):
    """The files that are of no run, or of which run each is."""
    of = {name: [day for day, files in expected.items() if files.get(name) == bytes_] for name, bytes_ in reports.items()}
    return Counter(" and ".join(days) or "none" for days in of.values())


KINDS = {"runs": Runs, "publishers": Publishers, "readers": Readers}

if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    main()
