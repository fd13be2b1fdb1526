# SPDX-License-Identifier: GPL-2.0-or-later
"""One machine: boot memory, 512 MiB that may go, and 1 GiB under a PUD leaf."""

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region

GIB, MIB = 1 << 30, 1 << 20
BOOT = 0x40000000
FREE = 0x100000000
SPLIT = 0x140000000


class Sample:
    """Two cores of it in a folder: in the second, the tables of what may go are missing."""

    def __init__(self, folder):
        self.machine = Machine(Kernel(), [Region(BOOT, 256 * MIB, boot=True),
                                          Region(FREE, 512 * MIB, linear="pmd"),
                                          Region(SPLIT, GIB, linear="pud")])
        self.kernel = self.machine.kernel
        self.image = Image(Layout(self.machine))
        self.path = str(folder / "core")
        self.core = "--vmcore=" + self.path
        containers.write_plain(self.path, self.image)
        self.holey = "--vmcore=" + str(folder / "holey")
        containers.write_plain(str(folder / "holey"), self._without_tables())

    def _without_tables(self):
        image = Image(Layout(self.machine))
        del image.pages[image.tables[2, self.kernel.lin(FREE) & -GIB]]
        return image
