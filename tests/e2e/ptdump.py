# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens in one guest whose kernel lists its page tables and knows ACPI memory hotplug.

Each DIMM is plugged, asked about, and unplugged again; only the kernel decides whether it goes.
Before, in between and after, the kernel's text of its page tables is kept in the results
directory, and the TLBIs of a removal are counted. Nothing is judged here.
"""

import importlib.util
from dataclasses import dataclass, field

import ways
from cases import Range
from counting import Removal
from leaves import Leaves
from pagetext import PageText
from ptcases import BOOT, WINDOW
from scenario import TOOL_TIMEOUT, Report, ask_tool, block_states, keep, parse, range_options
from shell import status_of
from sysroot import REPO
from tlbilog import Count, Symbols, count_removal

TEXT = "/sys/kernel/debug/kernel_page_tables"
# Read once, so that all use the same text; and the text from before all DIMMs.
GUEST_TEXT = "/tmp/page-tables"
STALE_TEXT = "/tmp/page-tables-before"
IGNORED = "--ignore=boot-memory,not-present"
TRIM = REPO / "tests/fixtures/trim.py"


@dataclass(frozen=True)
class Moment:
    """The page tables at one time: the kernel's text and the reference walk."""
    text: PageText
    leaves: Leaves


@dataclass
class Unplugging:
    """What the kernel did when it was asked to let a DIMM go."""
    status: int                         # as reported to the firmware
    deleted: bool                       # QEMU has removed the device
    messages: str                       # of the kernel's log
    states: dict                        # of all memory blocks afterwards
    after: Moment
    count: Count                        # of the TLBIs that removed the memory


@dataclass
class Stay:
    """Everything about one DIMM, from plugging to unplugging."""
    dimm: object
    plugged: tuple                      # this DIMM and those that stayed
    states: dict = None
    moment: Moment = None
    live: Report = None
    verify: Report = None
    stale: Report = None                # the same with text that is out of date
    dump: Report = None
    text_alone: Report = None
    unplugging: Unplugging = None

    @property
    def removal(self):
        """The stay in the form that the demands on counted removals use."""
        return Removal(self.dimm.range, self.live, result=self.unplugging.status,
                       count=self.unplugging.count)


@dataclass
class Session:
    """All output of one guest."""
    release: str
    version: str
    before: Moment = None
    stays: list = field(default_factory=list)


def trimmer():
    """The module that trims dumps, which can also find a dump's note."""
    spec = importlib.util.spec_from_file_location("trim", TRIM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_note(dump, path):
    """Write the VMCOREINFO text of a dump to a file."""
    with open(dump, "rb") as handle:
        text = trimmer().Dump(handle).vmcoreinfo()[1]
    path.write_bytes(text.rstrip(b"\0"))


def capture(machine, name):
    """Keep the kernel's text, in the guest and here, and walk the tables beside it."""
    machine.tell(f"cat {TEXT} >{GUEST_TEXT}")
    text = machine.tell(f"cat {GUEST_TEXT}")
    (machine.results / f"{name}.ptdump").write_text(text)
    walk = machine.ask(f"refwalk {WINDOW[0]:#x} {WINDOW[1]:#x}", TOOL_TIMEOUT)
    keep(machine, f"{name}.refwalk", walk)
    leaves = Leaves(walk.output)
    return Moment(PageText(text, leaves.facts["page"]), leaves)


def mount(machine):
    """Make the kernel's text readable."""
    machine.tell("mount -t debugfs debugfs /sys/kernel/debug")


def plug(machine, dimm):
    """Plug a DIMM; the kernel adds its memory and, by its parameters, brings it online."""
    ways.plug(machine, *dimm.span, dimm.name)


def unplug(machine, dimm):
    """Ask for a DIMM back, and wait for the kernel's decision."""
    machine.tell("dmesg -c >/dev/null")
    symbols = Symbols(machine.tell("grep -i ' [tw] ' /proc/kallsyms"))
    start = machine.log_size()
    events = ways.eject(machine, dimm.name)
    count = count_removal(machine.tlbi_log, (start, machine.log_size()), symbols,
                          lpa2=False)   # none of these kernels has it
    deleted = any(event["event"] == "DEVICE_DELETED" for event in events)
    messages = machine.tell("dmesg -c")
    (machine.results / f"{dimm.name}.dmesg").write_text(messages)
    return Unplugging(events[-1]["data"]["info"]["status"], deleted, messages,
                      block_states(machine), capture(machine, f"{dimm.name}-after"), count)


def questions(case, dimm):
    """The ranges in question: the DIMM, its blocks, and the range that one leaf may map."""
    middle = [Range("middle", *dimm.middle)] if dimm.middle else []
    inside = Range("inside", dimm.start + case.block // 4, case.block // 2)
    return [dimm.range, *dimm.blocks(case.block), *middle, inside]


def ask_on_host(machine, tool, name, options):
    """Run the host's tool, and keep its output."""
    out = machine.results / f"{name}.json"
    status = status_of([str(tool), "--json", *options], out, TOOL_TIMEOUT)
    return Report(status, parse(out.read_text()))


def ask_about_text(machine, tool, stay, ranges):
    """Ask about a dump, and about the text of the same moment with nothing but a note."""
    name = stay.dimm.name
    dump, note, text = (machine.results / f"{name}.{kind}"
                        for kind in ("elf", "vmcoreinfo", "ptdump"))
    options = [IGNORED, *range_options(ranges)]
    try:
        machine.dump_part(dump, *BOOT)
        write_note(dump, note)
        stay.dump = ask_on_host(machine, tool, f"{name}-dump", [f"--vmcore={dump}", *options])
    finally:
        dump.unlink(missing_ok=True)
    stay.text_alone = ask_on_host(machine, tool, f"{name}-text", [
        f"--ptdump={text}", f"--vmcoreinfo={note}", *options])


def play_dimm(case, machine, tool, dimm, others):
    """Plug, ask, unplug."""
    stay = Stay(dimm, (dimm, *others))
    plug(machine, dimm)
    stay.states = block_states(machine)
    ranges = questions(case, dimm)
    stay.moment = capture(machine, dimm.name)
    stay.verify = ask_tool(machine, f"{dimm.name}-verify.json", [f"--verify-ptdump={GUEST_TEXT}"])
    stay.stale = ask_tool(machine, f"{dimm.name}-stale.json", [f"--verify-ptdump={STALE_TEXT}"])
    stay.live = ask_tool(machine, f"{dimm.name}-live.json", range_options(ranges))
    ask_about_text(machine, tool, stay, ranges)
    stay.unplugging = unplug(machine, dimm)
    return stay


def play(case, machine, tool):
    """Run the whole scenario of a case."""
    mount(machine)
    session = Session(machine.tell("uname -r").strip(), machine.tell("cat /proc/version").strip())
    session.before = capture(machine, "before")
    machine.tell(f"cat {GUEST_TEXT} >{STALE_TEXT}")
    for dimm in case.dimms:
        others = [stay.dimm for stay in session.stays if not stay.unplugging.deleted]
        session.stays.append(play_dimm(case, machine, tool, dimm, others))
    return session
