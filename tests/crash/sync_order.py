"""What would a power cut lose? The system calls of a run, held against the order that is safe.

Goes in: the log of `strace -f -y`. Comes out: one sentence per call that came too early.

    1  a file is synced between its last write and the rename or link that gives it its name
    2  a folder is synced between an entry's appearance in it and the manifest that relies on it
    3  nothing is removed between a manifest's appearance and the sync of its folder
    4  at the end, no entry is unsynced
"""

import os
import re

WRITES = {"write", "pwrite64", "writev", "copy_file_range", "ftruncate"}
SYNCS = {"fsync", "fdatasync"}
NAMES = {"rename", "renameat", "renameat2", "link", "linkat"}
FOLDERS = {"mkdir", "mkdirat"}
REMOVALS = {"unlink", "unlinkat", "rmdir"}


def findings_of(log, lake):
    """The calls under `lake` that came too early."""
    temporaries, manifests = lake + "/tmp", lake + "/_log"
    dirty, unsynced, findings = set(), {}, []
    for name, text in succeeded(log):
        opened = re.match(r"\d+<([^>]*)>", text)
        paths = [os.path.normpath(path) for path in re.findall(r'"([^"]*)"', text)]
        if name in WRITES and opened and opened[1].startswith(lake):
            dirty.add(opened[1])
        elif name in SYNCS and opened:
            dirty.discard(opened[1])
            unsynced.pop(opened[1], None)
        elif name in NAMES and len(paths) == 2 and paths[1].startswith(lake):
            source, target = paths
            if source in dirty:
                findings.append(f"{target} appears before its bytes are synced")
            folder = os.path.dirname(target)
            if folder == manifests:
                findings += [f"{entry} may be lost when {target} appears" for entry in unsynced.values()]
            unsynced[folder] = target
        elif name in FOLDERS and paths and paths[0].startswith(lake) and not paths[0].startswith(temporaries):
            unsynced[os.path.dirname(paths[0])] = paths[0]
        elif name in REMOVALS and paths and paths[0].startswith(lake) and not paths[0].startswith(temporaries):
            if manifests in unsynced:
                findings.append(f"{paths[0]} is removed before {unsynced[manifests]} is safe")
    # The name of who holds the lake means nothing once its process is gone.
    dirty.discard(lake + "/.lock")
    findings += [f"{path} is written and never synced" for path in dirty if not path.startswith(temporaries)]
    return findings + [f"{entry} is never safe: its folder is not synced" for entry in unsynced.values()]


def succeeded(log):
    """The calls that did what they were asked, in order, as (name, arguments)."""
    begun = {}
    for line in log.splitlines():
        thread, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[thread] = rest.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", rest):
            rest = begun.pop(thread, "") + resumed[1]
        call = re.match(r"(\w+)\((.*)\) += (\d+)", rest)
        if call:
            yield call[1], call[2]
