"""Disks that are full or may not be written, as they are: a small file system of its own, by mount.

Only root may mount, and not in every container: then `may_mount` says no.
"""

import subprocess
from contextlib import contextmanager

PAGE = 4096


def may_mount(workshop):
    """True where this machine lets us mount a file system."""
    folder = workshop / "probe"
    folder.mkdir(exist_ok=True)
    try:
        with mounted(folder, PAGE):
            return True
    except (subprocess.CalledProcessError, FileNotFoundError):
        return False


@contextmanager
def mounted(folder, size):
    """A file system in memory at a folder, gone afterwards with all that is on it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "trueup-crash", str(folder)],
                   check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def remount(folder, options):
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True, capture_output=True)


def full_disk(scenario):
    """A disk one page larger each time until the run fits; returns the sizes that did not, and what went wrong."""
    failures, too_small, pages = [], 0, 4
    scenario.project.mkdir(exist_ok=True)
    while pages < 200:
        with mounted(scenario.project, pages * PAGE):
            try:
                scenario.fill()
            except OSError:
                pages += 1
                continue
            run = scenario.operate()
            fits = run.returncode == 0
            if not fits:
                too_small += 1
                if run.returncode != 2 or "No space left" not in run.stderr:
                    failures.append(f"{scenario.name}: a disk of {pages} pages ends with {run.returncode}: {run.stderr}")
            remount(scenario.project, "size=16m")
            if problem := scenario.judge(run.stderr):
                failures.append(f"{scenario.name}: a disk of {pages} pages\n{problem}")
        if fits:
            return too_small, failures
        pages += 1
    return too_small, [*failures, f"{scenario.name}: no disk was large enough"]


def read_only(scenario):
    """What goes wrong on a disk that may be read and not written."""
    scenario.project.mkdir(exist_ok=True)
    with mounted(scenario.project, 16 << 20):
        scenario.fill()
        remount(scenario.project, "ro")
        run, verified = scenario.operate(), scenario.trueup("verify")
        remount(scenario.project, "rw")
        problem = scenario.judge(run.stderr + verified.stderr)
    if run.returncode != 2 or "Read-only" not in run.stderr or verified.returncode != 0:
        problem = f"ingest ends with {run.returncode}, verify with {verified.returncode}:\n{run.stderr}{verified.stderr}"
    return [f"{scenario.name}: a disk that may not be written\n{problem}"] if problem else []
