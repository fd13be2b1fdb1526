# SPDX-License-Identifier: GPL-2.0-or-later
"""Reader of the TLBI plugin's log: which invalidations a memory removal executed, by their cause.

The call stack tells the cause; it is never guessed from the operand. Everything below
`arch_remove_memory()` belongs to the removal; of that, everything below `vmemmap_free()` belongs to
the vmemmap, and the rest to the linear map. Other tasks, user space and interrupts have no such
caller.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

TAG_STACK, TAG_TLBI = 1, 2
MASK = (1 << 64) - 1
# Bits that all addresses of kernel text have, with 47 bits of address space or more. Pointer
# authentication puts something else there.
KERNEL_TEXT = 0x1ffff << 47
REMOVAL, VMEMMAP, INTERRUPT = "arch_remove_memory", "vmemmap_free", "el1h_"
# The functions that write an entry of the root, through a temporary mapping.
ROOT_WRITERS = {"set_swapper_pgd", "__set_fixmap"}
REPEAT_DISTANCE = 16                    # most bytes between a TLBI and its repetition
# (CRm, op2) of the operations that the kernel uses on its own mappings; op1 and CRn are 0 and 8.
SINGLE, RANGE, TABLE, FULL, REPEAT = (3, 7), (2, 7), (3, 3), (3, 0), (3, 5)
KINDS = {SINGLE: "single_ops", RANGE: "range_ops", FULL: "full_flushes", TABLE: "tables"}
PAGE_SHIFT_OF_GRANULE = {1: 12, 2: 14, 3: 16}


@dataclass(frozen=True)
class RangeOp:
    """One decoded operand of a range operation."""
    va: int
    pages: int
    scale: int
    num: int
    granule: int


@dataclass
class Part:
    """What was executed for one map; `low` and `high` bound the addresses of the map that it names.
    `roots`: writes to entries of the root, whose flush of one page names no address of the map."""
    tlbi: int = 0
    roots: int = 0
    counts: Counter = field(default_factory=Counter)
    low: int = MASK
    high: int = 0

    def touch(self, start, end):
        """Widen the range of addresses named so far."""
        self.low, self.high = min(self.low, start), max(self.high, end)


@dataclass
class Call:
    """What one call of `arch_remove_memory()` executed: TLBIs, and tables freed."""
    tlbi: int = 0
    tables: int = 0


@dataclass
class Count:
    """Everything that one removal executed."""
    linear: Part = field(default_factory=Part)
    vmemmap: Part = field(default_factory=Part)
    tables: Part = field(default_factory=Part)
    repeats: int = 0                    # for the erratum; in `tlbi`, not in the kinds
    others: int = 0                     # of other tasks, for the record
    unexpected: Counter = field(default_factory=Counter)
    range_ops: list = field(default_factory=list)
    calls: list = field(default_factory=list)

    @property
    def total(self):
        """Instructions executed for the removal."""
        return self.linear.tlbi + self.vmemmap.tlbi + self.tables.tlbi


class Symbols:
    """Names of kernel text addresses."""

    def __init__(self, kallsyms):
        pairs = sorted((int(words[0], 16), words[2]) for words in
                       (line.split() for line in kallsyms.splitlines()) if len(words) == 3)
        self.addresses = [address for address, _ in pairs]
        self.names = [name for _, name in pairs]

    def name(self, address):
        """The symbol that an address lies in or follows."""
        index = bisect_right(self.addresses, address | KERNEL_TEXT) - 1
        return self.names[index] if index >= 0 else ""


def decode_range(operand, lpa2):
    """Decode the operand of a range operation; BaseADDR has other units under LPA2."""
    base, num, scale = operand & (1 << 37) - 1, operand >> 39 & 31, operand >> 44 & 3
    granule = operand >> 46 & 3
    shift = 16 if lpa2 else PAGE_SHIFT_OF_GRANULE.get(granule, 0)
    va = base << shift
    if va >> (36 + shift):              # bits above are copies of the highest, as in hardware
        va |= MASK ^ ((1 << (37 + shift)) - 1)
    return RangeOp(va, (num + 1) << (5 * scale + 1), scale, num, granule)


def decode_single(operand):
    """The address that an operation on one page or table names."""
    va = (operand & (1 << 44) - 1) << 12
    return va | 0xff << 56 if va >> 55 else va


def records(path, start, end):
    """(stack, instruction, address, operand) for each TLBI between two offsets of a log."""
    with open(path, "rb") as file:
        words = array("Q", file.read(end))
    stack, at, first = (), 0, start // 8
    while at < len(words):
        tag, low = words[at] >> 32, words[at] & 0xffffffff
        if tag == TAG_STACK:
            stack = tuple(words[at + 1:at + 1 + low])
            at += 1 + low
        elif tag == TAG_TLBI:
            if at >= first:
                yield stack, low, words[at + 1], words[at + 2]
            at += 3
        else:
            raise ValueError(f"{path}: no record at {8 * at}")


def operation(instruction):
    """(CRm, op2) of an operation in the usual space, or all four fields of another one."""
    op1, crn = instruction >> 16 & 7, instruction >> 12 & 15
    crm, op2 = instruction >> 8 & 15, instruction >> 5 & 7
    return (crm, op2) if (op1, crn) == (0, 8) else (op1, crn, crm, op2)


class Tally:
    """Sums up a removal, record by record.

    A call of `arch_remove_memory()` takes the vmemmap down first, section by section, and then the
    linear map. So if the vmemmap follows the linear map, another call has begun.
    """

    def __init__(self, symbols, lpa2):
        self.symbols = symbols
        self.lpa2 = lpa2
        self.count = Count()
        self.owners = {}
        self.owner = None               # of the last TLBI
        self.last = None                # (instruction, address, operand) that may be repeated
        self.part = None                # that it belongs to

    def find_owner(self, stack):
        """The map that a call stack works on, None if the stack is not a removal's, and whether it
        writes to the root."""
        if stack not in self.owners:
            names = {self.symbols.name(address) for address in stack}
            interrupted = any(name.startswith(INTERRUPT) for name in names)
            owner = (None if REMOVAL not in names or interrupted else
                     "vmemmap" if VMEMMAP in names else "linear")
            self.owners[stack] = owner, not names.isdisjoint(ROOT_WRITERS)
        return self.owners[stack]

    def is_repeat(self, instruction, address, operand):
        """Whether a TLBI is a repetition: right after itself (old form), or VALE1IS of 0 (new)."""
        if operation(instruction) == REPEAT and operand == 0:
            return True
        if self.last is None:
            return False
        last_instruction, last_address, last_operand = self.last
        same = operation(last_instruction) == operation(instruction) and last_operand == operand
        return same and 0 < address - last_address <= REPEAT_DISTANCE

    def add(self, stack, instruction, address, operand):
        """Take one TLBI into account."""
        owner, root = self.find_owner(stack)
        if owner is None:
            self.count.others += 1
            return
        self._enter(owner)
        self.count.calls[-1].tlbi += 1
        if self.is_repeat(instruction, address, operand):
            self.count.repeats += 1
            self.part.tlbi += 1
            self.last = None
            return
        self.last = (instruction, address, operand)
        self._take(owner, root, operation(instruction), operand)

    def _enter(self, owner):
        if self.owner is None or (owner, self.owner) == ("vmemmap", "linear"):
            self.count.calls.append(Call())
        self.owner = owner

    def _take(self, owner, root, what, operand):
        self.part = self.count.tables if what == TABLE else getattr(self.count, owner)
        self.part.tlbi += 1
        if what not in KINDS:
            self.count.unexpected[what] += 1
            return
        self.part.counts[KINDS[what]] += 1
        if what == TABLE:
            self.count.calls[-1].tables += 1
        if root:
            self.part.roots += 1
        else:
            self._name(what, operand)

    def _name(self, what, operand):
        """Record the addresses that an operand names."""
        if what == RANGE:
            op = decode_range(operand, self.lpa2)
            self.count.range_ops.append(op)
            shift = PAGE_SHIFT_OF_GRANULE.get(op.granule, 0)
            self.part.touch(op.va, op.va + (op.pages << shift))
        elif what != FULL:
            va = decode_single(operand)
            self.part.touch(va, va + 1)


def count_removal(path, window, symbols, lpa2):
    """Count what a removal between two offsets of the log executed."""
    tally = Tally(symbols, lpa2)
    for record in records(path, *window):
        tally.add(*record)
    return tally.count
