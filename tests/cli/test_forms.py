# SPDX-License-Identifier: GPL-2.0-or-later
"""There is one truth: the exit status of a question does not depend on the form of output."""

import signal

import containers
from arm64 import Kernel
from image import Image
from layout import Fault, Layout, Machine, Region
from support import Program, ProgramTest
from test_watch import Watcher

GIB, MIB = 1 << 30, 1 << 20
HOT = 4 * GIB
# In the middle of the hot-added memory, away from every edge in question.
INSIDE = HOT + 300 * MIB

FORMS = ((), ("--json",), ("--summary",), ("--explain",), ("-q",))

# What is damaged, and the status for a range around it.
DAMAGE = {
    "nothing": (None, 0),
    "a table that is not there": (Fault("absent-table", INSIDE), 2),
    "a table of zeros": (Fault("zero-table", INSIDE), 2),
    "a table that leads to itself": (Fault("loop", INSIDE), 2),
    "a page in the place of another": (Fault("wrong-pa", INSIDE), 2),
    "a CONT group that lacks a member": (Fault("drop-cont", INSIDE), 1),
    "a table of the vmemmap": (Fault("absent-table", INSIDE, "vmemmap"), 2),
}


class Forms(ProgramTest):
    """Damage inside the range, which its edges do not show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Program.skip_under_valgrind("other tests make the same runs, and this takes minutes")

    def write(self, fault):
        """A core with FAULT, which may be None; its path."""
        kind = "cont-pte" if fault and fault.kind == "drop-cont" else "pages"
        regions = [Region(GIB, 256 * MIB, boot=True),
                   Region(HOT, 512 * MIB, linear=kind, vmemmap="pages")]
        machine = Machine(Kernel(), regions, [fault] if fault else [])
        containers.write_plain(self.file("core"), Image(Layout(machine)))
        return self.file("core")

    def statuses(self, *arguments):
        """The status of a question in each form of output."""
        return {form: Program.run(*arguments, *form).returncode for form in FORMS}

    def test_status_around_damage(self):
        for what, (fault, status) in DAMAGE.items():
            core = self.write(fault)
            for source in ("--vmcore=", "--kcore="):
                with self.subTest(damage=what, source=source):
                    self.assertEqual(self.statuses(source + core, "-r%#x+512M" % HOT),
                                     {form: status for form in FORMS})

    def test_status_beside_damage(self):
        """A block of the same core that the damage does not touch is judged as without damage."""
        for what, (fault, _) in DAMAGE.items():
            core = self.write(fault)
            with self.subTest(damage=what):
                self.assertEqual(self.statuses("--vmcore=" + core, "-r%#x+128M" % HOT),
                                 {form: 0 for form in FORMS})

    def test_status_with_a_reason_left_out(self):
        core = self.write(DAMAGE["a CONT group that lacks a member"][0])
        self.assertEqual(self.statuses("--vmcore=" + core, "-r%#x+512M" % HOT,
                                       "--ignore=malformed-cont"),
                         {form: 0 for form in FORMS})

    def test_status_of_other_queries(self):
        for what, (fault, _) in DAMAGE.items():
            core = self.write(fault)
            for query in (("--blocks",), ("--map",), ("--suggest=512M",), ("--blocks", "--map")):
                with self.subTest(damage=what, query=query):
                    self.assertEqual(len(set(self.statuses("--vmcore=" + core,
                                                           *query).values())), 1)

    def test_status_of_a_round(self):
        """A watcher that is ended by a signal has the status of its last round."""
        for what in ("nothing", "a table that is not there",
                     "a CONT group that lacks a member"):
            fault, status = DAMAGE[what]
            core = self.write(fault)
            for form in ((), ("--json",), ("--summary",), ("--explain",)):
                with self.subTest(damage=what, form=form), \
                        Watcher("--kcore=" + core, "-r%#x+512M" % HOT, "--watch=60",
                                *form) as watcher:
                    # Text of less than PIPE_BUF comes in one piece, a document in several.
                    end = b"\n}\n" if form == ("--json",) else b"\n"
                    watcher.read_until(lambda text, end=end: text.endswith(end))
                    self.assertEqual(watcher.end(signal.SIGINT)[0], status)
