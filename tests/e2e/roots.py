# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of the matrix whose memory is alone in its entry of the root table.

The kernel writes such an entry through a temporary mapping, which costs one more flush of a page
each time. A kernel whose root stays writable does not do so.
"""

from cases import BLOCK, GIB
from entries import NO_LPA2, NO_RANGE, NO_REPEAT, RODATA_OFF, Entry, Job, large

TIB = 1024 * GIB
# An entry of the root maps 512 GiB with 4K pages and 48 bits of address space.
FAR_4K = (512 * GIB, 513 * GIB)
JOBS_4K = (Job("1G at 512G", 512 * GIB, GIB),
           Job("384M at 768G online", 768 * GIB + BLOCK, 3 * BLOCK, online=True),
           Job("2G across 1T", TIB - GIB, 2 * GIB))
# 64 GiB with 16K pages and 47 bits.
FAR_16K = (64 * GIB, 66 * GIB)
JOBS_16K = (Job("1G at 64G", 64 * GIB, GIB),
            Job("384M at 96G online", 96 * GIB + BLOCK, 3 * BLOCK, online=True),
            Job("2G across 128G", 128 * GIB - GIB, 2 * GIB))
# 4 TiB with 64K pages, and a memory block has 512 MiB.
BLOCK_64K = 4 * BLOCK
JOBS_64K = (Job("2G across 4T", 4 * TIB - GIB, 2 * GIB, block=BLOCK_64K),
            Job("1G at 4T", 4 * TIB, GIB, block=BLOCK_64K),
            Job("1536M at 5T online", 5 * TIB + BLOCK_64K, 3 * BLOCK_64K, True, block=BLOCK_64K))
# 1 GiB with 4K pages and 39 bits: the root may hold a leaf. An entry of the vmemmap has 64 GiB.
JOBS_4K39 = (Job("1G", 0x140000000, GIB), Job("1152M", 0x188000000, 9 * BLOCK),
             Job("2G online", 0x208000000, 2 * GIB, online=True),
             Job("4G", 0x340000000, 4 * GIB), Job("1G at 64G", 64 * GIB, GIB),
             Job("2G across 128G online", 128 * GIB - GIB, 2 * GIB, online=True))
# 512 MiB with 64K pages and 42 bits; of the vmemmap 512 GiB.
JOBS_64K42 = (Job("1G", 0x140000000, GIB, block=BLOCK_64K),
              Job("17G", 0x3e0000000, 17 * GIB, block=BLOCK_64K),
              Job("2G across 512G online", 511 * GIB, 2 * GIB, True, block=BLOCK_64K))
# 32 MiB with 16K pages and 36 bits; of the vmemmap 8 GiB.
JOBS_16K36 = (Job("1G", 0x140000000, GIB), Job("1152M", 0x188000000, 9 * BLOCK),
              Job("2G across 8G online", 7 * GIB, 2 * GIB, online=True))
PTDUMP = "-ptdump"                      # of the names of kernels that are built here


# If no leaf fits into the root, large leaves change nothing here.
WITH_LARGE = ("7.3", "6.1", "7.3-16k")


def variants(kernel, mapping, **options):
    """A kernel as it is, with a root that stays writable, and with large leaves."""
    name = f"roots-{kernel.removesuffix(PTDUMP)}"
    yield Entry(f"{name}-pages", kernel, **options)
    yield Entry(f"{name}-rodata-off", kernel, parameters=RODATA_OFF, **options)
    if kernel in WITH_LARGE or kernel.endswith(PTDUMP):
        yield Entry(f"{name}-blocks", kernel, parameters=mapping, **options)


def acpi(kernel, jobs, max_memory):
    """The variants of a kernel that adds a DIMM by itself."""
    mapping = large(kernel).split()[0]
    return variants(kernel, mapping, jobs=jobs, way="acpi", max_memory=max_memory,
                    assume=NO_REPEAT)


def entries():
    """All entries."""
    for kernel in ("7.3", "7.2", "6.1", "6.12", "6.17", "6.18", "7.0.4", "7.0", "7.1",
                   "experimental"):
        yield from variants(kernel, large("7.3" if kernel == "experimental" else kernel),
                            cpu=NO_LPA2, jobs=JOBS_4K, dimm=FAR_4K, max_memory=2 * TIB)
    for kernel in ("7.3-16k", "7.2-16k", "6.12-16k", "6.19-16k", "7.1-16k"):
        yield from variants(kernel, large(kernel), cpu=NO_LPA2, jobs=JOBS_16K, dimm=FAR_16K,
                            max_memory=256 * GIB)
    for kernel in ("7.2-64k52-ptdump", "6.1-64k52-ptdump"):
        yield from acpi(kernel, JOBS_64K, 6 * TIB)
    for kernel in ("7.2-4k39-ptdump", "6.12-4k39-ptdump", "6.1-4k39-ptdump"):
        yield from acpi(kernel, JOBS_4K39, 192 * GIB)
    yield from acpi("7.2-64k42-ptdump", JOBS_64K42, TIB)
    yield from acpi("7.2-16k36-ptdump", JOBS_16K36, 24 * GIB)
    for kernel in ("7.2", "6.1"):
        yield Entry(f"roots-{kernel}-norange", kernel, NO_RANGE, jobs=JOBS_4K, dimm=FAR_4K,
                    max_memory=2 * TIB,
                    assume="repeat-tlbi=1" if kernel == "6.1" else "")


ENTRIES = tuple(entries())
