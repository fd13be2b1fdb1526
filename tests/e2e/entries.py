# SPDX-License-Identifier: GPL-2.0-or-later
"""What a counted removal is: one boot of one kernel, and the pieces of memory that come and go."""

from dataclasses import dataclass

from cases import BLOCK, BLOCKS_MAP, GIB, MIB

MEMORY = GIB                            # at boot, where an entry does not say another
DIMM = (0x80000000, 28 * GIB)
MAX_MEMORY = 32 * GIB                   # of the machine, where no entry needs addresses above it
NOALIAS = "rodata=noalias kfence.sample_interval=100"
RODATA_OFF = "rodata=off"
BBML2, NO_LPA2, NO_RANGE = "max,midr=0x410fd842", "max,lpa2=off", "neoverse-n1"
# What the tool is told of kernels that are built here: without the workaround nothing names it.
NO_REPEAT = "repeat-tlbi=0"
ONLINE_NOW = "memhp_default_state=online_movable"


@dataclass(frozen=True)
class Job:
    """A piece of memory. `online`: it is brought online, each block is taken offline alone, and
    the kernel is asked to offline and remove the whole; else it is removed as it was added.
    `block`: bytes of a memory block; `node`: that it is added to."""
    name: str
    start: int
    size: int
    online: bool = False
    flags: int = 0
    block: int = BLOCK
    node: int = 0

    @property
    def end(self):
        """Last byte."""
        return self.start + self.size - 1

    @property
    def blocks(self):
        """Numbers of the memory blocks."""
        return range(self.start // self.block, (self.start + self.size) // self.block)


@dataclass(frozen=True)
class Entry:
    """One boot. The jobs themselves say what comes online. `way`: how the memory comes and goes,
    see ways.py; `dimm`: the device that the jobs are pieces of; `neighbours`: start and size of
    what is added before and stays; `memory`: bytes at boot, one number for each node; `vmem`:
    start, size and block size of a virtio-mem device. Without `firmware` there is a device tree."""
    name: str
    kernel: str
    cpu: str = "max"
    parameters: str = ""
    jobs: tuple = ()
    assume: str = ""        # what the tool is told, where the kernel's symbols cannot tell it
    way: str = "call"
    dimm: tuple = DIMM
    max_memory: int = MAX_MEMORY
    memory: tuple = (MEMORY,)
    neighbours: tuple = ()
    vmem: tuple = ()
    firmware: bool = True

    @property
    def append(self):
        """The kernel's parameters: later ones win over the machine's."""
        return f"memhp_default_state=offline {self.parameters}".strip()

    @property
    def devices(self):
        """Words of QEMU's command line for what only this entry has."""
        if not self.vmem:
            return ()
        start, size, unit = self.vmem
        return ("-object", f"memory-backend-ram,id=vmem-memory,size={size},reserve=off", "-device",
                f"virtio-mem-pci,id=vmem,memdev=vmem-memory,node=0,requested-size=0,"
                f"block-size={unit},memaddr={start}")


# Parts of a gigabyte at both sides of a whole one: with large mappings three kinds of leaves.
ONLINE = Job("2G online", 0x88000000, 2 * GIB, online=True)
ONE_BLOCK = Job("128M online", 0x110000000, BLOCK, online=True)
WHOLE = Job("1G", 0x140000000, GIB)
ODD = Job("1152M", 0x188000000, 1152 * MIB)
MIDDLE = Job("2G", 0x1e8000000, 2 * GIB)
HUGE = Job("12G", 0x400000000, 12 * GIB)
COUNTED = (ONE_BLOCK, WHOLE, ODD, MIDDLE)
USUAL = (ONLINE, *COUNTED)
ALL = (*USUAL, HUGE)


def large(kernel):
    """Kernel parameters that make the linear map of a kernel one of large leaves."""
    major, minor = (int(part) for part in kernel.split("-")[0].split(".")[:2])
    return BLOCKS_MAP if (major, minor) < (6, 18) else NOALIAS


def both(kernel, jobs):
    """A kernel with a linear map of pages and with one of large leaves."""
    return (Entry(f"{kernel}-pages", kernel, jobs=jobs),
            Entry(f"{kernel}-blocks", kernel, parameters=large(kernel), jobs=jobs))
