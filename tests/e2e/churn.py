# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that comes and goes while the tool is asked about it, a thousand times.

A DIMM is plugged, its blocks are taken offline and brought online, and it is unplugged, again and
again. Meanwhile a process in the guest runs the tool without a pause, on a CPU of its own. Both
read the guest's monotonic clock: the times of each phase of the churn, and of each run, are taken
before it begins and after it has ended. churnchecks.py says what is true in which phase.
"""

import json
import time
from dataclasses import asdict, dataclass, field
from functools import partial

import churnchecks
import ptdump
import ways
from cases import MIB, Range
from leaves import Leaves
from ptcases import BLOCKS, BOOT, DIMMS_4K, MEMORY, WINDOW, Dimm
from scenario import TOOL_TIMEOUT, Report, ask_tool, keep, range_options
from shell import HarnessError

NAME = "churn"
TIMEOUT = 7200
BLOCK = 128 * MIB
COMMANDS = "/tmp/commands"
RECORD = "/tmp/record"
DONE = "/tmp/done"
SMALL, GIGABYTE, _ = DIMMS_4K


@dataclass(frozen=True)
class Churn:
    """One boot. For `guarded` see cases.py; the kernel adds and removes DIMMs through ACPI."""
    name: str
    kernel: str
    dimm: Dimm
    append: str = ""
    guarded: bool = False
    cpu: str = "max"
    runs: int = 1000
    boot = Range("boot", BOOT[0] + BLOCK, BLOCK)    # this one stays where it is

    @property
    def blocks(self):
        """The ranges of the DIMM's memory blocks."""
        return self.dimm.blocks(BLOCK)

    @property
    def ranges(self):
        """All ranges in question; the first is the DIMM."""
        start, size = self.dimm.span
        return (self.dimm.range, *self.blocks,
                Range("two blocks", start + BLOCK, 2 * BLOCK),
                Range("inside a group", start + 34 * MIB, 32 * MIB),
                Range("half a block", start + BLOCK, BLOCK // 2),
                Range("dimm and what follows", start, size + BLOCK),
                self.boot)

    @property
    def questions(self):
        """The arguments of the tool, in turn: words, and the ranges in them."""
        every = " ".join(f"-r {wanted}" for wanted in self.ranges)
        walks = (("--json --blocks", ()), (f"--json {every}", self.ranges))
        return tuple(question for wanted in self.ranges
                     for question in ((f"-q -r {wanted}", (wanted,)), *walks))


CASES = {case.name: case for case in (
    Churn("6.1-churn-pages", "6.1-4k48-ptdump", SMALL),
    Churn("6.1-churn-blocks", "6.1-4k48-ptdump", GIGABYTE, "rodata=on"),
    Churn("7.2-churn-pages", "7.2-4k48-ptdump", SMALL, guarded=True),
    Churn("7.2-churn-blocks", "7.2-4k48-ptdump", SMALL, BLOCKS, True),
)}


@dataclass(frozen=True)
class Phase:
    """What the churn did between two times: `absent`, `adding`, `present`, `removing`, or
    `offlining` and `onlining` with the block."""
    kind: str
    begin: int
    end: int
    block: str = ""


@dataclass(frozen=True)
class Run:
    """One run of the tool."""
    words: str
    ranges: tuple                       # the ranges in question
    begin: int
    end: int
    status: int                         # as in a shell: above 128 for signals
    output: str
    errors: str


@dataclass
class Evidence:
    """All output of one guest."""
    release: str
    leaves: Leaves = None               # while the DIMM was there and nothing else happened
    present: Report = None              # the tool's answer at that time
    phases: list = field(default_factory=list)
    runs: list = field(default_factory=list)
    cycles: int = 0
    messages: str = ""                  # of the kernel


class Diary:
    """Keeps the phases: each one begins where the previous one ended."""

    def __init__(self, guest):
        self.guest = guest
        self.phases = []
        self.last = self.now()

    def now(self):
        """The guest's clock."""
        return int(self.guest.tell("repeat --now"))

    def rest(self, kind):
        """Record the state since the last action."""
        now = self.now()
        self.phases.append(Phase(kind, self.last, now))
        self.last = now

    def act(self, kind, action, block=""):
        """Do something, and record when."""
        begin = self.last
        action()
        self.last = self.now()
        self.phases.append(Phase(kind, begin, self.last, block))


def programs(laboratory):
    """Programs that the guests need beside the tool."""
    laboratory.add_guest_program("repeat")


def machine(laboratory, case):
    """The machine of a case: the churn and the tool have a CPU each."""
    return laboratory.machine(case, MEMORY, cpus=2, outputs=("record",))


def unplug(guest, dimm):
    """Have the kernel give the DIMM back, and free its name for the next one."""
    guest.qmp.events.clear()
    guest.qmp.command("device_del", id=dimm.name)
    events = guest.qmp.wait_for(ways.answered(ways.EJECT_REQUEST), 600)
    status = events[-1]["data"]["info"]["status"]
    if status != ways.OST_SUCCESS:
        raise HarnessError(f"the kernel did not give the DIMM back: {status}")
    if not any(event["event"] == "DEVICE_DELETED" for event in events):
        guest.qmp.wait_for(lambda event: event["event"] == "DEVICE_DELETED", 150)
    guest.qmp.command("object-del", id=f"{dimm.name}-memory")


def set_state(guest, block, state):
    """Write a block's state; movable memory that nobody uses goes offline at once."""
    number = block.name.removeprefix("memory")
    guest.tell(f"echo {state} >/sys/devices/system/memory/memory{number}/state")


def cycle(guest, case, diary, pause):
    """One round of the churn."""
    time.sleep(pause)
    diary.rest("absent")
    diary.act("adding", lambda: ptdump.plug(guest, case.dimm))
    time.sleep(pause)
    diary.rest("present")
    for block in case.blocks[1:3]:
        diary.act("offlining", partial(set_state, guest, block, "offline"), block.name)
        diary.act("onlining", partial(set_state, guest, block, "online_movable"), block.name)
    time.sleep(pause)
    diary.rest("present")
    diary.act("removing", lambda: unplug(guest, case.dimm))


def look(guest, case, evidence):
    """Read the page tables and ask the tool while the DIMM is there and nothing happens."""
    ptdump.plug(guest, case.dimm)
    walk = guest.ask(f"refwalk {WINDOW[0]:#x} {WINDOW[1]:#x}", TOOL_TIMEOUT)
    keep(guest, "refwalk.txt", walk)
    evidence.leaves = Leaves(walk.output)
    evidence.present = ask_tool(guest, "present.json", range_options(case.ranges))
    unplug(guest, case.dimm)


def start_runs(guest, case):
    """Start the runs of the tool, in the background of the guest."""
    words = [f"hotremove-check {question}" for question, _ in case.questions]
    for word in words:
        guest.tell(f"echo {word} >>{COMMANDS}")
    guest.tell(f"(repeat {case.runs} {COMMANDS} {RECORD}; echo $? >{DONE}) >/dev/null 2>&1 &")


def read_runs(case, data):
    """The runs of a record."""
    at, questions = 0, case.questions
    while at < len(data):
        end = data.index(b"\n", at)
        line, begin, finish, status, output, errors = map(int, data[at:end].split())
        parts = (data[end + 1:end + 1 + output],
                 data[end + 1 + output:end + 1 + output + errors])
        yield Run(*questions[line], begin, finish, status,
                  *(part.decode(errors="replace") for part in parts))
        at = end + 1 + output + errors


def play(case, guest, _):
    """Churn until all runs are done."""
    ptdump.mount(guest)
    evidence = Evidence(guest.tell("uname -r").strip())
    look(guest, case, evidence)
    guest.tell("dmesg -c >/dev/null")
    diary = Diary(guest)
    start_runs(guest, case)
    while guest.ask(f"cat {DONE}").status:
        # Pauses of different lengths, so that the runs meet different moments.
        cycle(guest, case, diary, evidence.cycles % 4 * 0.25)
        evidence.cycles += 1
    diary.rest("absent")
    evidence.phases = diary.phases
    (guest.results / "phases.json").write_text(json.dumps([asdict(it) for it in diary.phases]))
    evidence.messages = guest.tell("dmesg")
    keep(guest, "dmesg.txt", guest.ask("dmesg"))
    record = guest.fetch(RECORD, "record")
    evidence.runs = list(read_runs(case, record.read_bytes()))
    return evidence


judge = churnchecks.judge
figures = churnchecks.figures
