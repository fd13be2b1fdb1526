#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage dumps of real kernels in thousands of ways, and check the answers about each.

Every variant is one of tests/fixtures with a little damage. The truth comes from an independent
reading (truth.py) of the undamaged core and of the damaged one. docs/mutation.md has the rule.
"""

import argparse
import json
import multiprocessing
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from core import FIXTURES, SUFFIX, Core, File, Variant, write
from filekinds import ELF, FLATTENED, KDUMP, Kdump, flatten
from judge import IGNORED, OUTCOMES, outcome, ranges
from kinds import MEMORY, Picker
from truth import Layout, View

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "mutation.md"
BEGIN, END = "<!-- figures: written by tests/mutation/run.py -->\n", "<!-- end of figures -->\n"
PASSED_ON = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")
CPU_LIMIT = 20                  # seconds of CPU time for one call
TIMEOUT = 600                   # seconds after which it hangs
MEMORY_LIMIT = 1 << 30          # bytes of address space for it
BULK = 1500                     # ranges of one question about the undamaged core
COMPRESSIONS = ("none", "zlib", "lzo", "snappy", "zstd")
FORMS = (("--summary",), ("--explain",), ())    # beside --json and -q; the last is text
VERDICTS = {0: "removable", 1: "not-removable", 2: "unknown"}
HEADINGS = ("variants", "asked", "forms", *OUTCOMES)
SHOWN = 12                      # findings of one job that are printed


class Misbehaviour(Exception):
    """The program did what it must never do; the text says what."""


def limit_work():
    """Runs in the child, before the program."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 1))


class Program:
    """The program under test."""

    def __init__(self, path, folder, options=()):
        self.path = path
        self.options = options      # of every call
        self.env = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        self.env.update(LC_ALL="C.UTF-8", TMPDIR=str(folder))

    def run(self, *arguments):
        """Run it, and return the status and both outputs."""
        try:
            result = subprocess.run([self.path, *self.options, *arguments], env=self.env,
                                    capture_output=True, timeout=TIMEOUT, check=False,
                                    stdin=subprocess.DEVNULL, preexec_fn=limit_work)
        except subprocess.TimeoutExpired as error:
            raise Misbehaviour("no answer in time") from error
        said = result.stderr.decode("utf-8", "replace")
        if "took more CPU time" in said:
            raise Misbehaviour("no answer in time")
        if result.returncode not in VERDICTS or "Sanitizer" in said or "runtime error" in said:
            raise Misbehaviour(f"status {result.returncode}: {said[:2000]}")
        return result.returncode, result.stdout, said

    def status(self, path, asked, form):
        """The verdict on one range, by the status of another form of output."""
        status, out, _ = self.run(f"--vmcore={path}", *form, f"--range={asked.text}",
                                  *ignore(asked))
        if out and "-q" in form:
            raise Misbehaviour("--quiet prints")
        return VERDICTS[status]

    def ask(self, path, wanted):
        """[(verdict, reasons)] of ranges in one question; None if the dump is refused."""
        status, out, said = self.run(f"--vmcore={path}", "--json", *ignore(wanted[0]),
                                     *(f"--range={asked.text}" for asked in wanted))
        try:
            document = json.loads(out)
        except ValueError as error:
            raise Misbehaviour(f"no JSON, status {status}: {said[:300]}") from error
        if "error" in document:
            if status != 2 or not said:
                raise Misbehaviour(f"refused with status {status}, {said[:300]!r}")
            return None
        found = [(entry["verdict"], {reason["code"] for reason in entry["reasons"]})
                 for entry in document["ranges"]]
        verdicts = {verdict for verdict, _ in found}
        right = 1 if "not-removable" in verdicts else 2 if "unknown" in verdicts else 0
        if len(found) != len(wanted) or status != right:
            raise Misbehaviour(f"status {status}, but the verdicts are {sorted(verdicts)}")
        return found


def altered_by(kind):
    """The reasons that a kind of damage can make disappear, so that no reader can find them."""
    if kind in MEMORY and MEMORY[kind][1]:
        return {"splits-leaf", "malformed-cont", "boot-memory", "guard-veto", "not-present"}
    # The release tells whether a kernel has a check.
    return {"guard-veto"} if kind.startswith("VMCOREINFO") else set()


def ignore(asked):
    """The option for a range."""
    return [f"--ignore={','.join(IGNORED)}"] if asked.fine else []


def told_release(core):
    """The option that says from which release a kernel with a name of its own is built."""
    release = core.info.text("OSRELEASE")
    own = re.fullmatch(r"(\d+\.\d+\.\d+)-\w+-ptdump", release)
    return [f"--kernel-release={own.group(1)}"] if own else []


class Fixture:
    """Everything that jobs on one fixture share."""

    known = {}

    def __init__(self, name):
        self.core = Core(name)
        self.layout = Layout(self.core)
        self.base = View(self.layout)

    @classmethod
    def get(cls, name):
        """The fixture of that name; one at a time is kept."""
        if name not in cls.known:
            cls.known.clear()
            cls.known[name] = cls(name)
        return cls.known[name]


class Job:
    """COUNT variants of one kind of one fixture."""

    def __init__(self, options, name, kind, count):
        self.options = options
        self.kind = kind
        self.tally = Counter()
        self.findings = []
        self.fixture = Fixture.get(name)
        self.folder = Path(tempfile.mkdtemp(dir=options.folder))
        self.program = Program(options.binary, self.folder,
                               told_release(self.fixture.layout.machine))
        self.label = f"{name}, {kind}"
        self.rng = random.Random(f"{options.seed} {name} {kind}")
        self.pick = Picker(self.fixture.base, self.rng)
        self.altering = altered_by(kind)
        self.count = count
        self.file = self.make_file()

    # -- variants -----------------------------------------------------------------------------

    def kdump(self):
        """The fixture as a kdump-compressed file, with one of the compressions."""
        source, target = self.folder / "source", self.folder / "made"
        source.write_bytes(self.fixture.core.data)
        subprocess.run([self.options.mkkdump, f"--compress={self.rng.choice(COMPRESSIONS)}",
                        source, target], check=True, timeout=600)
        return target.read_bytes()

    def make_file(self):
        """The undamaged file."""
        content = self.fixture.core.data
        if self.kind in KDUMP:
            content = self.kdump()
            self.pick.kdump = Kdump(content)
        elif self.kind in FLATTENED:
            content, self.records = flatten(content)
        return File(self.folder / "dump", content)

    def variant(self):
        """The next variant."""
        if self.kind in MEMORY:
            return MEMORY[self.kind][0](self.pick)
        if self.kind in ELF:
            return ELF[self.kind](self.pick)
        if self.kind in KDUMP:
            return Variant("", patches=KDUMP[self.kind](self.pick, self.pick.kdump))
        return Variant("", patches=FLATTENED[self.kind](self.pick, self.file.content,
                                                        self.records))

    # -- truth --------------------------------------------------------------------------------

    def check_truth(self, questions):
        """The undamaged core: the program's answers must be what the tables say."""
        base = self.fixture.base
        for fine in (False, True):
            wanted = sorted({asked for part in questions for asked in part if asked.fine == fine},
                            key=lambda asked: (asked.start, asked.size))
            for at in range(0, len(wanted), BULK):
                part = wanted[at:at + BULK]
                for asked, (verdict, codes) in zip(part, self.program.ask(self.file.path, part)):
                    full = base.reasons(asked.start, asked.size)
                    true = asked.definite(full)
                    right = "not-removable" if true else (
                        "unknown" if asked.all(full) else "removable")
                    if verdict != right or asked.definite(codes) != true:
                        self.find("undamaged", asked, f"{verdict} {sorted(codes)}, "
                                                      f"expected {sorted(true)}")

    def find(self, what, asked, problem):
        """Record a wrong answer."""
        self.tally["wrong"] += 1
        self.note(what, asked, f"wrong: {problem}")

    def note(self, what, asked, problem):
        """Keep something to print."""
        self.findings.append(f"{self.label}, {what}: {asked and asked.text} "
                             f"{'fine ' if asked and asked.fine else ''}{problem}")

    # -- one variant --------------------------------------------------------------------------

    def judge(self, number, variant, asked, view, answer):
        """Count one answer."""
        true = self.fixture.base.reasons(asked.start, asked.size)
        full = view.reasons(asked.start, asked.size)
        if view is self.fixture.base:
            full = full - self.altering
        verdict, reasons = answer
        found = outcome(asked, self.altering, true, full, verdict, reasons)
        self.tally["asked"] += 1
        self.tally[found] += 1
        if found == "wrong" or found in self.options.show:
            self.note(f"number {number} ({variant.what})", asked,
                      f"{found}: {verdict} {sorted(reasons)}, true {sorted(true)}, "
                      f"seen {sorted(full)}")

    def compare_forms(self, number, variant, asked, verdict, other):
        """The status of a question is the same in every form of output."""
        wanted = "unknown" if verdict == "refused" else verdict
        for form in (("-q",), other):
            found = self.program.status(self.file.path, asked, form)
            self.tally["forms"] += 1
            if found != wanted:
                self.find(f"number {number} ({variant.what})", asked,
                          f"{found} with {' '.join(form) or 'text'}, but {verdict} with --json")

    def ask_all(self, number, variant, wanted, view):
        """Ask about a variant that is on disk."""
        answers = {}
        for fine in (False, True):
            part = [asked for asked in wanted if asked.fine == fine]
            given = self.program.ask(self.file.path, part)
            for at, asked in enumerate(part):
                answers[asked] = given[at] if given else ("refused", set())
                self.judge(number, variant, asked, view, answers[asked])
        rng = random.Random(number)
        for asked in rng.sample(wanted, 2):
            self.compare_forms(number, variant, asked, answers[asked][0], rng.choice(FORMS))

    def run(self):
        """Run the whole job."""
        variants = [self.variant() for _ in range(self.count)]
        questions = [ranges(f"{self.label} {number}", self.pick, variant.focus)
                     for number, variant in enumerate(variants)]
        try:
            self.check_truth(questions)
        except Misbehaviour as error:
            self.find("undamaged", None, str(error))
        for number, variant in enumerate(variants):
            if self.options.number not in (None, number):
                continue
            self.tally["variants"] += 1
            view = self.fixture.base
            if variant.pages:
                view = View(self.fixture.layout, variant.pages, self.fixture.base)
            write(self.file, self.fixture.core, variant)
            try:
                self.ask_all(number, variant, questions[number], view)
            except Misbehaviour as error:
                self.find(f"number {number} ({variant.what})", None, str(error))
            if self.options.number is None:
                self.file.restore()
            else:
                print(f"{self.label}, {variant.what}: {self.file.path}")
        self.file.close()
        return self.kind, self.tally, self.findings


def work(job):
    """One job in a worker."""
    options, *what = job
    if options.limit:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return Job(options, *what).run()


def can_limit(binary):
    """Whether the program runs in a small address space; the sanitizers do not."""
    result = subprocess.run([binary, "--version"], capture_output=True, check=False,
                            preexec_fn=lambda: resource.setrlimit(
                                resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT)))
    return result.returncode == 0


def row(cells):
    """A row of the table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(tallies, kinds):
    """The figures by kind."""
    lines = [row(("kind", *HEADINGS)), row(["---"] * (len(HEADINGS) + 1))]
    total = Counter()
    for kind in kinds:
        tally = tallies.get(kind)
        if tally:
            total.update(tally)
            lines.append(row((kind, *(tally[name] for name in HEADINGS))))
    lines.append(row(("all", *(total[name] for name in HEADINGS))))
    return "\n".join(lines) + "\n", total


def update_document(text):
    """Put the figures into docs/mutation.md."""
    old = DOCUMENT.read_text()
    head, rest = old.split(BEGIN)
    DOCUMENT.write_text(head + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


def parse_options():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", metavar="BINARY", type=Path, help="hotremove-check")
    parser.add_argument("--mkkdump", type=Path, metavar="PATH",
                        help="tests/tools/mkkdump; without it no kdump-compressed dumps")
    parser.add_argument("--quick", action="store_true", help="a few variants of each kind")
    parser.add_argument("--count", type=int, metavar="N", help="variants of a kind and fixture")
    parser.add_argument("--seed", default="1", help="another seed gives other variants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    parser.add_argument("--fixture", action="append", help="this fixture only; repeat it for more")
    parser.add_argument("--kind", action="append", help="this kind only; repeat it for more")
    parser.add_argument("--number", type=int, metavar="N",
                        help="this variant only, and leave its file where it is")
    parser.add_argument("--show", action="append", default=[], choices=OUTCOMES,
                        help="print these outcomes too")
    parser.add_argument("--update", action="store_true", help="write the figures to the document")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    options.mkkdump = options.mkkdump and options.mkkdump.resolve()
    options.count = options.count or (1 if options.quick else 10)
    options.limit = can_limit(options.binary)
    return options


def kinds_of(options):
    """The kinds of damage to try."""
    kinds = [*MEMORY, *ELF, *FLATTENED, *(KDUMP if options.mkkdump else ())]
    return [kind for kind in kinds if not options.kind or kind in options.kind]


def fixtures_of(options):
    """The fixtures to damage; for a quick run one of each page size and form."""
    names = sorted(path.name.removesuffix(SUFFIX) for path in FIXTURES.glob(f"*{SUFFIX}"))
    if options.quick and not options.fixture:
        options.fixture = ["6.1-4k48-ptdump-blocks", "6.12-16k-blocks", "7.2-bbml2",
                           "7.2-64k52-ptdump-nolva"]
    return [name for name in names if not options.fixture or name in options.fixture]


def main():
    """Run all jobs and print the results."""
    options = parse_options()
    kinds, tallies, started = kinds_of(options), {}, time.monotonic()
    if not options.limit:
        print("the program needs much address space: its memory is not limited")
    with tempfile.TemporaryDirectory(prefix="hotremove-mutation-") as folder:
        options.folder = folder if options.number is None else tempfile.mkdtemp()
        jobs = [(options, name, kind, options.count)
                for name in fixtures_of(options) for kind in kinds]
        with multiprocessing.Pool(options.jobs) as pool:
            for kind, tally, findings in pool.imap(work, jobs, chunksize=4):
                tallies.setdefault(kind, Counter()).update(tally)
                findings.sort(key=lambda finding: " wrong: " not in finding)
                for finding in findings[:SHOWN]:
                    print(finding, flush=True)
    text, total = table(tallies, kinds)
    print(text)
    print(f"{time.monotonic() - started:.0f} s")
    if options.update:
        update_document(text)
    return 1 if total["wrong"] or not total["asked"] else 0


if __name__ == "__main__":
    sys.exit(main())
