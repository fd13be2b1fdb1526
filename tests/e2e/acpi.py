# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of the matrix with Debian's -cloud kernels, which add and remove DIMMs through ACPI.

The DIMMs lie at odd boundaries of memory blocks, side by side with others that stay. They share
tables with those or, if leaves are large, might share a leaf.
"""

from cases import BLOCK, GIB, MIB
from entries import BBML2, ONLINE_NOW, Entry, Job, large

NEIGHBOURS = ((0x88000000, 2 * BLOCK), (0xf0000000, BLOCK), (0x190000000, 3 * BLOCK))
JOBS = (
    # From one neighbour to the next: [0x98000000, 0xf0000000) is 1408 MiB.
    Job("1408M between", 0x98000000, 1408 * MIB, online=True),
    # After a neighbour, and with a whole gigabyte inside.
    Job("2432M behind", 0xf8000000, 2432 * MIB, online=True),
    Job("128M", 0x1b8000000, BLOCK),
    Job("1G", 0x200000000, GIB),
    Job("1G online", 0x240000000, GIB, online=True),
)


def entries():
    """All entries."""
    for kernel in ("7.3-cloud", "7.2-cloud", "7.1-cloud", "6.12-cloud", "6.1-cloud"):
        yield Entry(f"acpi-{kernel}-pages", kernel, jobs=JOBS, way="acpi", neighbours=NEIGHBOURS)
        yield Entry(f"acpi-{kernel}-blocks", kernel, parameters=large(kernel), jobs=JOBS,
                    way="acpi", neighbours=NEIGHBOURS)
    # The kernel brings it online itself, so it takes the blocks offline when the DIMM is to go.
    yield Entry("acpi-7.3-cloud-bbml2", "7.3-cloud", BBML2, ONLINE_NOW, JOBS, way="acpi",
                neighbours=NEIGHBOURS)


ENTRIES = tuple(entries())
