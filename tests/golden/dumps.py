# SPDX-License-Identifier: GPL-2.0-or-later
"""A fixture as a dump of every kind: whole, without single pages, cut short, and overwritten."""

import io
import lzma
import struct
import subprocess
from functools import cached_property
from pathlib import Path

import avml
import trim
from profiles import ONE_OF
from program import PATIENCE, Program
from ranges import BOOT, RANGES
from reference import Reference

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SUFFIX, TEXT_SUFFIX = ".elf.xz", ".ptdump.xz"

# Where files are cut: in each header, in the tables after them, and near the end.
CUTS_HEAD = (0, 1, 4, 8, 15, 16, 63, 64, 100, 300, 463, 464, 4095, 4096, 4100, 4111, 4112, 4150,
             4200, 4400, 5000, 8192, 12288)
CUTS_TAIL = (4097, 4096, 500, 33, 32, 31, 17, 16, 15, 8, 1)

SCRATCHES = 24              # places along a file that are overwritten, one at a time
SCRATCH = b"\xff" * 700


def names_of(chosen, with_text):
    """The fixtures, with or without the kernel's own text, of which some may be chosen."""
    names = sorted(path.name.removesuffix(SUFFIX) for path in FIXTURES.glob(f"*{SUFFIX}"))
    return [name for name in names if (FIXTURES / f"{name}{TEXT_SUFFIX}").exists() == with_text
            and (not chosen or name in chosen)]


def flatten(source, target, chunk=64 << 10):
    """A file in makedumpfile's flattened format, with the pieces last to first, as is allowed."""
    content = source.read_bytes()
    with open(target, "wb") as out:
        out.write(struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0"))
        for at in reversed(range(0, len(content), chunk)):
            piece = content[at:at + chunk]
            out.write(struct.pack(">qq", at, len(piece)) + piece)
        out.write(struct.pack(">qq", -1, -1))


class Fixture:
    """A core of tests/fixtures, unpacked as NAME.elf, and what becomes of it in its folder.

    Files are named relative to the folder, so that paths are the same everywhere.
    """

    def __init__(self, name, folder, path, read):
        self.name = name
        self.folder = folder
        self.program = Program(path, folder, read=read)
        self.core = f"{name}.elf"
        content = lzma.decompress((FIXTURES / f"{name}{SUFFIX}").read_bytes())
        (folder / self.core).write_bytes(content)
        self.reference = Reference(io.BytesIO(content))

    def ask(self, names, *options):
        """Ask about all ranges in a dump of one or more files."""
        return self.program.run(*(f"--vmcore={name}" for name in names),
                                *(f"--range={asked.text}" for asked in RANGES), *options)

    def save(self, names, path, *options):
        """Save a snapshot of all of it."""
        return self.program.run(*(f"--vmcore={name}" for name in names), f"--save-tables={path}",
                                "-q", *options)

    def document(self, names):
        """The same with a document as the answer."""
        return self.program.document(*(f"--vmcore={name}" for name in names),
                                     *(f"--range={asked.text}" for asked in RANGES))

    @cached_property
    def answer(self):
        """The document about the core itself."""
        return self.document([self.core])


class Maker:
    """Makes dumps of a fixture in its folder."""

    def __init__(self, mkkdump, fixture):
        self.mkkdump = mkkdump
        self.folder = fixture.folder
        self.core = fixture.core
        self.reference = fixture.reference

    def kdump(self, target, *options, parts=1, core=None):
        """Make a kdump-compressed dump, and return the names of its files."""
        subprocess.run([self.mkkdump, *options, f"--split={parts}", core or self.core, target],
                       cwd=self.folder, check=True, timeout=PATIENCE)
        return [f"{target}.{i}" for i in range(parts)] if parts > 1 else [target]

    def remembered(self):
        """The memory as (pa, bytes), and in it the page with VMCOREINFO that trim.py left out."""
        dump, page = self.reference.dump, self.reference.machine.page
        runs = [(pa, dump.read(pa, size)) for pa, size, _ in dump.loads]
        used = {pa for start, memory in runs for pa in range(start, start + len(memory), page)}
        free = next(pa for pa in range(*BOOT, page) if pa not in used)
        return [*runs, (free, dump.vmcoreinfo()[1].rstrip(b"\0").ljust(page, b"\0"))]

    def bare_elf(self):
        """That memory as an ELF core without a note."""
        runs, at = self.remembered(), 4096
        headers, content = [trim.PHDR.pack(trim.PT_NOTE, 0, at, 0, 0, 0, 0, 4)], []
        for pa, memory in runs:
            headers.append(trim.PHDR.pack(trim.PT_LOAD, 4, at, 0, pa, len(memory), len(memory), 0))
            content.append(memory)
            at += len(memory)
        head = trim.EHDR.pack(b"\x7fELF\x02\x01\x01".ljust(16, b"\0"), 4, 183, 1, 0, 64, 0, 0, 64,
                              56, len(headers), 0, 0, 0)
        (self.folder / "bare.elf").write_bytes(
            (head + b"".join(headers)).ljust(4096, b"\0") + b"".join(content))
        return ["bare.elf"]

    def bare_kdump(self, *options, parts=1):
        """The same as a kdump-compressed dump."""
        return self.kdump("bare", *options, parts=parts, core=self.bare_elf()[0])

    def lime(self):
        """That memory as a LiME file."""
        (self.folder / "lime").write_bytes(b"".join(
            struct.pack("<IIQQQ", 0x4c694d45, 1, pa, pa + len(memory) - 1, 0) + memory
            for pa, memory in self.remembered()))
        return ["lime"]

    def raw(self):
        """All boot memory as it is, with zeros where the core has nothing."""
        with open(self.folder / "raw", "wb") as out:
            for pa, memory in self.remembered():
                assert BOOT[0] <= pa < pa + len(memory) <= BOOT[1]
                out.seek(pa - BOOT[0])
                out.write(memory)
            out.truncate(BOOT[1] - BOOT[0])
        return [f"raw@{BOOT[0]:#x}"]

    def elf(self):
        """The core itself, under another name."""
        (self.folder / "copy.elf").write_bytes((self.folder / self.core).read_bytes())
        return ["copy.elf"]

    def avml(self):
        """The memory of the core as AVML writes it, and a page with what its note has."""
        (self.folder / "memory.avml").write_bytes(avml.file_of(self.remembered()))
        return ["memory.avml"]

    def flattened_elf(self):
        """The core itself, flattened."""
        flatten(self.folder / self.core, self.folder / "flat.elf")
        return ["flat.elf"]


def absence_problem(entry, wanted, needed, touched):
    """What is wrong with the answer for a range when a page is missing from the dump."""
    unreadable = any(reason["code"] == "unreadable" for reason in entry["reasons"])
    if unreadable:
        definite = any(reason["code"] != "unreadable" for reason in entry["reasons"])
        right = "not-removable" if definite else "unknown"
        return "" if touched and entry["verdict"] == right else (
            f"{entry['verdict']} with unreadable, expected "
            + (right if touched else wanted["verdict"]))
    if needed:
        return f"{entry['verdict']} without unreadable, although a page that it needs is missing"
    # The nearest range also depends on the memory around the range.
    same = dict(entry, nearest=None) == dict(wanted, nearest=None)
    return "" if same else "another answer, although its pages are all there"


def cuts(size):
    """The lengths to which a file of SIZE bytes is cut."""
    lengths = {*CUTS_HEAD, *(size - tail for tail in CUTS_TAIL),
               *(size * part // 8 for part in range(1, 8))}
    return sorted(length for length in lengths if 0 <= length < size)[::ONE_OF]


def refusal_problem(result):
    """What is wrong with a refusal: it must be status 2 and one line on standard error."""
    lines = result.message.splitlines()
    if result.returncode == 2 and len(lines) == 1 and not result.stdout:
        return ""
    return (f"status {result.returncode}, {len(result.stdout)} bytes of output, "
            f"standard error {result.stderr[:300]!r}")


def scratch_problem(result):
    """What is wrong with the answer for an overwritten dump. Boot memory and the hole are among
    the ranges, so the ranges are never all removable."""
    if result.returncode not in (1, 2):
        return f"status {result.returncode}, standard error {result.stderr[:300]!r}"
    if result.returncode == 2 and not result.stdout:
        return refusal_problem(result)
    return f"standard error {result.stderr[:300]!r}" if result.stderr else ""
