# SPDX-License-Identifier: GPL-2.0-or-later
"""There is one truth: the exit status of a question does not depend on the form of output."""

import os
import signal

import containers
import pytest
from arm64 import Kernel
from image import Image
from layout import Fault, Layout, Machine, Region
from processes import Running
from support import skip_under_valgrind

GIB, MIB = 1 << 30, 1 << 20
HOT = 4 * GIB

# In the middle of the hot-added memory, away from every edge in question.
INSIDE = HOT + 300 * MIB

LISTS = (("--pairs",), ("--raw",))
FORMS = ((), ("--json",), ("--html",), ("--summary",), ("--explain",), ("-q",))

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


@pytest.fixture(autouse=True)
def not_under_valgrind(program):
    """Other tests make the same runs."""
    skip_under_valgrind(program, "this takes minutes")


def write(program, fault):
    """A core with FAULT, which may be None; its path."""
    kind = "cont-pte" if fault and fault.kind == "drop-cont" else "pages"
    regions = [Region(GIB, 256 * MIB, boot=True),
               Region(HOT, 512 * MIB, linear=kind, vmemmap="pages")]
    machine = Machine(Kernel(), regions, [fault] if fault else [])
    containers.write_plain(program.file("core"), Image(Layout(machine)))
    return program.file("core")


def statuses(program, *arguments, forms=FORMS):
    """The status of a question in each form of output."""
    return {form: program.run(*arguments, *form).returncode for form in forms}


@pytest.mark.parametrize("source", ("--vmcore=", "--kcore="))
@pytest.mark.parametrize("what", DAMAGE)
def test_status_around_damage_is_the_same_in_every_form(program, what, source):
    fault, status = DAMAGE[what]
    core = write(program, fault)
    assert statuses(program, source + core, "-r%#x+512M" % HOT) == dict.fromkeys(FORMS, status)


@pytest.mark.parametrize("what", DAMAGE)
def test_block_beside_damage_is_judged_as_without_damage(program, what):
    core = write(program, DAMAGE[what][0])
    assert statuses(program, "--vmcore=" + core, "-r%#x+128M" % HOT) == dict.fromkeys(FORMS, 0)


def test_status_without_an_ignored_reason_is_the_same_in_every_form(program):
    core = write(program, DAMAGE["a CONT group that lacks a member"][0])
    assert statuses(program, "--vmcore=" + core, "-r%#x+512M" % HOT,
                    "--ignore=malformed-cont") == dict.fromkeys(FORMS, 0)


@pytest.mark.parametrize("query", (("--blocks",), ("--map",), ("--suggest=512M",),
                                   ("--blocks", "--map")))
@pytest.mark.parametrize("what", DAMAGE)
def test_status_of_other_queries_is_the_same_in_every_form(program, what, query):
    core = write(program, DAMAGE[what][0])
    forms = FORMS + LISTS if query == ("--blocks",) else FORMS
    assert len(set(statuses(program, "--vmcore=" + core, *query, forms=forms).values())) == 1


@pytest.mark.parametrize("what", DAMAGE)
def test_status_of_a_comparison_is_the_same_in_every_form(program, what):
    """HTML does not show what it finds, and so has no status of it."""
    other = program.file("sound")
    os.rename(write(program, None), other)
    core = write(program, DAMAGE[what][0])
    for pair in ((core, other), (other, core)):
        found = {program.run("--vmcore=" + pair[0], "--diff=" + pair[1], *form).returncode
                 for form in FORMS if form != ("--html",)}
        assert len(found) == 1


@pytest.mark.parametrize("form", ((), ("--json",), ("--summary",), ("--explain",)))
@pytest.mark.parametrize("what", ("nothing", "a table that is not there",
                                  "a CONT group that lacks a member"))
def test_watcher_that_a_signal_ends_has_the_status_of_its_last_round(program, what, form):
    fault, status = DAMAGE[what]
    core = write(program, fault)
    with Running(program, "--kcore=" + core, "-r%#x+512M" % HOT, "--watch=60", *form) as watcher:
        # Text of less than PIPE_BUF comes in one piece; a document is a line.
        watcher.read_until(lambda text: text.endswith(b"\n"))
        assert watcher.end(signal.SIGINT)[0] == status
