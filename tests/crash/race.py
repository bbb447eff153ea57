#!/usr/bin/env python3
"""Do two hands ever mix? Commands that run at once, stopped and continued at random moments.

    tests/crash/race.py                 200 trials of each kind
    tests/crash/race.py --short         a few of each: what `.ci/run` does
    tests/crash/race.py --only runs     one kind

runs        two `trueup run` of one project as of two days: the reports are those of one of them, byte by byte
publishers  two projects publish to one folder: the feed in force is that of one of them, whole
readers     `trueup query` and `trueup verify` while `trueup run` takes in another file: the answer is that of
            before or of after, or the command leaves with 75 and says nothing on stdout

Every exit code is one that is documented, a run that ends with 0 or 1 has left its own report unless another
came after it, and nothing that the program made for itself is left beside what it leaves.
"""

import argparse
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
# Who publishes second changes what the first has published, and both stand on a day long ago.
RAILS = "changed-share,zeroed-listings,listed-units,channel-units,listing-units,cover-units,oldest-input,verdict"
# Of nobody's run: how long it took.
APART = {"timings.json"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", default=REPOSITORY / "target/debug/trueup", type=Path)
    arguments.add_argument("--short", action="store_true")
    arguments.add_argument("--trials", type=int)
    arguments.add_argument("--only", choices=sorted(KINDS))
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    trials = given.trials or (3 if given.short else 200)
    with tempfile.TemporaryDirectory() as workshop:
        shop = Shop(Path(workshop), given.binary.resolve())
        bad = []
        for name in [given.only] if given.only else sorted(KINDS):
            kind, codes, start = KINDS[name](shop), Counter(), time.monotonic()
            for trial in range(trials):
                chance = random.Random(f"{given.seed} {name} {trial}")
                findings = kind.trial(chance, codes)
                bad += [f"{name}, trial {trial}: {finding}" for finding in findings]
            told = ", ".join(f"{count} × {code}" for code, count in sorted(codes.items()))
            print(f"{name:<12} {trials} trials, exit codes {told}, {time.monotonic() - start:.0f} s", flush=True)
    for finding in bad:
        print(f"BAD {finding}")
    print(f"{len(bad)} bad")
    sys.exit(bool(bad))


class Shop:
    """A made-up shop to copy, and the program."""

    def __init__(self, workshop, program):
        self.workshop, self.program = workshop, program
        self.project = workshop / "shop"
        self.must("sample", str(self.project), "--orders", "400", "--skus", "12", "--days", "60")

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


def together(commands, chance):
    """Runs the commands at once; each is stopped and continued a few times. Returns codes, outputs, errors."""
    running = []
    for command in commands:
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        time.sleep(chance.choice([0, 0, 0.05, chance.uniform(0, 1.5)]))
    while any(process.poll() is None for process in running):
        process = chance.choice(running)
        if process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            time.sleep(chance.uniform(0, 0.15))
            process.send_signal(signal.SIGCONT)
        time.sleep(chance.uniform(0, 0.1))
    ends = [process.communicate() for process in running]
    return [(process.returncode, *end) for process, end in zip(running, ends)]


def content(folder):
    """Every file of a folder by its path in it."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in APART)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def left_over(folder, known):
    names = {path.name for path in folder.iterdir()}
    return [f"`{name}` is left behind" for name in sorted(names - known)]


class Runs:
    def __init__(self, shop):
        self.shop, self.expected = shop, {}
        project = shop.copy("runs")
        for day in DAYS:
            shop.must("run", "--as-of", day, "--project", str(project))
            self.expected[day] = content(project / "reports")
        self.project, self.known = project, {path.name for path in project.iterdir()}

    def trial(self, chance, codes):
        days = chance.sample(DAYS, 2)
        wait = chance.choice(["0", "60"])
        ends = together([self.shop.command("run", "--as-of", day, "--wait", wait, "--project", str(self.project))
                         for day in days], chance)
        codes.update(code for code, *_ in ends)
        reports = content(self.project / "reports")
        whose = [day for day, expected in self.expected.items() if reports == expected]
        if not whose:
            yield f"the reports are of no run: {differing(reports, self.expected)}"
        yield from undocumented(ends)
        done = [day for day, (code, *_) in zip(days, ends) if code in (0, 1)]
        if whose and whose[0] not in done:
            yield f"the reports are of {whose[0]}, and only {done} said they were done"
        yield from left_over(self.project, self.known)


class Publishers:
    def __init__(self, shop):
        self.shop, self.out, self.projects, self.feeds = shop, shop.workshop / "feed", [], []
        for name, risk in [("first", "0.02"), ("second", "0.01")]:
            project = shop.copy(f"publisher-{name}")
            settings = project / "trueup.toml"
            settings.write_text(settings.read_text().replace("oversell-risk = 0.02", f"oversell-risk = {risk}"))
            shop.must("run", "--project", str(project))
            alone = shop.workshop / f"alone-{name}"
            shop.must(*self.words(project, alone))
            self.projects.append(project)
            self.feeds.append(in_force(alone))

    def words(self, project, out):
        return ["publish", "--yes", "--force", RAILS, "--who", "race", "--why", "a made-up shop of another day",
                "--approve", "all", "--out", str(out), "--project", str(project)]

    def trial(self, chance, codes):
        shutil.rmtree(self.out, ignore_errors=True)
        ends = together([self.shop.command(*self.words(project, self.out)) for project in self.projects], chance)
        codes.update(code for code, *_ in ends)
        yield from undocumented(ends)
        feed = in_force(self.out)
        # Who publishes second takes listings that say the same as they were.
        if feed is None or feed[1].keys() != self.feeds[0][1].keys():
            yield f"no whole feed is in force: {feed and sorted(feed[1])}"
        elif all(code != 0 for code, *_ in ends):
            yield "a feed is in force, and nobody says to have published it"
        elif sum(code == 0 for code, *_ in ends) == 1 and feed not in self.feeds:
            yield "one has published, and another feed is in force"
        yield from (f"`{path.name}` is left behind" for path in self.out.iterdir() if path.name.endswith(".part"))


def in_force(folder):
    """The name of the publication in force and its files; None where there is none."""
    current = folder / "CURRENT"
    version = current.read_text().strip() if current.exists() else ""
    return (version, content(folder / version)) if version else None


class Readers:
    QUERY = ["query", "select channel, count(*) as lines, sum(quantity) as units from order_lines group by channel "
                      "order by channel"]

    def __init__(self, shop):
        self.shop = shop
        self.before = shop.copy("readers-before")
        held = sorted((self.before / "exports").rglob("*.csv"))
        self.late = [path for path in held if "order" in path.name.lower()][-1]
        self.text = self.late.read_bytes()
        self.late.unlink()
        shop.must("run", "--project", str(self.before))
        self.project = shop.workshop / "readers"
        self.answers = {shop.must(*self.QUERY, "--project", str(self.before))}
        self.reset()
        self.put()
        shop.must("ingest", "--project", str(self.project))
        self.answers.add(shop.must(*self.QUERY, "--project", str(self.project)))

    def reset(self):
        shutil.rmtree(self.project, ignore_errors=True)
        shutil.copytree(self.before, self.project)

    def put(self):
        (self.project / self.late.relative_to(self.before)).write_bytes(self.text)

    def trial(self, chance, codes):
        self.reset()
        self.put()
        writer = self.shop.command("ingest", "--project", str(self.project))
        readers = [self.shop.command(*self.QUERY, "--project", str(self.project)),
                   self.shop.command("verify", "--project", str(self.project))]
        commands = [writer, *readers] if chance.random() < 0.5 else [*readers, writer]
        ends = together(commands, chance)
        codes.update(code for code, *_ in ends)
        yield from undocumented(ends)
        for command, (code, out, err) in zip(commands, ends):
            if "query" in command and code == 0 and out.decode() not in self.answers:
                yield f"an answer of no state of the lake:\n{out.decode()}"
            if "query" in command and code == 75 and out:
                yield "an answer beside the word that there is none"
            if code == 2 or (code == 1 and "verify" in command):
                yield f"{command[1]}: {code}\n{err.decode()}"


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
