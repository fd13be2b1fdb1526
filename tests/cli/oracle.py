# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program must say about a range, computed from the description of a machine.

It looks at no descriptor: the leaves are those that the description asked for.  The rules are those
of the project's contract, and for the kernel's own guard and teardown those of the kernel.
"""

from dataclasses import dataclass

from layout import MAPS

LEVEL_NAMES = {(1, False): "PUD", (2, True): "CONT_PMD", (2, False): "PMD",
               (3, True): "CONT_PTE", (3, False): "PTE"}
MAX_RANGE_PAGES = 1 << 21
FLUSH_KEYS = ("flushes", "tlbi", "range_ops", "single_ops", "full_flushes")


@dataclass(frozen=True)
class Model:
    """How the kernel behaves: the values that --assume can set."""

    teardown: str = "batched"
    flush: str = "range-ops"
    guard: str = "requested"
    tlbi_range: bool = True
    lpa2: bool = False
    calls: str = ""     # what the machine suggests
    root_flush: bool = True     # not set by --assume: the tables and the release decide

    def option(self):
        """The --assume option that asks for this model."""
        calls = ",calls=" + self.calls if self.calls else ""
        return ("--assume=teardown=%s,flush=%s,guard=%s,tlbi-range=%d,repeat-tlbi=0%s"
                % (self.teardown, self.flush, self.guard, self.tlbi_range, calls))


class MapView:
    """Questions about the leaves of one map."""

    def __init__(self, layout):
        self.layout = layout
        self.geometry = layout.geometry
        self.broken = self._broken_groups()
        self.cont_spans = self._cont_spans()

    def _cont_spans(self):
        """Stretches of entries that all carry the CONT bit: (level, start, end)."""
        spans = []
        for run in self.layout.runs:
            if run.cont and spans and (spans[-1][0], spans[-1][2]) == (run.level, run.va):
                spans[-1] = (run.level, spans[-1][1], run.end)
            elif run.cont:
                spans.append((run.level, run.va, run.end))
        return spans

    def _broken_groups(self):
        """Aligned groups in which only some of the members carry the CONT bit: {(level, va)}."""
        broken = set()
        for run in self.layout.runs:
            if not run.cont:
                continue
            group = self.geometry.cont_size(run.level)
            for start in {run.va & -group, (run.end - 1) & -group}:
                members = sum(part.touching(start, start + group)[1]
                              - part.touching(start, start + group)[0]
                              for part in self.layout.between(start, start + group)
                              if part.cont and part.level == run.level)
                if members < self.geometry.members(run.level):
                    broken.add((run.level, start))
        return broken

    def broken_at(self, va):
        """The start of the malformed group in which VA lies, or None."""
        for level in (2, 3):
            start = va & -self.geometry.cont_size(level)
            if (level, start) in self.broken:
                return start
        return None

    def touches_broken(self, start, end):
        """Whether [start, end) shares a byte with a malformed group."""
        return any(base < end and base + self.geometry.cont_size(level) > start
                   for level, base in self.broken)

    def leaf(self, va):
        """The whole leaf at VA as (name, va, pa, size), or None.  Not for malformed groups."""
        run = self.layout.covering(va)
        if run is None:
            return None
        size = self.geometry.cont_size(run.level) if run.cont else run.size
        start = va & -size
        return LEVEL_NAMES[run.level, run.cont], start, run.pa + start - run.va, size

    def covered(self, va):
        """Whether a leaf lies at VA: memory that exists is mapped, or the tables are wrong."""
        return self.layout.covering(va) is not None

    def splits(self, va):
        """Whether an edge at VA would cut a leaf or a group in two."""
        group = self.broken_at(va)
        if group is not None and group != va:
            return True
        run = self.layout.covering(va)
        if run is None:
            return False
        whole = run.cont and group is None
        return va % (self.geometry.cont_size(run.level) if whole else run.size) != 0

    def kernel_splits(self, va):
        """The kernel's own test (7.1 and later): alignment first, then the entry itself.

        An invalid entry with the marker of 7.0 counts as present there; one without does not.
        """
        geo = self.geometry
        run = self.layout.covering(va)
        if run is None or run.state == "invalid":
            return False
        if run.level < 2:
            return va % run.size != 0
        if va % geo.cont_size(run.level) == 0:
            return False
        return run.cont or va % run.size != 0

    def count(self, start, end):
        """Leaves wholly inside [start, end) by name, and the mapped bytes."""
        leaves = {name: 0 for name in ("PUD", "CONT_PMD", "PMD", "CONT_PTE", "PTE")}
        mapped = 0
        for run in self.layout.between(start, end):
            low, high = max(run.va, start), min(run.end, end)
            mapped += high - low
            name = LEVEL_NAMES[run.level, False]
            if run.cont:
                leaves[name] += self._loose_members(run, low, high)
            else:
                leaves[name] += _whole(low, high, run.size)
        for level, low, high in self.cont_spans:
            leaves[LEVEL_NAMES[level, True]] += _whole(max(low, start), min(high, end),
                                                       self.geometry.cont_size(level))
        return leaves, mapped

    def _loose_members(self, run, low, high):
        """CONT entries of a run in [low, high) whose group is malformed: they count singly."""
        group = self.geometry.cont_size(run.level)
        return sum(_whole(max(low, base), min(high, base + group), run.size)
                   for base in {run.va & -group, (run.end - 1) & -group}
                   if (run.level, base) in self.broken)

    def entries(self, start, end):
        """Runs with entries that share a byte with [start, end), cut down to those entries."""
        return [run.cut(*run.touching(start, end)) for run in self.layout.between(start, end)]

    def unreadable(self, start, end):
        """Bytes of [start, end) whose tables cannot be read."""
        spans = sorted(self.layout.unreadable)
        return sum(max(0, min(end, high) - max(start, low)) for low, high in spans)

    def wrong_output(self, start, end):
        """Whether a leaf in [start, end) leads to memory that it should not lead to."""
        return any(run.state == "wrong-pa" for run in self.layout.between(start, end))

    def freed_tables(self, start, end, floor, ceiling):
        """Tables that the kernel frees after it has cleared the leaves of [start, end), and the
        entries of the root that it clears: those that led to freed tables, and leaves in it.
        """
        freed, root_level = 0, self.geometry.root_level
        in_root = sum(run.count for run in self.entries(start, end) if run.level == root_level)
        for level in range(self.geometry.root_level + 1, 4):
            span = self.geometry.table_span(level)
            for base in self._tables(level, span, start, end):
                stop = min(end, base + span)
                limit = ceiling & -span
                inside = base >= floor and limit and stop - 1 <= limit - 1
                if inside and self._emptied(base, base + span, start, end):
                    freed += 1
                    in_root += level == root_level + 1
        return freed, in_root

    def _tables(self, level, span, start, end):
        """Base addresses of the existing tables of LEVEL that share a byte with the range."""
        bases = set()
        for run in self.layout.between(start & -span, (end + span - 1) & -span):
            if run.level >= level:
                low, high = max(run.va, start & -span), min(run.end, (end + span - 1) & -span)
                bases.update(range(low & -span, high, span))
        return bases

    def _emptied(self, low, high, start, end):
        """Whether every leaf entry of [low, high) is cleared when [start, end) is."""
        for run in self.layout.between(low, high):
            first, last = run.touching(low, high)
            gone_first, gone_last = run.touching(start, end)
            if first < gone_first or last > gone_last:
                return False
        return True


def _whole(low, high, size):
    """Aligned pieces of SIZE wholly inside [low, high)."""
    return max(0, high // size - -(-low // size))


class Flusher:
    """Counts the TLBIs of kernel range flushes."""

    def __init__(self, model, page_size):
        self.model = model
        self.page = page_size
        self.max_ops = page_size // 8
        self.counts = dict.fromkeys(FLUSH_KEYS, 0)
        self.range_ops = []

    def flush(self, start, size, times=1):
        """TIMES flushes of SIZE bytes each; only a single one records its range ops."""
        singles, ranges, full = self._decompose(start, size // self.page)
        self.counts["flushes"] += times
        self.counts["single_ops"] += singles * times
        self.counts["range_ops"] += len(ranges) * times
        self.counts["full_flushes"] += full * times
        self.counts["tlbi"] += (singles + len(ranges) + full) * times
        self.range_ops.extend(ranges)

    def _decompose(self, start, pages):
        """(single ops, range ops, full flushes) of one flush."""
        if self.model.flush == "page-loop":
            return (0, [], 1) if pages > self.max_ops else (pages, [], 0)
        if not self.model.tlbi_range:
            return (0, [], 1) if pages >= self.max_ops else (pages, [], 0)
        if pages > MAX_RANGE_PAGES:
            return 0, [], 1
        return self._range_algorithm(start, pages)

    def _range_algorithm(self, va, left):
        """The descending-scale loop; LPA2 needs a base aligned to 64 KiB for a range op."""
        singles, ranges, scale = 0, [], 3
        while left:
            if left == 1 or (self.model.lpa2 and va % 65536):
                singles += 1
                va, left = va + self.page, left - 1
                continue
            units = min(left >> (5 * scale + 1), 32)
            if units:
                pages = units << (5 * scale + 1)
                ranges.append({"va": "%#x" % va, "pages": pages, "scale": scale,
                               "num": units - 1})
                va, left = va + pages * self.page, left - pages
            scale -= 1
        return singles, ranges, 0


class Oracle:
    """Answers for one machine under one model."""

    def __init__(self, layout, model):
        self.layout = layout
        self.kernel = layout.kernel
        self.model = model
        self.views = {name: MapView(layout.maps[name]) for name in MAPS}

    def spans(self, start, size):
        """The virtual ranges of both maps for a physical range, in contract order."""
        return [(name, self.views[name]) + self.layout.span(name, start, size) for name in MAPS]

    def sections(self, start, size):
        """The regions of the sections that the range covers, None for each that does not exist."""
        step = self.kernel.section_size
        return [self.layout.sections.get(number)
                for number in range(start // step, (start + size - 1) // step + 1)]

    # -- verdict ------------------------------------------------------------------------------

    def reasons(self, start, size):
        """The set of (code, map, edge); map and edge only where the contract has them."""
        found = set()
        step = self.kernel.section_size
        if start % step or size % step:
            found.add(("misaligned", None, None))
        regions = self.sections(start, size)
        if None in regions:
            found.add(("not-present", None, None))
        if any(region is not None and region.boot for region in regions):
            found.add(("boot-memory", None, None))
        for name, view, low, high in self.spans(start, size):
            found |= self._map_reasons(name, view, low, high)
            if self.model.calls == "block" and self._inner_splits(name, start, size):
                found.add(("splits-leaf", name, None))
            if any(region is not None and not region.boot and not view.covered(va)
                   for region, va in ((regions[0], low), (regions[-1], high - 1))):
                found.add(("unreadable", None, None))
        if not any(code == "splits-leaf" for code, _, _ in found):
            if any(self._vetoed(block) for block in self.blocks(start, size)):
                found.add(("guard-veto", None, None))
        return found

    def _inner_splits(self, name, start, size):
        """Whether one call for each memory block would split a leaf between two of them."""
        step = self.kernel.section_size
        return any(self.views[name].splits(self.layout.span(name, block, step)[0])
                   for block in range(start - start % step + step, start + size, step))

    def _map_reasons(self, name, view, low, high):
        found = set()
        for edge, va in (("start", low), ("end", high)):
            if view.splits(va):
                found.add(("splits-leaf", name, edge))
        if view.touches_broken(low, high):
            found.add(("malformed-cont", name, None))
        wrong = name == "linear" and view.wrong_output(low, high)
        if wrong or view.unreadable(low, high):
            found.add(("unreadable", None, None))
        return found

    @staticmethod
    def verdict(reasons):
        """The verdict that follows from a set of reasons."""
        codes = {code for code, _, _ in reasons}
        if not codes:
            return "removable"
        return "unknown" if codes == {"unreadable"} else "not-removable"

    # -- guard --------------------------------------------------------------------------------

    def blocks(self, start, size):
        """Start addresses of the existing memory blocks that share a byte with the range."""
        step = self.kernel.section_size
        return [number * step for number in range(start // step, (start + size - 1) // step + 1)
                if number in self.layout.sections]

    def guard_of(self, block):
        """(outcome, rule) of offlining one memory block."""
        if self.layout.sections[block // self.kernel.section_size].boot:
            return "refuses", "boot-memory"
        if self.model.guard == "none":
            return "none", None
        start, size = self._offlined(block)
        tested = start + size if self.model.guard == "next-range" else start
        for name, view, low, high in self.spans(tested, size):
            if view.kernel_splits(low) or view.kernel_splits(high):
                return "refuses", "splits-" + name
        unsafe = any(view.splits(low) or view.splits(high)
                     for _, view, low, high in self.spans(block, self.kernel.section_size))
        return ("accepts-unsafely" if unsafe else "accepts"), None

    def _offlined(self, block):
        """The range that offlining tests: without the block's own struct pages, if it has them."""
        kernel = self.kernel
        size = kernel.section_size
        own = 0
        if self.layout.sections[block // size].memmap_on_memory:
            own = size // kernel.page_size * kernel.struct_page_size
        return block + own, size - own

    def _vetoed(self, block):
        """Whether the leaf check stands in the way: only online blocks go offline."""
        if not self.layout.sections[block // self.kernel.section_size].online:
            return False
        return self.guard_of(block)[1] in ("splits-linear", "splits-vmemmap")

    def guard(self, start, size):
        """The guard object for a range of whole, existing, online blocks."""
        blocks = []
        for block in self.blocks(start, size):
            outcome, rule = self.guard_of(block)
            blocks.append({"name": "memory%d" % (block // self.kernel.section_size),
                           "start": "%#x" % block,
                           "end": "%#x" % (block + self.kernel.section_size - 1),
                           "outcome": outcome, "rule": rule})
        outcomes = {block["outcome"] for block in blocks}
        order = ("refuses", "accepts-unsafely", "accepts", "none")
        return {"outcome": next(name for name in order if name in outcomes), "blocks": blocks}

    # -- counts -------------------------------------------------------------------------------

    def mapping(self, start, size):
        """The `linear` and `vmemmap` objects."""
        result = {}
        for name, view, low, high in self.spans(start, size):
            leaves, mapped = view.count(low, high)
            unreadable = view.unreadable(low, high)
            result[name] = {"mapped": mapped, "unmapped": high - low - mapped - unreadable,
                            "unreadable": unreadable, "leaves": leaves}
        return result

    # -- teardown -----------------------------------------------------------------------------

    def teardown(self, start, size):
        """The `teardown` object."""
        wide = self.model.teardown == "batched-wide"
        tables, in_root = self._tables(start, size)
        cleared = tables, in_root
        batched, ops = self._plan(start, size, cleared, "batched-wide" if wide else "batched")
        per_leaf, _ = self._plan(start, size, cleared, "per-leaf")
        return {"model": self.model.teardown, "batched": batched, "per_leaf": per_leaf,
                "range_ops": ops, "calls": self._calls(start, size),
                "root_entries": {**in_root, "flushed": self.model.root_flush}}

    def _tables(self, start, size):
        """How many tables are freed, and the entries of the root that are cleared, by map."""
        kernel = self.kernel
        limits = {"linear": (kernel.page_offset, kernel.page_end),
                  "vmemmap": (kernel.vmemmap_start, kernel.vmemmap_end)}
        found = {name: view.freed_tables(low, high, *limits[name])
                 for name, view, low, high in self.spans(start, size)}
        return (sum(freed for freed, _ in found.values()),
                {name: in_root for name, (_, in_root) in found.items()})

    def _calls(self, start, size):
        """What one arch_remove_memory() covers, how many calls there are, and how that is known."""
        step = self.kernel.section_size
        region = self.layout.sections.get(start // step)
        altmap = region is not None and region.memmap_on_memory and start % step == 0
        value = self.model.calls or ("block" if altmap else "range")
        count = (start + size - 1) // step - start // step + 1 if value == "block" else 1
        source = "option" if self.model.calls else "memmap-on-memory" if altmap else "assumed"
        return {"value": value, "count": count, "from": source}

    def _plan(self, start, size, cleared, form):
        """One of the two forms, and its range ops."""
        tables, in_root = cleared
        (_, linear, low, high), (_, vmemmap, vlow, vhigh) = self.spans(start, size)
        first, second = (Flusher(self.model, self.kernel.page_size) for _ in MAPS)
        if form == "per-leaf":
            for run in linear.entries(low, high):
                first.flush(run.va, self.kernel.page_size, run.count)
        else:
            self._flush_linear(first, start, low, high)
        for run in vmemmap.entries(vlow, vhigh):
            if form == "batched-wide":
                for va in range(run.va, run.end, run.size):
                    second.flush(va, run.size)
            else:
                second.flush(run.va, self.kernel.page_size, run.count)
        if self.model.root_flush:
            first.flush(low, self.kernel.page_size, in_root["linear"])
            second.flush(vlow, self.kernel.page_size, in_root["vmemmap"])
        return self._sum(first, second, tables), first.range_ops + second.range_ops

    def _flush_linear(self, flusher, start, low, high):
        """One flush for each arch_remove_memory() call."""
        step = self.kernel.section_size
        by_block = self._calls(start, high - low)["value"] == "block"
        while low < high:
            end = min(high, low + step - start % step) if by_block else high
            flusher.flush(low, end - low)
            low, start = end, start + end - low

    @staticmethod
    def _sum(linear, vmemmap, tables):
        """A plan from its parts: a flush has two DSBs and an ISB, and a freed table is a flush."""
        flushes = linear.counts["flushes"] + vmemmap.counts["flushes"] + tables
        return {"linear": linear.counts, "vmemmap": vmemmap.counts,
                "tables": {"freed": tables, "tlbi": tables},
                "total": {"tlbi": linear.counts["tlbi"] + vmemmap.counts["tlbi"] + tables,
                          "dsb": 2 * flushes, "isb": flushes}}

    # -- nearest ------------------------------------------------------------------------------

    def removable(self, start, size):
        """Whether there is no reason against a range."""
        return not self.reasons(start, size)

    def largest_inside(self, start, size):
        """Size of the largest removable range inside, by trying all ranges; 0 if there is none."""
        step = self.kernel.section_size
        first, last = -(-start // step), (start + size) // step
        for count in range(last - first, 0, -1):
            for number in range(first, last - count + 1):
                if self.removable(number * step, count * step):
                    return count * step
        return 0

    def smallest_around(self, start, size, reach=64):
        """Size of the smallest removable range that holds this one; 0 if there is none."""
        step = self.kernel.section_size
        first, last = start // step, -(-(start + size) // step)
        for count in range(last - first, last - first + reach):
            for number in range(max(0, last - count), first + 1):
                if self.removable(number * step, count * step):
                    return count * step
        return 0
