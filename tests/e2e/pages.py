# SPDX-License-Identifier: GPL-2.0-or-later
"""What lies in memory: the tool is asked about a memory block, then the block is to go offline.

Programs use memory in many ways, of memory blocks for the kernel and of movable ones. Of each
block the tool says which pages in it cannot be moved. Directly after that the block is to go
offline, with a time limit: the kernel takes it offline, refuses, or tries until a signal comes.
Then it is brought online as it was, so that there is as much memory as before. The tool's counts
are compared with those of /proc/kpageflags.
"""

import json
from dataclasses import dataclass, field

from cases import BLOCK, GIB
from scenario import TOOL_TIMEOUT, keep
from shell import HarnessError
from ways import plug

NAME = "pages"
TIMEOUT = 5400
DIMM = (0x140000000, 2 * GIB)
NUMBERS = tuple(range(DIMM[0] // BLOCK, (DIMM[0] + DIMM[1]) // BLOCK))
PAGE = 4096
PATIENCE = {"goes": 90, "stays": 15}    # seconds that a block has to go offline
STATE = "/sys/devices/system/memory/memory"
# What is used, in turn. With two words, both at once.
LOADS = ("", "anon:300", "small:300", "shared:200", "mlock:200", "tables:24", "pipes:32", "slab:24",
         "vmsplice:16", "uring:16", "ramfs:100", "small:200 pipes:8 slab:8",
         "anon:400 vmsplice:4 tables:4")
# More of it, for blocks that are all for the kernel.
LARGE = ("pipes:300", "tables:160", "slab:100 anon:300", "vmsplice:96 small:300",
         "uring:96 anon:600", "ramfs:300", "secret:48", "mlock:300 pipes:64 tables:48",
         "anon:900 vmsplice:8 uring:8 slab:16")
# Kinds whose number of pages /proc/kpageflags has, too, and how many pages may have come and gone
# between the two looks: the tool itself needs memory.
COMPARED = {"free": 4096, "slab": 64, "page_table": 64, "hugetlb": 0, "offline": 0}


@dataclass(frozen=True)
class Guest:
    """One boot. `online`: how the blocks come online, in turn."""
    name: str
    kernel: str
    append: str = "memhp_default_state=offline"
    cpu: str = "max"
    online: tuple = ("online_kernel", "online_movable")
    loads: tuple = LOADS


CASES = {case.name: case for case in (
    Guest("6.1-cloud-pages", "6.1-cloud"),
    Guest("7.3-cloud-pages", "7.3-cloud"),
    *(Guest(f"{kernel}-kernel-pages", kernel, "memhp_default_state=offline secretmem.enable=1",
            online=("online_kernel",), loads=LARGE) for kernel in ("6.1-cloud", "7.3-cloud")),
)}


@dataclass(frozen=True)
class Trial:
    """One block: what was said of it, and what happened."""
    load: str
    number: int
    online: str
    pages: dict
    reasons: tuple
    flags: dict
    outcome: str                # "offline", "busy", "hang" or an error
    messages: str

    @property
    def expected(self):
        """What the tool's answer comes to."""
        return expectation(self.reasons)

    @property
    def is_right(self):
        """Did the block do that?"""
        return (self.outcome == "offline") == (self.expected == "goes")


@dataclass
class Evidence:
    """All output of one guest."""
    release: str
    trials: list = field(default_factory=list)


def programs(laboratory):
    """Programs that the guests need beside the tool."""
    laboratory.add_guest_program("load")
    laboratory.add_guest_program("pageflags")


def machine(laboratory, case):
    """The machine of a case."""
    return laboratory.machine(case, GIB)


def start(guest, load):
    """Start the programs of a load, and wait for them."""
    for index, word in enumerate(load.split()):
        kind, size = word.split(":")
        guest.tell(f"load {kind} {size} >/tmp/load{index} 2>&1 & echo $! >/tmp/load{index}.pid")
        answer = guest.ask(f"for i in $(busybox seq 600); do grep -q . /tmp/load{index} && break; "
                           f"sleep 0.2; done; cat /tmp/load{index}", TOOL_TIMEOUT)
        if answer.output.strip() != "ready":
            raise HarnessError(f"load {word}: {answer.output}")


def stop(guest, load):
    """End them, and what they leave behind."""
    for index, _ in enumerate(load.split()):
        guest.tell(f"kill $(cat /tmp/load{index}.pid); while kill -0 $(cat /tmp/load{index}.pid) "
                   "2>/dev/null; do sleep 0.1; done")
    guest.tell("cd /tmp && busybox find . -name 'load-*' -exec busybox rm {} +")


def ask(guest, name, number):
    """Ask the tool about one block."""
    answer = guest.ask(f"hotremove-check --pages --json -r memory{number}", TOOL_TIMEOUT)
    keep(guest, name, answer)
    return json.loads(answer.output)["ranges"][0]


def count_flags(guest, number):
    """What /proc/kpageflags says of it."""
    text = guest.tell(f"pageflags {number * BLOCK // PAGE:#x} {BLOCK // PAGE}")
    return {name: int(count) for name, count in map(str.split, text.splitlines())}


def take_offline(guest, number, expected):
    """Have the kernel take a block offline. Returns the outcome and the kernel's messages."""
    guest.tell("dmesg -c >/dev/null")
    answer = guest.ask(f"busybox timeout {PATIENCE[expected]} sh -c 'echo offline >{STATE}{number}/state'",
                       TOOL_TIMEOUT)
    state = guest.tell(f"cat {STATE}{number}/state").strip()
    messages = guest.tell("dmesg -c")
    if state == "offline":
        return "offline", messages
    if "busy" in answer.errors:
        return "busy", messages
    if not answer.errors or "Interrupted" in answer.errors or "Terminated" in answer.errors:
        return "hang", messages
    return answer.errors.strip().rsplit(": ", 1)[-1], messages


def mode(case, number):
    """How a block comes online."""
    return case.online[number % len(case.online)]


def expectation(reasons):
    """What the tool's answer comes to."""
    return "stays" if "unmovable-pages" in reasons else "goes"


def bring_online(guest, case, number):
    """Bring a block online in its way, if it is not."""
    guest.tell(f"[ $(cat {STATE}{number}/state) = online ] || "
               f"echo {mode(case, number)} >{STATE}{number}/state")


def attempt(guest, case, load, number):
    """Ask about a block, and have it go offline."""
    flags = count_flags(guest, number)
    found = ask(guest, f"{load or 'idle'}-{number}.json".replace(" ", "+"), number)
    reasons = tuple(reason["code"] for reason in found["reasons"])
    outcome, messages = take_offline(guest, number, expectation(reasons))
    bring_online(guest, case, number)
    return Trial(load, number, mode(case, number), found["pages"], reasons, flags, outcome,
                 messages)


def play(case, guest, _):
    """Run the scenario."""
    evidence = Evidence(guest.tell("uname -r").strip())
    plug(guest, *DIMM, "dimm")
    for number in NUMBERS:
        bring_online(guest, case, number)
    for load in case.loads:
        start(guest, load)
        for number in NUMBERS:
            trial = attempt(guest, case, load, number)
            evidence.trials.append(trial)
            print(f"{case.name} {load or 'idle'} memory{number} {trial.online}: {trial.expected}, "
                  f"{trial.outcome}, {sum_up(trial.pages)}", flush=True)
        stop(guest, load)
    return evidence


def sum_up(pages):
    """The counts that are not zero."""
    return " ".join(f"{name}:{count}" for name, count in pages.items()
                    if isinstance(count, int) and not isinstance(count, bool) and count)


def wrong(evidence, expected):
    """What is wrong with answers of one kind."""
    found = [trial for trial in evidence.trials
             if trial.expected == expected and not trial.is_right]
    return "; ".join(f"memory{trial.number} ({trial.load or 'idle'}, {trial.online}): "
                     f"{trial.outcome}, {sum_up(trial.pages)}" for trial in found)


def counts_differ(evidence):
    """What is wrong with the counts."""
    return "; ".join(f"memory{trial.number} ({trial.load or 'idle'}): {name} {trial.pages[name]}, "
                     f"not {trial.flags[name]}" for trial in evidence.trials
                     for name, tolerance in COMPARED.items()
                     if abs(trial.pages[name] - trial.flags[name]) > tolerance)


def judge(_, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield "a block with pages that cannot be moved does not go offline", wrong(evidence, "stays")
    yield "a block in which none was seen goes offline", wrong(evidence, "goes")
    yield "the counts are those of /proc/kpageflags", counts_differ(evidence)
    yield "no page is unreadable", "".join(
        f" memory{trial.number}" for trial in evidence.trials if trial.pages["unreadable"])


def figures(_, evidence):
    """The part that is kept for the document."""
    return {"trials": [{"load": trial.load, "online": trial.online, "expected": trial.expected,
                        "outcome": trial.outcome, "pages": trial.pages, "flags": trial.flags}
                       for trial in evidence.trials]}
