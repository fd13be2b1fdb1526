# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether an answer about a damaged dump is acceptable."""

import random
from dataclasses import dataclass

from truth import BOOT_HOLE, UNREADABLE

# If these are left out of the verdict, edges may be at any page, in boot memory too.
IGNORED = ("misaligned", "boot-memory", "guard-veto")

OUTCOMES = ("same", "unknown", "refused", "by damage", "other", "undetectable", "wrong")


@dataclass(frozen=True)
class Asked:
    """A range, and whether the reasons IGNORED are left out."""

    start: int
    size: int
    fine: bool

    @property
    def text(self):
        """The arguments for the program."""
        return f"{self.start:#x}+{self.size:#x}"

    def definite(self, codes):
        """Those of some reasons that make a verdict."""
        left = codes - {UNREADABLE, BOOT_HOLE}
        return left - set(IGNORED) if self.fine else left

    def all(self, codes):
        """Those of some reasons that speak against removable."""
        return codes - set(IGNORED) if self.fine else codes - {BOOT_HOLE}


def outcome(asked, altering, true, seen, verdict, reasons):
    """The value of an answer. TRUE has the reasons in the undamaged kernel, SEEN those that an
    independent reading of the damaged dump finds, REASONS those that were given. ALTERING
    has the reasons that the damage can make disappear by itself."""
    true, definite = asked.definite(true), asked.definite(seen)
    if verdict == "removable":
        if asked.all(seen):
            return "wrong"
        if true:
            return "undetectable" if true <= altering else "wrong"
        return "same"
    if verdict == "not-removable":
        if true:
            return "same"
        if definite & reasons:
            return "by damage"
        return "other"
    return verdict


def clip(start, end, region, page):
    """A range cut down to a region and to pages, as (start, size), or None."""
    start, end = max(start & -page, region[0]), min(-(-end // page) * page, region[1])
    return (start, end - start) if end > start else None


def fine_ranges(rng, pick, focus, count):
    """Ranges with edges in, at and around the damage."""
    layout, page = pick.layout, pick.core.page
    start, end = focus
    region = pick.region(start)
    start, end = max(start, region[0]), min(end, region[1])
    if end <= start:
        start, end = region
    units = [page, *(layout.size[level] * layout.members[level] for level in (2, 3)),
             *(layout.size[level] for level in (2, 1))]
    found = set()
    for _ in range(count * 4):
        middle = rng.randrange(start, end, page)
        middle = rng.choice((middle, middle & -rng.choice(units)))
        unit = rng.choice(units)
        places = sorted(rng.sample((start, end, middle, start - unit, end + unit, middle + unit,
                                    region[0], region[1]), 2))
        piece = clip(*places, region, page)
        if piece:
            found.add(piece)
        if len(found) == count:
            break
    return [Asked(*piece, True) for piece in sorted(found)]


def block_ranges(rng, pick, focus, count):
    """Ranges of whole memory blocks, mostly of the added memory."""
    block, (low, high) = pick.layout.block, pick.hot
    start, end = focus
    around = clip(start & -block, -(-end // block) * block, pick.region(start), block)
    found = {(low, high - low)}
    if around:
        found.add(around)
        if around[0] + around[1] < high and around[0] >= low:
            found.add((around[0] + around[1], high - around[0] - around[1]))
        if low < around[0] < high:
            found.add((low, around[0] - low))
    first = rng.randrange(low, high, block)
    found.add((first, block))
    while len(found) < count:
        first, last = sorted(rng.sample(range(low, high + block, block), 2))
        found.add((first, last - first))
    if rng.random() < 0.2:
        first = rng.randrange(*pick.boot, block)
        found.add((first, block))
    return [Asked(*piece, False) for piece in sorted(found)]


def ranges(seed, pick, focus):
    """The questions about a variant."""
    rng = random.Random(seed)
    focus = focus or rng.choice((pick.hot, pick.hot, pick.boot))
    return block_ranges(rng, pick, focus, 6) + fine_ranges(rng, pick, focus, 8)
