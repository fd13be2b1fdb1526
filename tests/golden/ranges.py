# SPDX-License-Identifier: GPL-2.0-or-later
"""The ranges for every fixture. The guest had 512 MiB at 1 GiB, plus a DIMM of 2 GiB."""

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30
BLOCK = 128 * MIB


@dataclass(frozen=True)
class Range:
    """A range as it is written for the tool, and its meaning."""
    text: str
    start: int
    size: int


def memory(number):
    """A memory block by its name."""
    return Range(f"memory{number}", number * BLOCK, BLOCK)


DIMM = Range("0x88000000-0x107ffffff", 0x88000000, 2 * GIB)
BIG = Range("0xc0000000+1G", 0xc0000000, GIB)       # one leaf or group, if mappings are large
BOOT = (GIB, GIB + 512 * MIB)                       # the memory that it booted with
WINDOW = (0x40000000, 4 * GIB)                      # all of the guest's memory, and more

RANGES = (
    DIMM,
    BIG,
    memory(25),                                             # inside a leaf of 1 GiB
    memory(18),                                             # on CONT PMDs, or on pages
    memory(9),                                              # boot memory
    Range("0x60000000+128M", 0x60000000, BLOCK),            # no memory
    Range("0xc0000000+1088M", 0xc0000000, 1088 * MIB),      # ends in the middle of a block
    Range("0x8a200000+32M", 0x8a200000, 32 * MIB),          # crosses CONT groups
    Range("0x88101000+4K", 0x88101000, 4096),               # a page, and less than one of 16K
    Range("0x88104000+16K", 0x88104000, 16384),
    Range("0x88000000+2176M", 0x88000000, 2176 * MIB),      # the DIMM and a block after it
)
