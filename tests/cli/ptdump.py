# SPDX-License-Identifier: GPL-2.0-or-later
"""A layout as the text of /sys/kernel/debug/kernel_page_tables, and that text read back.

The writer goes through the upper half of the address space as a kernel does: it notes each slot of
each table, and prints a line whenever level or attributes change or a marker is due.  `Style` has
the differences between kernels.  The reader knows nothing about the writer; it checks both the
writer and the fixtures.
"""

import bisect
import random
import re
from dataclasses import dataclass, replace

from arm64 import release_tuple, u64
from image import IMAGE_PAGES
from layout import MAPS, Layout, Machine

TOP = 1 << 64
MIB, GIB = 1 << 20, 1 << 30
UNITS = "KMGTPE"
TYPE_NAMES = ("DEVICE/nGnRnE", "DEVICE/nGnRE", "DEVICE/GRE", "MEM/NORMAL-NC", "MEM/NORMAL",
              "MEM/NORMAL-TAGGED")


# -- what differs between kernels -----------------------------------------------------------------

@dataclass(frozen=True)
class Style:
    """How the kernels of one family print.

    BLOCK_BY_TYPE: BLK means that both type bits say block, not that bit 1 is clear.
    STATIC_NAMES: the name of a level follows from the number of levels alone.  LATE_MARKERS: the
    markers of vmemmap, PCI I/O and fixmap come in the order of 6.9 and later.  FROM_ZERO: the
    first line begins at address 0 and has no marker before it, as in some kernels between 5.10
    and 6.0.  WHOLE_BASE: the dump begins at PAGE_OFFSET even if fewer VA bits are in use.
    """

    name: str
    block_by_type: bool = False
    static_names: bool = False
    late_markers: bool = False
    from_zero: bool = False
    whole_base: bool = False


STYLES = {
    "5.10": Style("5.10", static_names=True),
    "5.15": Style("5.15", static_names=True),
    "6.12": Style("6.12", late_markers=True),
    "6.14": Style("6.14", late_markers=True, block_by_type=True),
}


def style_of(release):
    """The style of a release."""
    version = release_tuple(release)[:2]
    name = ("5.10" if version < (5, 11) else "5.15" if version < (6, 9)
            else "6.12" if version < (6, 14) else "6.14")
    return STYLES[name]


def styles_of(release):
    """All the styles in which kernels of a release, patched or not, are known to print."""
    style = style_of(release)
    if not style.static_names:
        return [style]
    return [style, replace(style, from_zero=True), replace(style, whole_base=True)]


def markers(kernel, style):
    """The (address, name) pairs of a kernel, in file order."""
    geo = kernel.geometry
    modules = u64(-(1 << (geo.va_bits_min - 1)))
    found = [(kernel.page_offset, "Linear Mapping start"), (kernel.page_end, "Linear Mapping end")]
    if style.name == "5.10":
        modules += 128 * MIB
        found += [(modules - 128 * MIB, "BPF start"), (modules, "BPF end")]
    room = 2 * GIB if release_tuple(kernel.release)[:2] >= (6, 5) else 128 * MIB
    vmemmap = (kernel.vmemmap_start, kernel.vmemmap_end)
    found += [(modules, "Modules start"), (modules + room, "Modules end"),
              (modules + room, "vmalloc() area")]
    if style.late_markers:
        first = kernel.struct_page(kernel.pa_of(kernel.linear_floor))
        return found + [(first - 8 * MIB, "vmalloc() end"), (first, "vmemmap start"),
                        (vmemmap[1], "vmemmap end"), (TOP - GIB + 8 * MIB, "PCI I/O start"),
                        (TOP - GIB + 24 * MIB, "PCI I/O end"),
                        (TOP - 14 * MIB - 0xd3000, "Fixmap start"), (TOP - 8 * MIB, "Fixmap end")]
    # The fixmap lies below PCI I/O and both lie below the vmemmap; 5.10 leaves smaller gaps.
    if style.name == "5.10":
        pud = geo.size(2 if geo.config_levels == 2 else 1)
        pci, gap, last = vmemmap[0] - 2 * MIB, 2 * MIB, TOP - pud - kernel.vmemmap_size - 65536
    else:
        pci, gap, last = vmemmap[0] - 8 * MIB, 8 * MIB, vmemmap[0] - 256 * MIB
    fixmap = pci - 16 * MIB - gap
    return found + [(last, "vmalloc() end"), (fixmap - 5 * MIB, "Fixmap start"),
                    (fixmap, "Fixmap end"), (pci - 16 * MIB, "PCI I/O start"),
                    (pci, "PCI I/O end"), (vmemmap[0], "vmemmap start"),
                    (vmemmap[1], "vmemmap end")]


# -- lines ----------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Attributes:
    """The meaning of the tokens of a mapped entry."""

    valid: bool = True
    read_only: bool = False
    executable: bool = False
    shared: bool = True
    not_global: bool = False
    cont: bool = False
    block: bool = False
    guarded: bool = False
    type: str = "MEM/NORMAL-TAGGED"
    # Bits that are compared but never shown, such as half of a high address under LPA2.
    hidden: int = 0

    def tokens(self):
        """The text after the level: each token after one blank, and blanks for an absent one."""
        words = (" " if self.valid else "F", "   ", "ro" if self.read_only else "RW",
                 "x " if self.executable else "NX", "SHD" if self.shared else "   ", "AF",
                 "NG" if self.not_global else "  ", "CON" if self.cont else "   ",
                 "BLK" if self.block else "   ", "UXN", "GP" if self.guarded else "  ", self.type)
        return "".join(" " + word for word in words)


@dataclass(frozen=True)
class Line:
    """One line of addresses; LEVEL is the architecture's, ATTRIBUTES is None for a hole."""

    start: int
    end: int
    level: int
    name: str
    attributes: Attributes = None

    def text(self):
        """The line as the kernel prints it."""
        size, unit = (self.end - self.start) >> 10, 0
        while size % 1024 == 0 and unit < len(UNITS) - 1:
            size, unit = size >> 10, unit + 1
        tokens = self.attributes.tokens() if self.attributes else ""
        return "0x%016x-0x%016x   %9d%s %s%s" % (self.start, u64(self.end), size, UNITS[unit],
                                                 self.name, tokens)


@dataclass(frozen=True)
class Marker:
    """A marker line."""

    name: str

    def text(self):
        """The line as the kernel prints it."""
        return "---[ %s ]---" % self.name


class Printer:
    """The state that a kernel keeps while it prints: the open line and the next marker."""

    def __init__(self, marks, style, root_level):
        self.marks = marks
        self.at = 0
        self.lines = []
        self.open = None
        if style.from_zero:
            self.open = (0, root_level, "PGD", None, False)

    def _due(self, va):
        return self.at + 1 < len(self.marks) and va >= self.marks[self.at + 1][0]

    def _mark(self):
        self.at += 1
        self.lines.append(Marker(self.marks[self.at][1]))

    def _close(self, va):
        start, level, name, attributes, lost = self.open
        if not lost:
            self.lines.append(Line(start, va, level, name, attributes))

    def note(self, va, level, name, attributes, lost=False):
        """One slot of a table.  A slot that is LOST gets no line."""
        new = (va, level, name, attributes, lost)
        if self.open is None:
            self.open = new
            self.lines.append(Marker(self.marks[0][1]))
        elif new[1:] != self.open[1:] or self._due(va):
            self._close(va)
            if self._due(va):
                self._mark()
            self.open = new
        if self._due(va):
            self._mark()

    def span(self, va, end, step, *what):
        """All the slots of [VA, END); only those at which a marker is due make a difference."""
        self.note(va, *what)
        while self.at + 1 < len(self.marks):
            va = max(va + step, -(-self.marks[self.at + 1][0] // step) * step)
            if va >= end:
                break
            self.note(va, *what)

    def finish(self):
        """The last line ends where the address space does."""
        self._close(TOP)
        return self.lines


# -- the writer -----------------------------------------------------------------------------------

@dataclass(frozen=True)
class Piece:
    """Neighbouring leaves with the same attributes, or tables that were lost."""

    va: int
    end: int
    level: int
    attributes: Attributes = None
    lost: bool = False


class Writer:
    """The text of a layout's page tables, and of what lies around the two maps.

    With a SEED permissions and types vary, so that runs are cut into several lines.
    """

    def __init__(self, layout, style=None, seed=None):
        self.layout = layout
        self.kernel = layout.kernel
        self.geometry = layout.kernel.geometry
        self.style = style or style_of(self.kernel.release)
        self.random = random.Random(seed)
        self.varied = seed is not None
        self.pieces = sorted(self._pieces(), key=lambda piece: piece.va)
        self.tables = self._tables()

    @property
    def base(self):
        """Where the dump begins."""
        return self.kernel.page_offset if self.style.whole_base else self.kernel.linear_floor

    def lines(self):
        """The dump as Line and Marker objects."""
        printer = Printer(markers(self.kernel, self.style), self.style, self.geometry.root_level)
        at = self.base
        for piece in self.pieces:
            self._hole(printer, at, piece.va)
            printer.span(piece.va, piece.end, self.geometry.size(piece.level), piece.level,
                         self.level_name(piece.level, piece.attributes is None),
                         piece.attributes, piece.lost)
            at = piece.end
        self._hole(printer, at, TOP)
        return printer.finish()

    def text(self):
        """The dump as text."""
        return as_text(self.lines())

    def level_name(self, level, hole):
        """The kernel's name for a level: the first one is PGD, even if it has another name too."""
        two_levels = self.geometry.config_levels == 2
        if level == self.geometry.root_level and (hole or self.style.static_names
                                                  or not two_levels):
            return "PGD"
        return {0: "P4D", 1: "PUD", 2: "PMD", 3: "PTE"}[level]

    # -- leaves -------------------------------------------------------------------------------

    def _pieces(self):
        found = list(self._outside())
        for name in MAPS:
            for run in self.layout.maps[name].runs:
                found += self._split(name, run)
            for start, end in self.layout.maps[name].unreadable:
                found.append(Piece(start, min(end, TOP), 3, lost=True))
        return self._without_overlap(found)

    @staticmethod
    def _without_overlap(pieces):
        """Tables that were lost may have described the same addresses for both maps."""
        lost = [piece for piece in pieces if piece.lost]
        kept = [piece for piece in pieces
                if not piece.lost and not any(gone.va < piece.end and piece.va < gone.end
                                              for gone in lost)]
        return kept + list({gone.va: gone for gone in lost}.values())

    def _split(self, name, run):
        """A run with one or several sets of attributes; a group has only one set."""
        unit = self.geometry.members(run.level) if run.cont else 1
        cuts = {0, run.count}
        if run.count >= 4 * unit and self._perhaps(0.5):
            for _ in range(self.random.randint(1, 3)):
                cuts.add(self.random.randrange(run.count) // unit * unit)
        cuts = sorted(cuts)
        for first, last in zip(cuts, cuts[1:]):
            part = run.cut(first, last)
            yield Piece(part.va, part.end, part.level, self._attributes(name, part))

    def _perhaps(self, chance):
        """True now and then, if attributes vary."""
        return self.varied and self.random.random() < chance

    def _attributes(self, name, run):
        """Attributes that fit the state of a run, and otherwise any that kernels use."""
        shared, hidden = True, 0
        if self.geometry.lpa2:
            # Bits 9:8 of a descriptor are bits 51:50 of the address; they show if both are set.
            hidden = run.pa >> 50 & 3
            shared = hidden == 3
        read_only = self._perhaps(0.3)
        kind = "MEM/NORMAL" if read_only or name == "vmemmap" else "MEM/NORMAL-TAGGED"
        return Attributes(valid=run.state in ("valid", "reserved"), read_only=read_only,
                          shared=shared, not_global=self._not_global(run), cont=run.cont,
                          block=self._block(run), type=kind, hidden=hidden)

    def _not_global(self, run):
        if run.state in ("invalid", "marked"):
            return run.state == "marked"
        return self._perhaps(0.2)

    def _block(self, run):
        """Whether BLK shows for the type bits that the generator writes for a run's state."""
        valid = run.state in ("valid", "reserved")
        bit_one = run.level == 3 and run.state != "reserved"
        return not bit_one and (valid or not self.style.block_by_type)

    def _outside(self):
        """The kernel image, a device, a device tree and, as almost always, per-CPU memory."""
        page = self.kernel.page_size
        start = self.kernel.image_base
        code = Attributes(read_only=True, executable=True, type="MEM/NORMAL", guarded=True)
        yield Piece(start, start + IMAGE_PAGES // 2 * page, 3, code)
        yield Piece(start + IMAGE_PAGES // 2 * page, start + IMAGE_PAGES * page, 3,
                    Attributes(type="MEM/NORMAL"))
        found = dict((name, va) for va, name in markers(self.kernel, self.style))
        device = found["PCI I/O start"]
        yield Piece(device, device + 65536, 3, Attributes(type="DEVICE/nGnRE"))
        fixed = found["Fixmap end"] - 2 * MIB
        yield Piece(fixed, fixed + page, 3, Attributes(read_only=True, type="MEM/NORMAL"))
        # With fewer VA bits in use than configured, the vmemmap could begin here.
        if self.geometry.va_bits == self.geometry.va_actual and not self._perhaps(0.3):
            last = (found["vmalloc() end"] & -page) - 4 * page
            yield Piece(last, last + page, 3, Attributes(type="MEM/NORMAL"))

    # -- holes --------------------------------------------------------------------------------

    def _tables(self):
        """Bases of the tables of each level, in order, whatever faults have done to leaves."""
        whole = Layout(Machine(self.kernel, self.layout.machine.regions, [],
                               self.layout.machine.seed))
        spans = [(run.va, run.end, run.level) for name in MAPS for run in whole.maps[name].runs]
        spans += [(piece.va, piece.end, piece.level) for piece in self.pieces if not piece.lost]
        tables = {}
        for level in range(self.geometry.root_level + 1, 4):
            span = self.geometry.table_span(level)
            bases = set()
            for start, end, leaf_level in spans:
                if leaf_level >= level:
                    bases.update(range(start & -span, end, span))
            tables[level] = sorted(bases)
        return tables

    def _hole(self, printer, va, end):
        """Empty slots of the lowest table that there is for each address of [VA, END)."""
        while va < end:
            level, stop = self._slot_row(va, end)
            printer.span(va, stop, self.geometry.size(level), level,
                         self.level_name(level, True), None)
            va = stop

    def _slot_row(self, va, end):
        """(level, end) of the empty slots in one table from VA on."""
        level, limit = self.geometry.root_level, end
        while level < 3 and self._has_table(level + 1, va):
            level += 1
            span = self.geometry.table_span(level)
            limit = min(limit, (va & -span) + span)
        if level < 3:
            below = self.tables[level + 1]
            place = bisect.bisect_right(below, va)
            if place < len(below):
                limit = min(limit, below[place])
        return level, limit

    def _has_table(self, level, va):
        base = va & -self.geometry.table_span(level)
        place = bisect.bisect_left(self.tables[level], base)
        return place < len(self.tables[level]) and self.tables[level][place] == base


def as_text(lines):
    """Lines and markers as one text."""
    return "".join(line.text() + "\n" for line in lines)


# -- what mail does to a text ---------------------------------------------------------------------

def wrapped(text, width=72, flowed=False):
    """Lines broken at a blank; the rest of the tokens begins the next line.

    FLOWED keeps all blanks before the break except one.
    """
    result = []
    for line in text.splitlines():
        at = line.rfind(" ", 0, width + 1) if len(line) > width else -1
        if at > 0 and line[:at].strip():
            head = line[:at] if flowed else line[:at].rstrip()
            result += [head, line[at:].lstrip()]
        else:
            result.append(line)
    return "\n".join(result) + "\n"


def quoted(text, prefix="> "):
    """Every line after a prefix."""
    return "".join(prefix + line + "\n" for line in text.splitlines())


def crlf(text):
    """The line ends of another system."""
    return text.replace("\n", "\r\n")


def chatty(text):
    """Prose before, between and after the lines."""
    lines = text.splitlines()
    middle = len(lines) // 2
    words = ["Hello,", "", "this is from the second machine; 12G of RAM, 4 CPUs:", "",
             "# cat /sys/kernel/debug/kernel_page_tables"]
    return "\n".join(words + lines[:middle] + ["[...]", "", "Now for the rest (0x10 lines):"]
                     + lines[middle:] + ["", "-- ", "the reporter"]) + "\n"


DAMAGES = {
    "quoted": quoted,
    "quoted twice": lambda text: quoted(quoted(text, ">"), "> "),
    "quoted without a blank": lambda text: quoted(text, ">>"),
    "wrapped": wrapped,
    "wrapped and quoted": lambda text: quoted(wrapped(text), ">>> "),
    "quoted and wrapped": lambda text: wrapped(quoted(text)),
    "flowed and quoted": lambda text: quoted(wrapped(text, flowed=True), ">> "),
    "wrapped early": lambda text: wrapped(text, 62),
    "crlf": crlf,
    "wrapped, crlf": lambda text: crlf(wrapped(text)),
    "indented": lambda text: quoted(text, "    "),
    "indented by a tab": lambda text: quoted(text, "\t"),
    "prose around": chatty,
    "prose, wrapped and quoted": lambda text: quoted(wrapped(chatty(text))),
    "blank lines between": lambda text: text.replace("\n", "\n\n"),
    "trailing blanks": lambda text: text.replace("\n", "   \n"),
    "no end of line": lambda text: text.rstrip("\n"),
    "squeezed": lambda text: re.sub(r" +", " ", text),
}


# -- the reader -----------------------------------------------------------------------------------

ADDRESSES = re.compile(r"^[>\s|]*0x([0-9a-f]{16})-0x([0-9a-f]{16})\s+(\d+)([KMGTPE])\s+(\S+)(.*)$")


@dataclass(frozen=True)
class Parsed:
    """The content of a line of addresses."""

    start: int
    end: int
    size: int
    name: str
    words: tuple

    @property
    def mapped(self):
        """Whether it describes leaves."""
        return bool(self.words)


def read_back(text):
    """The lines of addresses in a text, wrapped ones joined, as Parsed objects in file order."""
    found = []
    for line in text.splitlines():
        match = ADDRESSES.match(line)
        words = line.lstrip("> \t").split()
        if match:
            start, end, size, unit, name, rest = match.groups()
            found.append(Parsed(int(start, 16), int(end, 16) or TOP,
                                int(size) << 10 * (UNITS.index(unit) + 1), name,
                                tuple(rest.rstrip("| ").split())))
        elif words and found and words[-1] in TYPE_NAMES:
            found[-1] = replace(found[-1], words=found[-1].words + tuple(words))
    return found
