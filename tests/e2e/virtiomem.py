# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of the matrix whose memory is that of a virtio-mem device.

If the device's blocks are smaller than a memory block, the driver adds and removes memory block by
block, each by a call of its own. If they are larger, one call handles one of its blocks.
"""

from cases import BLOCK, GIB, MIB
from entries import ONLINE_NOW, Entry, Job, large

SIZE = 4 * GIB
BY_BLOCK = "calls=block"
# By the size of the device's blocks: its address, so that they are aligned to it, and options for
# the tool. If blocks are larger, one of them is removed, which needs no option.
UNITS = {"2M": (2 * MIB, 0x88000000, BY_BLOCK), "512M": (512 * MIB, 0xa0000000, ""),
         "1G": (GIB, 0xc0000000, "")}
OLDEST_AND_NEWEST = ("6.1", "7.3")


def jobs(start, unit):
    """Memory that nothing takes offline, and memory whose blocks are tried one by one: one block
    of the device, or a gigabyte of many."""
    size = GIB if unit < BLOCK else unit
    name = f"{size >> 20}M"
    return (Job(name, start, size), Job(f"{name} again online", start, size, online=True))


def entries():
    """All entries."""
    for kernel in ("7.3", "7.2", "6.12", "6.1"):
        for name, (unit, start, assume) in UNITS.items():
            if name == "512M" and kernel not in OLDEST_AND_NEWEST:
                continue
            options = {"way": "virtio-mem", "vmem": (start, SIZE, unit), "assume": assume,
                       "jobs": jobs(start, unit)}
            yield Entry(f"vmem-{kernel}-{name}-pages", kernel, parameters=ONLINE_NOW, **options)
            yield Entry(f"vmem-{kernel}-{name}-blocks", kernel,
                        parameters=f"{ONLINE_NOW} {large(kernel)}", **options)


ENTRIES = tuple(entries())
