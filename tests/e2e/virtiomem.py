# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of the matrix whose memory is that of a virtio-mem device.

With blocks smaller than a memory block the driver adds and removes memory block by block, each by a
call of its own; with larger ones, one of its blocks by one call.
"""

from cases import BLOCK, GIB, MIB
from entries import ONLINE_NOW, Entry, Job, large

SIZE = 4 * GIB
# By the size of the device's blocks: where it is, so that they are aligned to it.
UNITS = {"2M": (2 * MIB, 0x88000000), "512M": (512 * MIB, 0xa0000000), "1G": (GIB, 0xc0000000)}


def jobs(start):
    """A gigabyte that is offline, and two whose blocks are tried one by one."""
    return (Job("1G", start, GIB), Job("2G online", start, 2 * GIB, online=True))


def entries():
    """All entries."""
    for kernel in ("7.3", "7.2", "6.12", "6.1"):
        for name, (unit, start) in UNITS.items():
            options = {"way": "virtio-mem", "vmem": (start, SIZE, unit), "jobs": jobs(start)}
            yield Entry(f"vmem-{kernel}-{name}-pages", kernel, parameters=ONLINE_NOW, **options)
            yield Entry(f"vmem-{kernel}-{name}-blocks", kernel,
                        parameters=f"{ONLINE_NOW} {large(kernel)}", **options)


ENTRIES = tuple(entries())
