# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries of the matrix with rarer shapes of memory, kernel parameters and pages of 64K."""

from cases import BLOCK, GIB, MIB
from entries import BBML2, NO_REPEAT, ODD, ONE_BLOCK, ONLINE, WHOLE, Entry, Job, large

TIB = 1024 * GIB
FAR = (TIB + 640 * MIB, 8 * GIB)        # an odd boundary of memory blocks
FAR_JOBS = (Job("2G above 1T online", TIB + 640 * MIB, 2 * GIB, online=True),
            Job("1408M above 1T", TIB + 3 * GIB + BLOCK, 1408 * MIB),
            Job("2G above 1T", TIB + 5 * GIB, 2 * GIB))
# The firmware has memory that belongs to no node, for which the kernel ignores all nodes. Without
# firmware there are no DIMMs, so the memory is that of a virtio-mem device. Kernels that need no
# modules do not drive it.
NODES = (512 * MIB, 256 * MIB, 256 * MIB)
NODE_JOBS = (Job("1152M of node 1 online", 0x88000000, 1152 * MIB, online=True, node=1),
             Job("2G of node 2", 0x1e8000000, 2 * GIB, node=2))
JOBS = (ONLINE, ONE_BLOCK, WHOLE, ODD)
PARAMETERS = {"kpti-nokaslr": "kpti=1 nokaslr", "rodata-off": "rodata=off",
              "rodata-full": "rodata=full", "rodata-noalias": "rodata=noalias",
              "crashkernel": "crashkernel=256M rodata=noalias"}
# With 64K pages: 32 GiB that begin inside a CONT group of 16 GiB, and 32 that are two of them.
BLOCK_64K = 512 * MIB
JOBS_64K = (Job("32G odd online", 0x2a0000000, 32 * GIB, True, block=BLOCK_64K),
            Job("32G online", 64 * GIB, 32 * GIB, True, block=BLOCK_64K),
            Job("32G", 128 * GIB, 32 * GIB, block=BLOCK_64K),
            Job("1G online", 256 * GIB, GIB, True, block=BLOCK_64K))
JOBS_4K39 = (ONLINE, ONE_BLOCK, WHOLE, ODD)


def built(kernel, jobs):
    """A kernel that is built here, with a linear map of pages and of large leaves."""
    name = f"shapes-{kernel.removesuffix('-ptdump')}"
    for suffix, parameters in (("pages", ""), ("blocks", large(kernel).split()[0])):
        yield Entry(f"{name}-{suffix}", kernel, parameters=parameters, jobs=jobs, way="acpi",
                    max_memory=320 * GIB, assume=NO_REPEAT)


def entries():
    """All entries."""
    yield from built("7.2-64k52-ptdump", JOBS_64K)
    yield from built("6.1-64k52-ptdump", JOBS_64K)
    for kernel in ("7.2-4k39-ptdump", "6.1-4k39-ptdump"):
        yield from built(kernel, JOBS_4K39)
    for kernel in ("7.3", "7.2", "7.2-16k", "6.1"):
        yield Entry(f"above-1T-{kernel}", kernel, jobs=FAR_JOBS, dimm=FAR, max_memory=2 * TIB)
    yield Entry("above-1T-7.2-bbml2", "7.2", BBML2, jobs=FAR_JOBS, dimm=FAR, max_memory=2 * TIB)
    for kernel in ("trixie-backports", "experimental", "7.1", "7.0"):
        yield Entry(f"nodes-{kernel}", kernel, parameters="movable_node", jobs=NODE_JOBS,
                    memory=NODES, firmware=False, dimm=(), vmem=(0x80000000, 28 * GIB, 2 * MIB))
    for kernel in ("7.3", "6.12", "6.1"):
        for name, parameters in PARAMETERS.items():
            yield Entry(f"{name}-{kernel}", kernel, parameters=parameters, jobs=JOBS)


ENTRIES = tuple(entries())
