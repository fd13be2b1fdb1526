# SPDX-License-Identifier: GPL-2.0-or-later
"""A counted removal: one boot of one kernel, and the pieces of memory that come and go."""

from dataclasses import dataclass

from cases import BLOCK, BLOCKS_MAP, GIB, MIB

MEMORY = GIB                            # at boot, unless an entry says otherwise
DIMM = (0x80000000, 28 * GIB)
MAX_MEMORY = 32 * GIB                   # of the machine, unless an entry needs addresses above it
NOALIAS = "rodata=noalias kfence.sample_interval=100"
RODATA_OFF = "rodata=off"
BBML2, NO_LPA2, NO_RANGE = "max,midr=0x410fd842", "max,lpa2=off", "neoverse-n1"
# For kernels that are built here: without the workaround, no symbol shows its absence.
NO_REPEAT = "repeat-tlbi=0"
ONLINE_NOW = "memhp_default_state=online_movable"


@dataclass(frozen=True)
class Job:
    """A piece of memory. `online`: it is brought online, each block is taken offline alone, and
    the kernel is asked to offline and remove the whole; otherwise it is removed as it was
    added. `block`: bytes of a memory block; `node`: the node that it is added to."""
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
    see ways.py; `dimm`: the device whose pieces the jobs are; `neighbours`: start and size of
    memory that is added before and stays; `memory`: bytes at boot, one number for each node;
    `vmem`: start, size and block size of a virtio-mem device. Without `firmware` there is a
    device tree."""
    name: str
    kernel: str
    cpu: str = "max"
    parameters: str = ""
    jobs: tuple = ()
    assume: str = ""        # what the kernel's symbols cannot tell the tool
    way: str = "call"
    dimm: tuple = DIMM
    max_memory: int = MAX_MEMORY
    memory: tuple = (MEMORY,)
    neighbours: tuple = ()
    vmem: tuple = ()
    firmware: bool = True

    @property
    def append(self):
        """The kernel's parameters; later ones override the machine's."""
        return f"memhp_default_state=offline {self.parameters}".strip()

    @property
    def devices(self):
        """Words on QEMU's command line that only this entry has."""
        if not self.vmem:
            return ()
        start, size, unit = self.vmem
        return ("-object", f"memory-backend-ram,id=vmem-memory,size={size},reserve=off", "-device",
                f"virtio-mem-pci,id=vmem,memdev=vmem-memory,node=0,requested-size=0,"
                f"block-size={unit},memaddr={start}")


# Parts of a gigabyte on both sides of a whole one: with large mappings, three kinds of leaves.
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
    """Kernel parameters that give a kernel a linear map of large leaves."""
    major, minor = (int(part) for part in kernel.split("-")[0].split(".")[:2])
    return BLOCKS_MAP if (major, minor) < (6, 18) else NOALIAS


def both(kernel, jobs):
    """A kernel with a linear map of pages, and with one of large leaves."""
    return (Entry(f"{kernel}-pages", kernel, jobs=jobs),
            Entry(f"{kernel}-blocks", kernel, parameters=large(kernel), jobs=jobs))
