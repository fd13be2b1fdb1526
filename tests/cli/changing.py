# SPDX-License-Identifier: GPL-2.0-or-later
"""A file of a live core that becomes another core while the program watches it."""

import os

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region

GIB, MIB = 1 << 30, 1 << 20

BOOT = Region(GIB, 256 * MIB, boot=True)
BEFORE = [BOOT, Region(4 * GIB, 256 * MIB, linear="pmd"), Region(5 * GIB, GIB, linear="pud")]
# One region offline, one gone, one new.
AFTER = [BOOT, Region(4 * GIB, 256 * MIB, linear="pmd", online=False),
         Region(6 * GIB, 128 * MIB, linear="pmd")]


class Source:
    """A file that becomes another while the program, which keeps it open, watches."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "core"
        self.option = "--kcore=%s" % self.path
        for name, regions in (("before", BEFORE), ("after", AFTER)):
            containers.write_plain(str(folder / name), Image(Layout(Machine(Kernel(), regions))))
        self.replace("before")

    def replace(self, name):
        """Put the content of another core in the file.  The rounds of a watcher that has just
        printed are a second apart, which is long enough for that."""
        with open(self.folder / name, "rb") as source, \
                open(self.path, "r+b" if self.path.exists() else "w+b") as core:
            size = os.fstat(source.fileno()).st_size
            core.truncate(size)
            start = 0
            while start < size:
                try:
                    start = os.lseek(source.fileno(), start, os.SEEK_DATA)
                except OSError:
                    break
                end = os.lseek(source.fileno(), start, os.SEEK_HOLE)
                source.seek(start)
                core.seek(start)
                core.write(source.read(end - start))
                start = end
