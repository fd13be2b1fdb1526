# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of cases: kernel, CPU and linear map, and the ranges in question.

The DIMM is placed so that a naturally aligned gigabyte lies wholly inside, with a part of one on
either side. With large mappings the middle is then one 1 GiB leaf (4K pages) or one 1 GiB CONT
group (16K pages), and the outer parts consist of smaller leaves.
"""

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30
BLOCK = 128 * MIB                       # the memory block of 4K and 16K kernels
DIMM = (0x88000000, 2 * GIB)
BIG = (0xc0000000, GIB)                 # what one leaf or group maps, if mappings are large
# The guest's memory at boot. Firmware and kernel lie at its top. Blocks below them stay free, so
# that the kernel refuses them as boot memory, not because of pages in use.
BOOT = (0x40000000, 768 * MIB)
HOLE = (BOOT[0] + BOOT[1], BLOCK)
WINDOW = (0x40000000, 4 * GIB)          # all of that, for the reference walk

BLOCKS_MAP = "rodata=on kfence.sample_interval=100"


@dataclass(frozen=True)
class Case:
    """One boot. `large`: the linear map has leaves bigger than a page; `guarded`: the kernel
    has the (correct) check for split leaves."""
    name: str
    kernel: str
    cpu: str = "max"
    append: str = ""
    large: bool = False
    guarded: bool = False

    @property
    def demonstrates(self):
        """Whether this kernel lets a split happen, so that the harm can be shown."""
        return self.large and not self.guarded


CASES = {case.name: case for case in (
    Case("6.1-pages", "6.1"),
    Case("6.1-blocks", "6.1", append="rodata=on", large=True),
    Case("6.12-16k-blocks", "6.12-16k", append=BLOCKS_MAP, large=True),
    Case("6.12-16k-nolpa2", "6.12-16k", cpu="max,lpa2=off"),
    Case("7.2-pages", "7.2", guarded=True),
    Case("7.2-bbml2", "7.2", cpu="max,midr=0x410fd842", large=True, guarded=True),
    Case("7.2-nolpa2", "7.2", cpu="max,lpa2=off", guarded=True),
)}
CI_CASES = ("6.1-blocks", "7.2-bbml2")


@dataclass(frozen=True)
class Range:
    """A physical range to ask the tool about; END is inclusive as in its output."""
    name: str
    start: int
    size: int

    @property
    def end(self):
        """Last byte."""
        return self.start + self.size - 1

    def __str__(self):
        return f"{self.start:#x}-{self.end:#x}"


def blocks_of(span):
    """Numbers of the memory blocks that a span consists of."""
    start, size = span
    return range(start // BLOCK, (start + size) // BLOCK)


def block_range(number):
    """The range of one memory block."""
    return Range(f"memory{number}", number * BLOCK, BLOCK)


DIMM_BLOCKS = tuple(blocks_of(DIMM))
BOOT_BLOCKS = tuple(blocks_of(BOOT))
# Without the last boot block, which has KFENCE's pool: its entries change all the time.
ASKED_BOOT = BOOT_BLOCKS[1:3]
VICTIM = block_range(BIG[0] // BLOCK + 1)       # removed alone from inside the big leaf
NEIGHBOUR = block_range(BIG[0] // BLOCK + 2)

RANGES = (
    *(block_range(number) for number in DIMM_BLOCKS),
    Range("dimm", *DIMM),
    Range("big", *BIG),
    Range("inside the big leaf", BIG[0] + 2 * BLOCK, 3 * BLOCK),
    Range("big and half a block", BIG[0], BIG[1] + BLOCK // 2),
    Range("inside a group", DIMM[0] + 34 * MIB, 32 * MIB),
    Range("inside a block leaf", DIMM[0] + MIB, 3 * MIB),
    Range("a few pages", DIMM[0] + BLOCK + 64 * 1024, 192 * 1024),
    *(block_range(number) for number in ASKED_BOOT),
    Range("hole", *HOLE),
    Range("dimm and what follows", DIMM[0], DIMM[1] + BLOCK),
)
