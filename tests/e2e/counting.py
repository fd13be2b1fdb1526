# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens in a guest of the matrix: add, ask, remove and count. Nothing is judged here."""

import re
from dataclasses import dataclass, field

from scenario import Report, ask_tool, keep, offline
from tlbilog import Count, Symbols, count_removal
from ways import WAYS

TEXT_TIMEOUT = 600
BUILT = re.compile(r"(\d+\.\d+\.\d+)-\w+-ptdump")
SECTION = re.compile(r"^(0x[0-9a-f]+)-0x[0-9a-f]+ \(")
QUOTED = "its log will say: "


@dataclass
class Removal:
    """One job's evidence."""
    job: object
    report: Report = None
    messages: dict = field(default_factory=dict)    # by block number, as the tool quotes them
    offlining: dict = field(default_factory=dict)   # by block number
    result: int = None
    count: Count = None


@dataclass
class Session:
    """One boot's evidence."""
    release: str
    version: str
    data_symbols: bool = True           # whether kallsyms lists more than functions
    removals: list = field(default_factory=list)


def quoted_messages(text, block_size):
    """The messages that the text output predicts, by the block of each section.

    The whole piece comes first; the section of its first block replaces it.
    """
    found, number = {}, None
    for line in text.splitlines():
        section = SECTION.match(line)
        if section:
            number = int(section.group(1), 16) // block_size
            found.pop(number, None)
        elif QUOTED in line:
            found[number] = line.split(QUOTED)[1]
    return found


def options_for(assume, release):
    """What the tool is told about a kernel. One that is built here may have a suffix, as for a
    distribution's, although it is kernel.org's."""
    options = [f"--assume={assume}"] if assume else []
    built = BUILT.fullmatch(release)
    return options + ([f"--kernel-release={built[1]}"] if built else [])


def question(job, options):
    """Arguments that ask about the piece as a whole, and about each block that will be tried."""
    blocks = job.blocks if job.online else ()
    spans = [f"{job.start:#x}+{job.size:#x}", *(f"memory{number}" for number in blocks)]
    return [*options, *(word for span in spans for word in ("-r", span))]


def ask(machine, job, name, options):
    """Both outputs of the tool; the text is only used for the kernel's messages."""
    words = question(job, options)
    report = ask_tool(machine, f"{name}.json", words)
    messages = {}
    if job.online:
        answer = machine.ask(" ".join(["hotremove-check", *words]), TEXT_TIMEOUT)
        keep(machine, f"{name}.txt", answer)
        messages = quoted_messages(answer.output, job.block)
    return report, messages


def try_blocks(machine, job):
    """Take each block offline alone, with all others online."""
    found = {}
    for number in job.blocks:
        found[number] = offline(machine, number)
        machine.tell(f"online-block {number}")
    return found


def go_through(machine, way, job, symbols, options):
    """One job from start to end."""
    name = job.name.replace(" ", "-")
    removal = Removal(job)
    way.add(job)
    if job.online:
        for number in job.blocks:
            machine.tell(f"online-block {number}")
    removal.report, removal.messages = ask(machine, job, name, options)
    if job.online:
        removal.offlining = try_blocks(machine, job)
    lpa2 = bool(removal.report.document.get("kernel", {}).get("lpa2"))
    removal.result, window = way.remove(job)
    removal.count = count_removal(machine.tlbi_log, window, symbols, lpa2)
    return removal


def play(entry, machine):
    """Go through all jobs of an entry."""
    session = Session(*(machine.tell(f"uname {word}").strip() for word in ("-r", "-v")))
    session.data_symbols = not machine.ask("grep -q ' arm64_ftr_regs$' /proc/kallsyms").status
    symbols = Symbols(machine.tell("grep -i ' [tw] ' /proc/kallsyms"))
    way = WAYS[entry.way](machine, entry)
    options = options_for(entry.assume, session.release)
    for job in entry.jobs:
        session.removals.append(go_through(machine, way, job, symbols, options))
    return session
