# SPDX-License-Identifier: GPL-2.0-or-later
"""Build the programs of the benchmark, and make the cores that it measures."""

import hashlib
import json
import os
import subprocess
from array import array

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

KIB, MIB, GIB, TIB = 1 << 10, 1 << 20, 1 << 30, 1 << 40

PAGE_OFFSET = (1 << 64) - (1 << 48)
# Where the memory of an ELF core begins in its file (elf_out.c).
DATA_AT = 1 << 20

# The sources of mkcore.
GENERATOR = ("contents.c", "elf_out.c", "kdump_out.c", "machine.c", "machine.h", "mkcore.c",
             "tables.c")

# Members of a CONT group of PMDs, by page size.
CONT_PMDS = {4 * KIB: 16, 16 * KIB: 32, 64 * KIB: 32}


def build(directory):
    """Build the tool and the programs of the benchmark; the paths by name."""
    quiet = {"stdout": subprocess.DEVNULL, "check": True}
    subprocess.run(["cmake", "-S", ROOT, "-B", directory, "-DHOTREMOVE_BENCH=ON",
                    "-DBUILD_TESTING=OFF"], **quiet)
    subprocess.run(["cmake", "--build", directory, "--parallel", str(os.cpu_count() or 1)],
                   **quiet)
    programs = {name: os.path.join(directory, "bench", name)
                for name in ("mkcore", "measure", "r1", "r2", "kdref", "libcount_unpack.so")}
    programs["tool"] = os.path.join(directory, "hotremove-check")
    return programs


def size_text(size):
    """SIZE with a binary unit."""
    for unit, name in ((TIB, "TiB"), (GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size >= unit:
            value = size / unit
            return "%d %s" % (value, name) if value == int(value) else "%.1f %s" % (value, name)
    return "%d B" % size


class Core:
    """A core that mkcore made, and what mkcore says about it."""

    def __init__(self, path):
        self.path = path
        with open(path + ".json", encoding="utf-8") as handle:
            self.facts = json.load(handle)

    @property
    def page_size(self):
        """Bytes of a page."""
        return self.facts["page_size"]

    @property
    def size(self):
        """Bytes of hot-added memory."""
        return self.facts["size"]

    def list_path(self, which):
        """The file with the list of table pages, for "plan" or "map"."""
        return "%s.%s" % (self.path, which)

    def tables(self, which):
        """Physical addresses of the table pages of a list, in its order."""
        pages = array("Q")
        with open(self.list_path(which), "rb") as handle:
            pages.frombytes(handle.read())
        return pages[1:]

    def table_bytes(self, which):
        """Bytes of the table pages in a list."""
        return (os.path.getsize(self.list_path(which)) // 8 - 1) * self.page_size

    def offset(self, pa):
        """The offset in the file of the memory at PA, for an ELF core."""
        return DATA_AT + pa - self.facts["boot_pa"]

    def linear(self, pa):
        """The linear map address of PA."""
        return PAGE_OFFSET + pa - self.facts["memstart"]

    def range(self, size=None):
        """The hot-added memory, or its first SIZE bytes, as a range for the tool."""
        return "%#x+%#x" % (self.facts["hot_pa"], size or self.size)

    def largest_leaf(self):
        """Bytes of the largest leaf of the hot-added memory's linear map."""
        shift = self.page_size.bit_length() - 1
        pmd = 1 << (2 * shift - 3)
        sizes = {"PUD": pmd << (shift - 3), "CONT_PMD": pmd * CONT_PMDS[self.page_size],
                 "PMD": pmd}
        return max([sizes[name] for name in sizes if self.facts["linear"][name]] or [0])


class Cores:
    """Makes a core when it is first needed, and keeps it for the next time."""

    def __init__(self, mkcore, directory, say):
        self.mkcore = mkcore
        self.directory = directory
        self.say = say
        self.known = {}
        self.stamp = self._sources()
        os.makedirs(directory, exist_ok=True)

    @staticmethod
    def _sources():
        """A hash of the generator's sources."""
        digest = hashlib.sha256()
        for name in GENERATOR:
            with open(os.path.join(HERE, name), "rb") as handle:
                digest.update(handle.read())
        return digest.hexdigest()

    def get(self, size, **options):
        """The core with SIZE bytes of hot-added memory and mkcore's other OPTIONS."""
        arguments = ["--size=%d" % size]
        arguments += ["--%s=%s" % (name.replace("_", "-"), options[name])
                      for name in sorted(options)]
        name = "-".join(["%dG" % (size // GIB)] + [str(options[key]) for key in sorted(options)])
        if name not in self.known:
            self.known[name] = self._make(os.path.join(self.directory, name), arguments)
        return self.known[name]

    def _make(self, path, arguments):
        stamp = self.stamp + " " + " ".join(arguments)
        try:
            with open(path + ".stamp", encoding="utf-8") as handle:
                if handle.read() == stamp:
                    return Core(path)
        except OSError:
            pass
        self.say("making %s" % os.path.basename(path))
        if os.path.exists(path):
            os.unlink(path)
        subprocess.run([self.mkcore] + arguments + [path], check=True)
        with open(path + ".stamp", "w", encoding="utf-8") as handle:
            handle.write(stamp)
        return Core(path)
