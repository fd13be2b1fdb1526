# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of counted removals: kernels, CPUs, mappings and the memory that comes and goes.

An entry is one boot of one kernel. Its jobs each add a piece of one big DIMM, ask the tool, and
remove the piece again while every TLBI is counted. A piece that the kernel refuses to give up
stays, so the pieces lie apart. The entries of roots.py, acpi.py, virtiomem.py, shapes.py and
series.py belong to the table, too.
"""

import acpi
import roots
import series
import shapes
import virtiomem
from cases import BLOCK, GIB
from entries import (ALL, BBML2, COUNTED, MIDDLE, NO_LPA2, NO_RANGE, NOALIAS, ONLINE, USUAL, WHOLE,
                     Entry, Job, both, large)

ON_MEMORY = "memory_hotplug.memmap_on_memory=1"
ON_MEMORY_FORCED = "memory_hotplug.memmap_on_memory=force"
# CPUs with the repeat-TLBI erratum. Until 2026 Debian's newer kernels know only Qualcomm's.
A76 = "max,midr=0x410fd0b0"
FALKOR, FALKOR_NO_RANGE = "max,midr=0x510f8000", "neoverse-n1,midr=0x510f8000"
REPEATED = "repeat-tlbi=1"
MHP_MEMMAP_ON_MEMORY = 2
ON_MEMORY_BLOCK = Job("128M memmap_on_memory online", 0x88000000, BLOCK, True,
                      MHP_MEMMAP_ON_MEMORY)
ON_MEMORY_ONLINE = Job("1G memmap_on_memory online", 0xa0000000, GIB, True, MHP_MEMMAP_ON_MEMORY)
ON_MEMORY_COUNTED = Job("1G memmap_on_memory", 0x100000000, GIB, False, MHP_MEMMAP_ON_MEMORY)
ON_MEMORY_JOBS = (ON_MEMORY_BLOCK, ON_MEMORY_ONLINE, ON_MEMORY_COUNTED)


def on_memory(kernel, mapping=""):
    """The entry with blocks that hold their own memmap; before 6.8 each was added alone."""
    word = ON_MEMORY_FORCED if kernel.endswith("16k") else ON_MEMORY
    jobs = (ON_MEMORY_BLOCK,) if kernel == "6.1" else ON_MEMORY_JOBS
    suffix = "-blocks" if mapping else ""
    parameters = f"{word} {mapping}".strip()
    return Entry(f"{kernel}-memmap{suffix}", kernel, parameters=parameters, jobs=jobs)


def told(kernel):
    """Options for a CPU with the erratum: Debian's 6.1 lists no data symbols."""
    return REPEATED if kernel.startswith("6.1-") or kernel.split(".")[:2] == ["6", "1"] else ""


def entries():
    """All entries, the most telling kernels first."""
    for kernel in ("6.1", "6.12", "6.18", "7.0", "7.1", "7.1.3", "7.2", "7.3"):
        yield from both(kernel, ALL)
    for kernel in ("6.12-16k", "6.19-16k", "7.1.3-16k", "7.2-16k", "7.3-16k"):
        yield from both(kernel, ALL)
    for kernel in ("6.1", "6.12", "6.18", "7.0", "7.1.3", "7.1", "7.2", "7.3", "7.2-16k"):
        yield on_memory(kernel)
    for kernel in ("7.1.3", "7.2"):
        yield on_memory(kernel, large(kernel))
    for kernel in ("7.2", "7.3"):
        yield Entry(f"{kernel}-bbml2", kernel, BBML2, jobs=ALL)
    for kernel in ("6.12", "7.2", "7.2-16k"):
        yield Entry(f"{kernel}-nolpa2", kernel, NO_LPA2, jobs=ALL)
    for kernel in ("6.1", "6.12", "6.18", "7.0.4", "7.0", "7.1.3", "7.2", "7.2-16k", "7.3"):
        yield Entry(f"{kernel}-norange", kernel, NO_RANGE, jobs=USUAL, assume=told(kernel))
    for kernel in ("6.1-leaf", "6.1.176", "6.1", "6.12", "7.0", "7.2"):
        yield Entry(f"{kernel}-a76", kernel, A76, jobs=COUNTED, assume=told(kernel))
    for kernel in ("6.12.85", "6.12.86", "6.17", "6.18", "6.19", "7.0.4", "7.0", "7.2"):
        yield Entry(f"{kernel}-falkor", kernel, FALKOR, jobs=COUNTED)
    for kernel in ("6.18", "7.0.4", "7.2"):
        yield Entry(f"{kernel}-falkor-norange", kernel, FALKOR_NO_RANGE, jobs=COUNTED)
    # Both sides of each release at which a branch changed.
    for kernel in ("6.1-leaf", "6.1.176", "6.1.177", "6.1.180", "6.12.85", "6.12.86", "6.12.95",
                   "6.12.100", "6.17", "6.19", "7.0.4"):
        yield Entry(f"{kernel}-pages", kernel, jobs=USUAL)
    yield Entry("7.0.4-blocks", "7.0.4", parameters=NOALIAS, jobs=USUAL)


# The parts of a whole run of the matrix, by name.
PARTS = {"releases": tuple(entries()), "roots": roots.ENTRIES, "acpi": acpi.ENTRIES,
         "virtio-mem": virtiomem.ENTRIES, "shapes": shapes.ENTRIES, "series": series.ENTRIES}
MATRIX = {entry.name: entry for part in PARTS.values() for entry in part}
# What the command line can name: a part or a single entry.
NAMED = {**{name: (entry,) for name, entry in MATRIX.items()}, **PARTS}
# Two small ones for every change: an old and a new form of everything.
CI = (Entry("ci-6.1-pages", "6.1", jobs=(WHOLE,)),
      Entry("ci-7.2-bbml2", "7.2", BBML2, jobs=(ONLINE, MIDDLE)))
