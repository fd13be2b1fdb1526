# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of guests whose kernels list their page tables and handle DIMMs through ACPI.

Each kernel is booted twice: with a linear map of pages, which is the default on a CPU without
BBML2, and with one of blocks. The kernel always gives up a small DIMM, whose leaves all lie within
its memory blocks. It does not give up a DIMM that has the largest leaf in its middle, if the map
consists of blocks: it judges each memory block that it takes offline, and those in the middle have
an edge inside that leaf. Blocks that never came online are not taken offline, so nothing judges
them.
"""

from dataclasses import dataclass

from cases import GIB, MIB, Range

MEMORY = 512 * MIB                      # of each guest at boot
BOOT = (0x40000000, MEMORY)
BLOCKS = "rodata=noalias"


@dataclass(frozen=True)
class Dimm:
    """A DIMM to plug. `middle`: the physical range that one leaf maps if leaves are large."""
    name: str
    start: int
    size: int
    middle: tuple = None

    @property
    def span(self):
        """Start and size."""
        return self.start, self.size

    @property
    def range(self):
        """The range to ask the tool about."""
        return Range(self.name, self.start, self.size)

    def blocks(self, block_size):
        """The ranges of its memory blocks."""
        first, last = self.start // block_size, (self.start + self.size) // block_size
        return [Range(f"memory{n}", n * block_size, block_size) for n in range(first, last)]


@dataclass(frozen=True)
class PtCase:
    """One boot. `block`: size of a memory block; `fixture`: the DIMM that the fixture of that name
    has; `large`: the linear map has leaves larger than a page; `guarded`: the kernel has the
    check for split leaves; `online`: what is plugged comes online."""
    name: str
    kernel: str
    block: int
    dimms: tuple
    fixture: Dimm
    append: str = ""
    large: bool = False
    guarded: bool = True
    online: bool = True
    cpu: str = "max"
    memory: int = MEMORY

    def stays(self, dimm):
        """Whether a DIMM is there to show that the kernel refuses to let it go."""
        return self.guarded and self.online and self.large and dimm.middle is not None


# 4K: the large leaf has 1 GiB, the others are CONT groups of 32 MiB.
BIG_4K = Dimm("big", 0x88000000, 2 * GIB, (0xc0000000, GIB))
DIMMS_4K = (Dimm("small", 0x188000000, 512 * MIB),
            Dimm("gigabyte", 0x140000000, GIB, (0x140000000, GIB)), BIG_4K)
# 64K: the large one is a CONT group of 16 GiB, the others are leaves of 512 MiB.
BIG_64K = Dimm("big", 0x3e0000000, 17 * GIB, (0x400000000, 16 * GIB))
DIMMS_64K = (Dimm("small", 0xa0000000, 2 * GIB), BIG_64K)
WINDOW = (0x40000000, 40 * GIB)         # all of that, for the reference walk

PTCASES = {case.name: case for case in (
    PtCase("7.2-4k48-ptdump-pages", "7.2-4k48-ptdump", 128 * MIB, DIMMS_4K, BIG_4K),
    PtCase("7.2-4k48-ptdump-blocks", "7.2-4k48-ptdump", 128 * MIB, DIMMS_4K, BIG_4K, BLOCKS, True),
    PtCase("7.2-4k48-ptdump-offline", "7.2-4k48-ptdump", 128 * MIB, DIMMS_4K, BIG_4K,
           f"{BLOCKS} memhp_default_state=offline", True, online=False),
    PtCase("6.1-4k48-ptdump-pages", "6.1-4k48-ptdump", 128 * MIB, DIMMS_4K, BIG_4K, guarded=False),
    PtCase("6.1-4k48-ptdump-blocks", "6.1-4k48-ptdump", 128 * MIB, DIMMS_4K, BIG_4K, "rodata=on",
           True, False),
    PtCase("7.2-64k52-ptdump-pages", "7.2-64k52-ptdump", 512 * MIB, DIMMS_64K, BIG_64K),
    PtCase("7.2-64k52-ptdump-blocks", "7.2-64k52-ptdump", 512 * MIB, DIMMS_64K, BIG_64K, BLOCKS,
           True),
    # A CPU without 52-bit addresses: the linear map begins in the middle of its address space.
    PtCase("7.2-64k52-ptdump-nolva", "7.2-64k52-ptdump", 512 * MIB, DIMMS_64K, BIG_64K, BLOCKS,
           True, cpu="neoverse-n1"),
)}
# The tree has these; with 4K pages, the tables of a linear map of pages are large.
FIXTURES = ("6.1-4k48-ptdump-blocks", "7.2-4k48-ptdump-blocks", "7.2-64k52-ptdump-blocks",
            "7.2-64k52-ptdump-pages", "7.2-64k52-ptdump-nolva")
