# SPDX-License-Identifier: GPL-2.0-or-later
"""A fixture as a dump of every kind: whole, without single pages, cut short, and overwritten."""

import itertools
import struct
import subprocess

from program import refusal_problem
from ranges import BIG, RANGES

COMPRESSIONS = ("none", "zlib", "lzo", "snappy", "zstd")
BLOCK_SIZES = (4096, 16384, 65536)
SPLITS = (1, 3)

# Where files are cut: in each header, in the tables after them, and near the end.
CUTS_HEAD = (0, 1, 4, 8, 15, 16, 63, 64, 100, 300, 463, 464, 4095, 4096, 4100, 4111, 4112, 4150,
             4200, 4400, 5000, 8192, 12288)
CUTS_TAIL = (4097, 4096, 500, 33, 32, 31, 17, 16, 15, 8, 1)

SCRATCHES = 24              # places along a file that are overwritten, one at a time
SCRATCH = b"\xff" * 700


def flatten(source, target, chunk=64 << 10):
    """A file in makedumpfile's flattened format, with the pieces last to first, as is allowed."""
    content = source.read_bytes()
    with open(target, "wb") as out:
        out.write(struct.pack(">16sqq", b"makedumpfile", 1, 1).ljust(4096, b"\0"))
        for at in reversed(range(0, len(content), chunk)):
            piece = content[at:at + chunk]
            out.write(struct.pack(">qq", at, len(piece)) + piece)
        out.write(struct.pack(">qq", -1, -1))


class Maker:
    """Makes dumps of the core NAME.elf in the program's folder."""

    def __init__(self, mkkdump, program, name):
        self.mkkdump = mkkdump
        self.program = program
        self.folder = program.folder
        self.core = f"{name}.elf"

    def kdump(self, target, *options, parts=1):
        """Make a kdump-compressed dump, and return the names of its files."""
        subprocess.run([self.mkkdump, *options, f"--split={parts}", self.core, target],
                       cwd=self.folder, check=True, timeout=600)
        return [f"{target}.{i}" for i in range(parts)] if parts > 1 else [target]

    def flattened_elf(self):
        """The core itself, flattened."""
        flatten(self.folder / self.core, self.folder / "flat.elf")
        return ["flat.elf"]


def compare(tally, what, maker, names, wanted, wanted_format):
    """A dump in another format gives the same answers as the ELF core."""
    try:
        document = maker.program.document(names, RANGES)
    except ValueError as error:
        tally.check(what, str(error))
        return
    differing = [key for key in ("ranges", "kernel") if document[key] != wanted[key]]
    tally.check(what, f"{' and '.join(differing)} differ from the ELF core" if differing else "")
    tally.equal(f"{what}: source", document["source"],
                {"kind": "vmcore", "path": names[0], "format": wanted_format})


def check_formats(tally, maker, wanted):
    """Every compression, block size, number of files and arrangement."""
    compare(tally, f"{maker.core} flattened", maker, maker.flattened_elf(), wanted,
            "flattened-elf")
    names = maker.kdump("qemu", "--machine=Unknown", "--block-size=65536", "--flatten")
    compare(tally, f"{maker.core} as QEMU writes it", maker, names, wanted, "flattened-kdump")
    for compression, block, parts, flat in itertools.product(COMPRESSIONS, BLOCK_SIZES, SPLITS,
                                                             (False, True)):
        options = [f"--compress={compression}", f"--block-size={block}"]
        names = maker.kdump("dump", *options, *["--flatten"] * flat, parts=parts)
        what = f"{maker.core} {compression}, blocks of {block}, {parts} files"
        compare(tally, what + ", flattened" * flat, maker, names, wanted,
                "flattened-kdump" if flat else "kdump")


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


def check_absence(tally, maker, compression, page, wanted, uses):
    """Leave one page out. USES says for a range whether it (needs, may read) the page."""
    names = maker.kdump("dump", f"--compress={compression}", f"--exclude={page:#x}")
    what = f"{maker.core} {compression} without the page at {page:#x}"
    try:
        document = maker.program.document(names, RANGES)
    except ValueError as error:
        tally.check(what, str(error))
        return
    for asked, entry, before in zip(RANGES, document["ranges"], wanted["ranges"]):
        tally.check(f"{what}: {asked.text}", absence_problem(entry, before, *uses(asked)))


def check_absences(tally, maker, reference, wanted):
    """Leave out each table on the way to the 1 GiB in both maps, and the sections."""
    tables = {asked: reference.tables(asked) for asked in RANGES}
    way = set()
    for name in ("linear", "vmemmap"):
        low, _ = reference.span(name, BIG.start, BIG.size)
        way |= reference.way(low, low + 1)
    for compression, page in itertools.product(("none", "zlib"), sorted(way)):
        check_absence(tally, maker, compression, page, wanted,
                      lambda asked, page=page: tuple(page in pages for pages in tables[asked]))
    for page in reference.section_pages():
        check_absence(tally, maker, "lzo", page, wanted, lambda asked: (True, True))


def cuts(size):
    """The lengths to which a file of SIZE bytes is cut."""
    lengths = {*CUTS_HEAD, *(size - tail for tail in CUTS_TAIL),
               *(size * part // 8 for part in range(1, 8))}
    return sorted(length for length in lengths if 0 <= length < size)


def check_cuts(tally, maker, what, names):
    """Cut the last file of a dump: the program must refuse each length."""
    path = maker.folder / names[-1]
    content = path.read_bytes()
    for length in cuts(len(content)):
        path.write_bytes(content[:length])
        result = maker.program.ask(names, RANGES)
        tally.check(f"{maker.core} {what}, cut to {length} of {len(content)} bytes",
                    refusal_problem(result))


def scratch_problem(result):
    """What is wrong with the answer for an overwritten dump. Boot memory and the hole are among
    the ranges, so the ranges are never all removable."""
    if result.returncode not in (1, 2):
        return f"status {result.returncode}, standard error {result.stderr[:300]!r}"
    if result.returncode == 2 and not result.stdout:
        return refusal_problem(result)
    return f"standard error {result.stderr[:300]!r}" if result.stderr else ""


def check_scratches(tally, maker, what, names):
    """Overwrite parts of a dump's only file: whatever it holds, there must be an answer or a
    refusal."""
    path = maker.folder / names[0]
    content = path.read_bytes()
    for number in range(SCRATCHES):
        at = len(content) * number // SCRATCHES
        path.write_bytes((content[:at] + SCRATCH + content[at + len(SCRATCH):])[:len(content)])
        result = maker.program.ask(names, RANGES)
        tally.check(f"{maker.core} {what}, overwritten at {at} of {len(content)} bytes",
                    scratch_problem(result))


def check_damage(tally, maker):
    """Cut and overwrite a dump of every kind at many places."""
    for compression in COMPRESSIONS:
        option = f"--compress={compression}"
        check_cuts(tally, maker, compression, maker.kdump("cut", option))
        check_scratches(tally, maker, compression, maker.kdump("scratched", option))
    check_scratches(tally, maker, "flattened", maker.kdump("scratched", "--flatten"))
    check_cuts(tally, maker, "split", maker.kdump("cut", parts=3))
    check_cuts(tally, maker, "in blocks of 64K", maker.kdump("cut", "--block-size=65536"))
    check_cuts(tally, maker, "flattened kdump", maker.kdump("cut", "--flatten"))
    check_cuts(tally, maker, "flattened", maker.flattened_elf())
    check_cuts(tally, maker, "itself", [maker.core])


def check_missing_part(tally, maker, wanted):
    """A split set without one of its files: that must not make anything removable or absent."""
    for missing in range(3):
        names = maker.kdump("part", parts=3)
        del names[missing]
        what = f"{maker.core} without file {missing} of 3"
        try:
            document = maker.program.document(names, RANGES)
        except ValueError:
            tally.check(what, refusal_problem(maker.program.ask(names, RANGES)))
            continue
        for asked, entry, before in zip(RANGES, document["ranges"], wanted["ranges"]):
            tally.check(f"{what}: {asked.text}", absence_problem(entry, before, False, True))
