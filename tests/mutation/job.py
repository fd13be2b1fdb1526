# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged variants of one dump, questions about them, and what is wrong with the answers."""

import random
import re
import resource
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from core import FIXTURES, SUFFIX, Core, File, Variant, write
from filekinds import (AVML, COMPRESSED, ELF, FLATTENED, KDUMP, PACKED_AVML, PACKERS, Avml, Kdump,
                       Packed, compress, flatten)
from judge import IGNORED, outcome, ranges
from kinds import MEMORY, Picker
from program import PATIENCE, Misbehaviour, Program
from truth import Layout, View

CPU_LIMIT = 20                  # seconds of CPU time for one call
MEMORY_LIMIT = 1 << 30          # bytes of address space for it
BULK = 1500                     # ranges of one question about the undamaged core
COMPRESSIONS = ("none", "zlib", "lzo", "snappy", "zstd")
FORMS = (("--summary",), ("--explain",), ())    # beside --json and -q; the last is text
VERDICTS = {0: "removable", 1: "not-removable", 2: "unknown"}
# For a quick run: one of each page size and form.
QUICK = ("6.1-4k48-ptdump-blocks", "6.12-16k-blocks", "7.2-64k52-ptdump-nolva", "7.2-bbml2")


def limit_work():
    """Runs in the child, before the program."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT + 1))


def limit_all():
    """The same with a limit of memory."""
    limit_work()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def can_limit(binary):
    """Whether the program runs in a small address space; the sanitizers do not."""
    result = subprocess.run([binary, "--version"], capture_output=True, check=False,
                            preexec_fn=limit_all)
    return result.returncode == 0


def fixtures():
    """The dumps that there are."""
    return sorted(path.name.removesuffix(SUFFIX) for path in FIXTURES.glob(f"*{SUFFIX}"))


def kinds(with_kdump=True):
    """The kinds of damage."""
    return [*MEMORY, *ELF, *FLATTENED, *COMPRESSED, *AVML, *PACKED_AVML,
            *(KDUMP if with_kdump else ())]


def run(program, *arguments):
    """Run the program, which must have an answer about anything, and soon."""
    result = program.run(*arguments)
    if "exceeded its CPU time limit" in result.message:
        raise Misbehaviour("no answer in time")
    if result.returncode not in VERDICTS:
        raise Misbehaviour(f"status {result.returncode}: {result.message[:2000]}")
    return result


def status_of(program, path, asked, form):
    """The verdict on one range, by the status of another form of output."""
    result = run(program, f"--vmcore={path}", *form, f"--range={asked.text}", *ignore(asked))
    if result.stdout and "-q" in form:
        raise Misbehaviour("--quiet prints")
    return VERDICTS[result.returncode]


def answers_of(program, path, wanted):
    """[(verdict, reasons)] of ranges in one question; None if the dump is refused."""
    result = run(program, f"--vmcore={path}", "--json", *ignore(wanted[0]),
                 *(f"--range={asked.text}" for asked in wanted))
    try:
        document = program.read(result.text)
    except (ValueError, AssertionError) as error:
        raise Misbehaviour(f"no JSON, status {result.returncode}: {error} "
                           f"{result.message[:300]}") from error
    if "error" in document:
        if result.returncode != 2 or not result.stderr:
            raise Misbehaviour(f"refused with status {result.returncode}, {result.stderr[:300]!r}")
        return None
    found = [(entry["verdict"], {reason["code"] for reason in entry["reasons"]})
             for entry in document["ranges"]]
    verdicts = {verdict for verdict, _ in found}
    right = 1 if "not-removable" in verdicts else 2 if "unknown" in verdicts else 0
    if len(found) != len(wanted) or result.returncode != right:
        raise Misbehaviour(f"status {result.returncode}, but the verdicts are {sorted(verdicts)}")
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
    """COUNT variants of one kind of one fixture.

    OPTIONS has `binary`, `mkkdump`, `limit`, `folder`, `seed`, `number`, `show` and `read`.
    """

    def __init__(self, options, name, kind, count):
        self.options = options
        self.kind = kind
        self.tally = Counter()
        self.findings = []
        self.fixture = Fixture.get(name)
        self.folder = Path(tempfile.mkdtemp(dir=options.folder))
        self.program = Program(options.binary, self.folder,
                               told_release(self.fixture.layout.machine),
                               limit_all if options.limit else limit_work, options.read)
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
                        source, target], check=True, timeout=PATIENCE)
        return target.read_bytes()

    def make_file(self):
        """The undamaged file."""
        content = self.fixture.core.data
        if self.kind in KDUMP:
            content = self.kdump()
            self.pick.kdump = Kdump(content)
        elif self.kind in FLATTENED:
            content, self.records = flatten(content, self.rng)
        elif self.kind in AVML | PACKED_AVML:
            content = compress(self.fixture.core)
            self.records = Avml(content)
        if self.kind in COMPRESSED | PACKED_AVML:
            self.packed = Packed(self.rng.choice(list(PACKERS)), content)
            content = self.packed.content
        return File(self.folder / "dump", content)

    def variant(self):
        """The next variant."""
        if self.kind in MEMORY:
            return MEMORY[self.kind][0](self.pick)
        if self.kind in ELF:
            return ELF[self.kind](self.pick)
        if self.kind in KDUMP:
            made = KDUMP[self.kind](self.pick, self.pick.kdump)
            return made if isinstance(made, Variant) else Variant("", patches=made)
        if self.kind in COMPRESSED:
            made = COMPRESSED[self.kind](self.pick, self.packed)
        elif self.kind in PACKED_AVML:
            made = PACKED_AVML[self.kind](self.pick, self.packed, self.records)
        else:
            made = (FLATTENED | AVML)[self.kind](self.pick, self.file.content, self.records)
        return made if isinstance(made, Variant) else Variant("", patches=made)

    # -- truth --------------------------------------------------------------------------------

    def check_truth(self, questions):
        """The undamaged core: the program's answers must be what the tables say."""
        base = self.fixture.base
        for fine in (False, True):
            wanted = sorted({asked for part in questions for asked in part if asked.fine == fine},
                            key=lambda asked: (asked.start, asked.size))
            for at in range(0, len(wanted), BULK):
                part = wanted[at:at + BULK]
                answers = answers_of(self.program, self.file.path, part)
                for asked, (verdict, codes) in zip(part, answers):
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
            found = status_of(self.program, self.file.path, asked, form)
            self.tally["forms"] += 1
            if found != wanted:
                self.find(f"number {number} ({variant.what})", asked,
                          f"{found} with {' '.join(form) or 'text'}, but {verdict} with --json")

    def ask_all(self, number, variant, wanted, view):
        """Ask about a variant that is on disk."""
        answers = {}
        for fine in (False, True):
            part = [asked for asked in wanted if asked.fine == fine]
            given = answers_of(self.program, self.file.path, part)
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
            if variant.pages or variant.lost:
                view = View(self.fixture.layout, {**variant.pages, **variant.lost},
                            self.fixture.base)
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
