# SPDX-License-Identifier: GPL-2.0-or-later
"""A fixture as memory and as a file, and files with small differences from it."""

import lzma
import os
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
FIXTURES = TESTS / "fixtures"
SUFFIX = ".elf.xz"
sys.path[:0] = [str(FIXTURES)]

import trim                     # noqa: E402  pylint: disable=wrong-import-position

PHOFF_AT, PHNUM_AT = 32, 56     # of e_phoff and e_phnum in the ELF header


@dataclass
class Variant:
    """The changes. PAGES has by physical address a page's other content, or None for a page that
    the dump lacks; the rest is about the file alone."""

    what: str
    pages: dict = field(default_factory=dict)
    patches: list = field(default_factory=list)     # (offset, bytes)
    loads: list = None                              # other PT_LOADs, as (pa, size, offset)
    text: bytes = None                              # another VMCOREINFO
    cut: int = None                                 # the file's length
    lost: dict = field(default_factory=dict)        # what a cut leaves of pages, by address
    focus: tuple = None                             # the physical range that the change is about


class Core:
    """A fixture."""

    def __init__(self, name):
        self.name = name
        self.data = lzma.decompress((FIXTURES / f"{name}{SUFFIX}").read_bytes())
        header = trim.EHDR.unpack_from(self.data, 0)
        self.phoff, self.phnum = header[5], header[10]
        self.loads = []
        for number in range(self.phnum):
            self._add(trim.PHDR.unpack_from(self.data, self.phoff + number * trim.PHDR.size))
        self.text = self._text()
        self.info = trim.Info(self.text)
        self.page = self.info.decimal("PAGESIZE")

    def _add(self, phdr):
        kind, _, offset, _, paddr, filesz, _, _ = phdr
        if kind == trim.PT_NOTE:
            self.note_at, self.note_size = offset, filesz
        else:
            self.loads.append((paddr, filesz, offset))

    def _text(self):
        namesz, descsz, _ = struct.unpack_from("<III", self.data, self.note_at)
        self.text_at = self.note_at + 12 + (namesz + 3 & ~3)
        return self.data[self.text_at:self.text_at + descsz]

    def offset(self, pa):
        """The offset of a physical address in the file, or None."""
        for start, size, offset in self.loads:
            if start <= pa < start + size:
                return offset + pa - start
        return None

    def read(self, pa):
        """The page around a physical address, or None if the core lacks it."""
        at = self.offset(pa & -self.page)
        return None if at is None else self.data[at:at + self.page]

    def lost(self, cut, loads=None):
        """What a file of CUT bytes with some of the PT_LOADs has of the pages that it does not have
        completely, by address; None for nothing."""
        left = self.loads if loads is None else loads
        whole = {pa for start, size, offset in left for pa in range(start, start + size, self.page)
                 if offset + (pa - start) + self.page <= cut}
        lost = dict.fromkeys(set(self.frames()) - whole)
        for start, size, offset in left:
            if offset < cut < offset + size:
                pa = start + (cut - offset) // self.page * self.page
                lost[pa] = self.data[offset + pa - start:cut] or None
        return lost

    def frames(self):
        """The addresses of all pages, ascending."""
        return [pa for start, size, _ in self.loads for pa in range(start, start + size, self.page)]


def without(loads, pa, page):
    """The PT_LOADs without a page."""
    kept = []
    for start, size, offset in loads:
        if not start <= pa < start + size:
            kept.append((start, size, offset))
            continue
        if pa > start:
            kept.append((start, pa - start, offset))
        if pa + page < start + size:
            kept.append((pa + page, start + size - pa - page, offset + pa + page - start))
    return kept


def headers(core, variant, size):
    """What follows a file of SIZE bytes that has other headers than the fixture: the bytes to
    append, and the patches of the ELF header."""
    loads = list(core.loads if variant.loads is None else variant.loads)
    tail = bytearray()
    for pa, content in variant.pages.items():
        if content is None:
            loads = without(loads, pa, core.page)
        elif core.offset(pa) is None:
            loads.append((pa, len(content), size + len(tail)))
            tail += content
    note, note_size = core.note_at, core.note_size
    if variant.text is not None:
        note = size + len(tail)
        tail += struct.pack("<III", 11, len(variant.text), 0) + b"VMCOREINFO\0\0"
        tail += variant.text + b"\0" * (-len(variant.text) % 4)
        note_size = size + len(tail) - note
    phoff = size + len(tail)
    tail += trim.PHDR.pack(trim.PT_NOTE, 0, note, 0, 0, note_size, note_size, 4)
    for pa, length, offset in loads:
        tail += trim.PHDR.pack(trim.PT_LOAD, 4, offset, 0, pa, length, length, 0)
    return bytes(tail), [(PHOFF_AT, struct.pack("<Q", phoff)),
                         (PHNUM_AT, struct.pack("<H", len(loads) + 1))]


class File:
    """A file on disk that takes the shape of one variant after another."""

    def __init__(self, path, content):
        self.path = path
        self.content = content
        path.write_bytes(content)
        self.fd = os.open(path, os.O_RDWR)
        self.changed = []

    def close(self):
        """Close it; the file stays."""
        os.close(self.fd)

    def patch(self, patches, tail=b"", cut=None):
        """Change the file. The cut comes last."""
        for offset, data in patches:
            data = data[:max(0, len(self.content) - offset)]
            os.pwrite(self.fd, data, offset)
            self.changed.append((offset, len(data)))
        if tail:
            os.pwrite(self.fd, tail, len(self.content))
        if cut is not None:
            os.ftruncate(self.fd, cut)
            self.changed.append((cut, len(self.content) - cut))

    def restore(self):
        """Restore the file."""
        os.ftruncate(self.fd, len(self.content))
        for offset, size in self.changed:
            os.pwrite(self.fd, self.content[offset:offset + max(0, size)], offset)
        self.changed.clear()


def write(file, core, variant):
    """Give FILE, made of CORE, the shape of a variant."""
    patches, tail = list(variant.patches), b""
    known = {pa: core.offset(pa) for pa in variant.pages}
    for pa, content in variant.pages.items():
        if content is not None and known[pa] is not None:
            patches.append((known[pa], content))
    moved = any(content is None or known[pa] is None for pa, content in variant.pages.items())
    if moved or variant.loads is not None or variant.text is not None:
        tail, more = headers(core, variant, len(file.content))
        patches += more
    file.patch(patches, tail, variant.cut)
