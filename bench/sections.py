# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of the benchmark: what they measure, and how they report it."""

import json
import shutil
import subprocess

from cores import GIB, KIB, TIB, HERE, size_text
from timing import Records, Spread

MILLI = 1e3
# The ways in which R1 reads: KiB at once, at most.
METHODS = ("4", "16", "64", "256", "1024", "mmap")
# A run of tables, in pages, that is longer than all of them.
TOGETHER = 1 << 20
LEAVES = ("PUD", "CONT_PMD", "PMD", "CONT_PTE", "PTE")
DEBIAN_PYTHON = "/usr/bin/python3"


class Wrong(SystemExit):
    """The tool's answer does not match what was generated, so no figure means anything."""


class Part:
    """What all parts share."""

    def __init__(self, runner, cores, options, page):
        self.runner = runner
        self.cores = cores
        self.quick = options.quick
        self.rounds = options.rounds
        self.page = page

    def timed(self, command):
        """A function that runs COMMAND once under measure."""
        return lambda: self.runner.measure(command)[0]

    def startup_bytes(self):
        """Bytes that the dynamic linker and the like read."""
        return self.runner.measure([self.runner.programs["tool"], "--version"])[0]["bytes"]

    def check_plan(self, core, option="--vmcore"):
        """Check that the plan counts the leaves that were generated."""
        found = self.runner.ask(core, "-r", core.range(), option=option)["ranges"][0]
        for name in ("linear", "vmemmap"):
            if found[name]["leaves"] != core.facts[name] or found[name]["unreadable"]:
                raise Wrong("%s: %s is %r" % (core.path, name, found[name]))
        self._check_verdict(core, found["verdict"])

    def check_map(self, core):
        """Check the same of the map."""
        found = self.runner.ask(core, "--map")["map"]["linear"]
        low, high = core.linear(core.facts["hot_pa"]), core.linear(core.facts["hot_pa"] + core.size)
        counts = dict.fromkeys(LEAVES, 0)
        for run in found:
            if low <= int(run["va"], 16) < high:
                counts[run["level"]] += run["count"]
        if counts != core.facts["linear"]:
            raise Wrong("%s: the map has %r" % (core.path, counts))

    @staticmethod
    def refused(core):
        """Whether the kernel refuses blocks inside a leaf; nothing splits at the edges."""
        return core.largest_leaf() > core.facts["section_size"]

    def _check_verdict(self, core, verdict):
        if verdict != ("not-removable" if self.refused(core) else "removable"):
            raise Wrong("%s: the verdict is %s" % (core.path, verdict))

    def r1(self, core, which, method, threads):
        """A function that runs R1 once."""
        arguments = (core.path, core.list_path(which), method, threads)
        return lambda: self.runner.reference("r1", *arguments)["seconds"]

    def against_r1(self, core, which, command):
        """Rounds of R1 in its forms and of the tool in two forms."""
        commands = {"%s %d" % (method, threads): self.r1(core, which, method, threads)
                    for method in METHODS for threads in (1, 2)}
        commands["pinned"] = self.timed(["taskset", "-c", "0"] + command)
        commands["free"] = self.timed(command)
        return self.runner.rounds(self.rounds, commands)

    @staticmethod
    def best(results, threads):
        """R1 in the best of its forms, by the median, and that form."""
        spreads = {method: Spread(results["%s %d" % (method, threads)]) for method in METHODS}
        method = min(spreads, key=lambda name: spreads[name].median)
        return spreads[method], method if method == "mmap" else method + " KiB"


class Verdict(Part):
    """The verdict alone."""

    GOAL = 1.3

    def machines(self):
        """(name, core, whether it belongs to the series)."""
        by_part = {"map": "pmd", "part": GIB, "part_map": "pages"}
        series = [(GIB, {"map": "pages"}), (16 * GIB, {"map": "pages"})]
        others = []
        if not self.quick:
            series += [(256 * GIB, {"map": "pages"}), (TIB, {"map": "pages"})]
            others = [(TIB, {"map": "pages", "page_size": 16 * KIB}),
                      (TIB, {"map": "pages", "page_size": 64 * KIB}),
                      (16 * TIB, {"map": "cont-pmd"}), (16 * TIB, {"map": "pud"}),
                      (16 * TIB, {"map": "mixed"})]
        series += [(16 * TIB, by_part), (64 * TIB, by_part)]
        return [(self.title(size, how), self.cores.get(size, **how), how, number < len(series))
                for number, (size, how) in enumerate(series + others)]

    @staticmethod
    def title(size, how):
        """The name of a machine in the table."""
        text = "%s, %s" % (size_text(size), how["map"])
        if "part" in how:
            text += ", the first %s %s" % (size_text(how["part"]), how["part_map"])
        if "page_size" in how:
            text += " (%s)" % size_text(how["page_size"])
        return text

    def run(self):
        """One range of 1 GiB on each machine, then all hot-added memory of each."""
        machines = self.machines()
        for _, core, _, _ in machines:
            self.check_plan(core)
        self._ask(machines, GIB, "a range of 1 GiB")
        self._ask(machines, None, "all of the hot-added memory")

    def _ask(self, machines, size, what):
        commands, info = {}, {}
        for name, core, _, _ in machines:
            command = self.runner.tool(core, "-q", "-r", core.range(size))
            commands[name] = self.timed(command)
            info[name] = (self.runner.tables_read(core, ["taskset", "-c", "0"] + command),
                          sum(self.runner.calls(command).values()))
        count = self.rounds * 6 if size else self.rounds
        results = {name: Records(runs)
                   for name, runs in self.runner.rounds(count, commands).items()}
        for name, core, _, _ in machines:
            if any(run["status"] != self.refused(core) for run in results[name].runs):
                raise Wrong("%s: wrong exit status" % name)
        rows = [self._row(name, results[name], info[name]) for name, _, _, _ in machines]
        series = [name for name, _, _, member in machines if member]
        if size:
            self._targets([results[name] for name in series], [info[name] for name in series],
                          what)
        else:
            self.page.target("verdict alone, %s, 64 TiB: time" % what,
                             "< 60 ms",
                             "%.0f ms" % (results[series[-1]].wall.median * MILLI),
                             results[series[-1]].wall.median < 0.06)
        self.page.section("The verdict alone: %s (`-q -r RANGE`)" % what, self._text(size),
                          (["hot-added memory", "ms", "CPU, ms", "peak, MiB", "system calls",
                            "tables read", "bytes read"], rows))

    @staticmethod
    def _text(size):
        if size:
            return ("The cost follows the range: all of its tables are read, in every form of "
                    "output. The machine grows, the question does not: it is about the first GiB. "
                    "Up to 1 TiB, pages map all memory; beyond that, pages map only this GiB, as "
                    "page tables of 64 TiB would be 128 GiB.")
        return ("The question grows with the machine: each table of the range is read, each memory "
                "block's section must exist, and the kernel's check must accept each block.")

    @staticmethod
    def _row(name, records, info):
        tables, calls = info
        return [name, records.wall.milliseconds(), "%.2f" % (records.cpu.median * MILLI),
                "%.1f" % (records.peak / KIB), calls, tables, size_text(records.figure("bytes"))]

    def _targets(self, series, info, what):
        """Check the series, in which only the memory size changes."""
        medians = [records.wall.median for records in series]
        spread = max(medians) / min(medians)
        sizes = "1 GiB to 64 TiB"
        self.page.target("verdict alone, %s, %s: time" % (what, sizes), "largest / smallest <= 1.3",
                         "%.2f" % spread, spread <= self.GOAL)
        cpu = max(records.cpu.median for records in series)
        self.page.target("verdict alone, %s: CPU with start-up" % what, "< 2.5 ms",
                         "%.2f ms" % (cpu * MILLI), cpu < 0.0025)
        tables = max(tables for tables, _ in info)
        # The machines of the series have 4K pages, and the first GiB by pages.
        least = GIB // (4 * KIB) // (4 * KIB // 8)
        self.page.target("verdict alone, %s: table pages" % what,
                         "the range's %d, <= 40 more" % least, tables, tables <= least + 40)


class Walk(Part):
    """A question whose walk reads every table, compared with R1."""

    def compare(self, title, core, which, command):
        """The rows of one question, and the figures that the targets need."""
        results = self.against_r1(core, which, command)
        pinned, free = Records(results["pinned"]), Records(results["free"])
        (one, how_one), (two, how_two) = self.best(results, 1), self.best(results, 2)
        tables = core.table_bytes(which)
        read = free.figure("bytes") - self.startup_bytes()
        row = [title, size_text(tables), one.milliseconds(), how_one,
               two.milliseconds(), how_two,
               pinned.wall.milliseconds(), free.wall.milliseconds(),
               (pinned.wall / one).text(), (free.wall / one).text(), (free.wall / two).text(),
               "%.1f" % (free.peak / KIB), free.figure("reads"), "%.2f" % (read / tables)]
        return row, {"one": pinned.wall / one, "both": free.wall / one, "peak": free.peak / KIB,
                     "bytes": read / tables}

    def ratio(self, name, spread, most):
        """A target: the median of the ratios to R1."""
        self.page.target(name, "<= %.2f x R1" % most, "%.2f x" % spread.median,
                         spread.median <= most)

    HEAD = ["what", "tables", "R1, ms", "by", "R1 2 threads, ms", "by", "tool on one CPU, ms",
            "tool, ms", "one CPU / R1", "tool / R1", "tool / R1 2 threads", "peak, MiB", "reads",
            "bytes read / tables"]


class Plan(Walk):
    """The plan of a large range."""

    def machines(self):
        """(name, core), with the one of the target first."""
        if self.quick:
            return [("64 GiB, pages", self.cores.get(64 * GIB, map="pages"))]
        return [("1 TiB, pages", self.cores.get(TIB, map="pages")),
                ("1 TiB, pages, tables together",
                 self.cores.get(TIB, map="pages", run=TOGETHER)),
                ("1 TiB, CONT pages", self.cores.get(TIB, map="cont-pte")),
                ("1 TiB, pages of 16K", self.cores.get(TIB, map="pages", page_size=16 * KIB)),
                ("1 TiB, pages of 64K", self.cores.get(TIB, map="pages", page_size=64 * KIB)),
                ("16 TiB, 2M", self.cores.get(16 * TIB, map="pmd", part=GIB, part_map="pages")),
                ("64 TiB, 2M", self.cores.get(64 * TIB, map="pmd", part=GIB, part_map="pages")),
                ("16 TiB, mixed", self.cores.get(16 * TIB, map="mixed"))]

    def run(self):
        """Compare each machine with R1."""
        rows, figures = [], []
        for name, core in self.machines():
            self.check_plan(core)
            command = self.runner.tool(core, "-r", core.range())
            row, figure = self.compare(name, core, "plan", command)
            rows.append(row)
            figures.append(figure)
        self._targets([name for name, _ in self.machines()], figures)
        self.page.section("The plan of all hot-added memory (`-r RANGE`)", (self.HEAD, rows))

    def _targets(self, names, figures):
        for name, figure in zip(names, figures):
            if name in ("1 TiB, pages", "1 TiB, pages, tables together", "64 GiB, pages"):
                self.ratio("plan of %s, on one CPU" % name, figure["one"], 1.25)
                self.ratio("plan of %s, on both CPUs" % name, figure["both"], 0.8)
            if name == "64 TiB, 2M":
                self.ratio("plan of %s" % name, figure["both"], 3)
        peak = max(figure["peak"] for figure in figures)
        self.page.target("plan: peak memory", "< 32 MiB", "%.1f MiB" % peak, peak < 32)


class Map(Walk):
    """The whole machine at once."""

    def run(self):
        """Blocks and map, as text and as JSON, compared with R1 over the same tables."""
        size = 256 * GIB if self.quick else 16 * TIB
        core = self.cores.get(size, map="mixed")
        self.check_plan(core)
        self.check_map(core)
        rows, text = [], "%s of mixed leaves" % size_text(size)
        for query in (["--map"], ["--map", "--json"], ["--blocks"], ["--blocks", "--json"]):
            name = " ".join(query)
            row, figure = self.compare("`%s`" % name, core, "map", self.runner.tool(core, *query))
            rows.append(row)
            self.ratio("`%s` over %s: time" % (name, text), figure["both"], self.MOST[name])
            self._targets("`%s` over %s" % (name, text), figure)
        self.page.section("The whole machine (`--map`, `--blocks`), " + text, (self.HEAD, rows))

    # How much slower than R1 with one thread a query may be.
    MOST = {"--map": 1.3, "--blocks": 1.3, "--map --json": 2, "--blocks --json": 2}

    def _targets(self, name, figure):
        self.page.target(name + ": bytes read", "each table once: <= 1.1 x the tables",
                         "%.2f x" % figure["bytes"], figure["bytes"] <= 1.1)
        self.page.target(name + ": streamed", "peak < 32 MiB", "%.1f MiB" % figure["peak"],
                         figure["peak"] < 32)


class Kdump(Part):
    """Compressed dumps, compared with the library alone."""

    def run(self):
        """Each compression."""
        names = ("zlib", "zstd") if self.quick else ("zlib", "zstd", "lzo", "snappy")
        size = (16 if self.quick else 256) * GIB
        rows = [self._one(name, self.cores.get(size, map="pages", format=name)) for name in names]
        self.page.section(
            "kdump-compressed, the plan of %s by pages" % size_text(size),
            "The reference opens the dump, reads the same table pages in the same order with "
            "libkdumpfile, once each, and sums their words. It does so with the library's own "
            "cache of 1024 pages, with a cache of 64, and with the latter in two contexts in two "
            "threads. The target compares with the better of the first two.",
            (["compression", "library, ms", "small cache, ms", "two contexts, ms",
              "tool on one CPU, ms", "tool, ms", "one CPU / library", "tool / library",
              "tool / two contexts", "peak, MiB", "tables", "pages decompressed",
              "verdict of 1 GiB, ms"], rows))

    def _reference(self, core, *arguments):
        return lambda: self.runner.reference("kdref", core.path, core.list_path("plan"),
                                             *arguments)["seconds"]

    def _one(self, name, core):
        self.check_plan(core)
        command = self.runner.tool(core, "-r", core.range())
        results = self.runner.rounds(self.rounds, {
            "library": self._reference(core, 1), "small": self._reference(core, 1, 64),
            "two": self._reference(core, 2, 64),
            "pinned": self.timed(["taskset", "-c", "0"] + command),
            "free": self.timed(command),
            "verdict": self.timed(self.runner.tool(core, "-q", "-r", core.range(GIB)))})
        library, small, two = (Spread(results[key]) for key in ("library", "small", "two"))
        pinned, free = Records(results["pinned"]), Records(results["free"])
        alone = min(library, small, key=lambda spread: spread.median)
        tables, unpacked = len(set(core.tables("plan"))), self.runner.decompressed(command)
        self._targets(name, (pinned.wall / alone).median, (free.wall / alone).median, tables,
                      unpacked, (free.wall / two).median)
        return [name, library.milliseconds(), small.milliseconds(), two.milliseconds(),
                pinned.wall.milliseconds(), free.wall.milliseconds(),
                (pinned.wall / alone).text(), (free.wall / alone).text(),
                (free.wall / two).text(), "%.1f" % (free.peak / KIB), tables, unpacked,
                Records(results["verdict"]).wall.milliseconds()]

    def _targets(self, name, one, both, tables, unpacked, parallel):
        self.page.target("kdump %s: one CPU" % name, "<= 1.3 x the library", "%.2f x" % one,
                         one <= 1.3)
        self.page.target("kdump %s: parallel" % name, "faster than the library's one context",
                         "%.2f x" % both, both < 1)
        self.page.target("kdump %s: both CPUs" % name, "<= 1.1 x two contexts in two threads",
                         "%.2f x" % parallel, parallel <= 1.1)
        # Sections and the kernel's name are read too.
        self.page.target("kdump %s: each page decompressed once" % name,
                         "%d tables, little else" % tables, unpacked,
                         unpacked <= tables * 1.01 + 100)


class Live(Part):
    """The live form, read from a file."""

    def run(self):
        """System calls of a plan, from a dump and from a live core."""
        size = (16 if self.quick else 256) * GIB
        core, small = self.cores.get(size, map="pages"), self.cores.get(GIB, map="pages")
        self.check_plan(core, "--kcore")
        rows = []
        for option in ("--vmcore", "--kcore"):
            rows += [self._row(option, core, small), self._verdict_row(option, core)]
        self.page.section(
            "The live form (`--kcore=FILE`)",
            "These are system calls of the whole process, on the file that `--vmcore` reads. A GiB "
            "mapped by 4K pages has 512 tables. The number per GiB is the difference from a "
            "machine of 1 GiB.",
            (["question", "ms", "system calls", "per GiB by pages", "of these, by name",
              "bytes read / tables"], rows))

    def _row(self, option, core, small):
        command = self.runner.tool(core, "-r", core.range(), option=option)
        calls = self.runner.calls(command)
        fewer = self.runner.calls(self.runner.tool(small, "-r", small.range(), option=option))
        per_gib = ((sum(calls.values()) - sum(fewer.values())) * GIB / (core.size - small.size))
        records = Records(self.runner.rounds(self.rounds, {"it": self.timed(command)})["it"])
        most = sorted(calls, key=calls.get, reverse=True)[:3]
        read = records.figure("bytes") - self.startup_bytes()
        self.page.target("`%s`: system calls per GiB mapped by pages" % option, "stated",
                         "%.1f" % per_gib, None)
        return ["plan of %s by pages, `%s`" % (size_text(core.size), option),
                records.wall.milliseconds(),
                sum(calls.values()), "%.1f" % per_gib,
                ", ".join("%s %d" % (name, calls[name]) for name in most),
                "%.2f" % (read / core.table_bytes("plan"))]

    def _verdict_row(self, option, core):
        command = self.runner.tool(core, "-q", "-r", core.range(GIB), option=option)
        calls = self.runner.calls(command)
        records = Records(self.runner.rounds(self.rounds, {"it": self.timed(command)})["it"])
        most = sorted(calls, key=calls.get, reverse=True)[:3]
        return ["verdict of 1 GiB, `%s`" % option, records.wall.milliseconds(), sum(calls.values()),
                "-", ", ".join("%s %d" % (name, calls[name]) for name in most), "-"]


class Others(Part):
    """What people could use instead."""

    def run(self):
        """libaddrxlat and drgn on the same range, and crash if it could."""
        size = (16 if self.quick else 1024) * GIB
        core = self.cores.get(size, map="pages")
        self.check_plan(core)
        command = self.runner.tool(core, "-r", core.range())
        va = core.linear(core.facts["hot_pa"])
        commands = {"tool": self.timed(command),
                    "addrxlat": lambda: self._addrxlat(core, va)}
        if self.has_drgn():
            commands["drgn"] = lambda: self._drgn(core, va, GIB, core.page_size, 8)
            commands["drgn bulk"] = lambda: self._drgn(core, va, size, GIB, GIB)
        results = self.runner.rounds(min(self.rounds, 3), commands)
        tool = Records(results["tool"]).wall
        leaves = core.facts["linear"]["PTE"]
        rows = [["hotremove-check, the whole plan", tool.milliseconds(),
                 self._per_leaf(tool, leaves), "1"]]
        rows += self._rows(results, tool, leaves, size)
        self.page.section(
            "Other ways to the same leaves: %s by pages" % size_text(size), self._text(),
            (["what", "ms", "ns per leaf", "x the tool's time per leaf"], rows))

    @staticmethod
    def has_drgn():
        """Whether Debian's drgn is installed."""
        return not subprocess.run([DEBIAN_PYTHON, "-c", "import drgn"], check=False,
                                  stderr=subprocess.DEVNULL).returncode

    def _addrxlat(self, core, va):
        found = self.runner.reference("r2", core.path, "%#x" % va, "%#x" % core.size)
        if found["by_reads"][4] != core.facts["linear"]["PTE"]:
            raise Wrong("libaddrxlat counts %r" % found)
        return found["seconds"]

    @staticmethod
    def _drgn(core, va, size, step, length):
        script = "%s/drgn_leaves.py" % HERE
        done = subprocess.run([DEBIAN_PYTHON, script, core.path, "%#x" % va, "%#x" % size,
                               "%#x" % step, "%#x" % length], check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)["seconds"]

    @staticmethod
    def _per_leaf(spread, leaves):
        return spread.text(1e9 / leaves, 1)

    def _rows(self, results, tool, leaves, size):
        rows = []
        step = Spread(results["addrxlat"])
        times = step / tool
        rows.append(["libaddrxlat, translating leaf by leaf", step.milliseconds(),
                     self._per_leaf(step, leaves), times.text(1, 1)])
        self.page.target("leaves of %s by pages: libaddrxlat" % size_text(size),
                         "tool 20 x faster", "%.1f x" % times.median, times.median >= 20)
        if "drgn" not in results:
            self.page.target("the same: drgn", "tool 100 x faster", "not installed", None)
            return rows
        one, part = Spread(results["drgn"]), leaves * GIB // size
        times = Spread(value * leaves / part for value in one.values) / tool
        rows.append(["drgn, address by address in Python; 1 GiB of it", one.milliseconds(),
                     self._per_leaf(one, part), times.text(1, 1)])
        self.page.target("the same: drgn, address by address", "tool 100 x faster",
                         "%.0f x" % times.median, times.median >= 100)
        bulk = Spread(results["drgn bulk"])
        times = bulk / tool
        rows.append(["drgn, a GiB a read: only its walk, without leaves", bulk.milliseconds(),
                     self._per_leaf(bulk, leaves), times.text(1, 1)])
        self.page.target("the same: drgn's walk inside one read, without a result",
                         "(for comparison)", "%.1f x" % times.median, None)
        return rows

    @staticmethod
    def _text():
        crash = "installed" if shutil.which("crash") else "not installed"
        return ("libaddrxlat (from Debian's libkdumpfile) translates one address at a time; the "
                "next address is the one after the leaf. It reads the dump through its own cache, "
                "with `mmap`. drgn is Debian's. It has no function that returns leaves, only reads "
                "of memory that walk the tables. `crash` (%s here) needs the kernel's vmlinux with "
                "debugging information before it looks at a dump (`vtop`). A generated core has "
                "none, so `crash` cannot be measured here." % crash)


SECTIONS = {"verdict": Verdict, "plan": Plan, "map": Map, "kdump": Kdump, "live": Live,
            "others": Others}
