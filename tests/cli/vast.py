# SPDX-License-Identifier: GPL-2.0-or-later
"""Cores whose tables take long to walk."""

import containers
from arm64 import Kernel
from image import TABLE, Image
from layout import Layout, Machine, Region

GIB, MIB = 1 << 30, 1 << 20
TERABYTE = 1 << 40
BOOT = Region(GIB, 256 * MIB, boot=True)
ADDED = Region(4 * GIB, 512 * MIB, linear="pmd")
# One table of each level maps it: all entries of the table above point to it.
VAST = Region(TERABYTE, 16 * TERABYTE, linear="hole")
# Less of it: its text is longer than a pipe holds, and begins soon.
LONG = Region(TERABYTE, 32 * GIB, linear="hole")
SOURCE_SIZE = 64 * GIB


def write_vast(path, vast=VAST):
    """A core whose tables take long to walk: millions of them, each of which is read."""
    layout = Layout(Machine(Kernel(), [BOOT, ADDED, vast]))
    image = Image(layout)
    geo = layout.kernel.geometry
    tables = []
    for below in range(3):
        table = image.pool.take()
        entry = image.address_bits(tables[-1] if tables else TERABYTE)
        for index in range(image.page_size // 8):
            image.write_entry(table, index, (entry | TABLE) if below
                              else (entry + index * image.page_size) | 0x703)
        tables.append(table)
    for va in range(layout.kernel.lin(vast.pa), layout.kernel.lin(vast.pa) + vast.size,
                    geo.size(0)):
        image.write_entry(image.root, geo.index(0, va), image.address_bits(tables[-1]) | TABLE)
    # There cannot be more tables than the source has pages: it has pages, all of them a hole.
    memory = containers.memory_segments(image)
    memory.append(containers.Segment(0, 64 * TERABYTE, SOURCE_SIZE, []))
    containers.write_elf(path, memory, containers.core_notes(image))
