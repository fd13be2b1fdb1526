# SPDX-License-Identifier: GPL-2.0-or-later
"""Real crashes: a second kernel saves the first one's memory, whole and with pages left out.

The tool is asked about a DIMM in the guest, and the guest's kernel then panics. The crash kernel,
which was loaded before, starts and has the memory of the first kernel as /proc/vmcore. The tool
reads that, makedumpfile makes dumps of it in all ways, and the host's tool reads those. Its answer
about each must be the answer about the live kernel.
"""

import re
from dataclasses import dataclass, field

import ptdump
from cases import BLOCK, DIMM, DIMM_BLOCKS, GIB, RANGES, Range
from checks import difference, first, unequal
from ptcases import BIG_4K
from scenario import TOOL_TIMEOUT, Report, ask_tool, keep, parse, range_options
from shell import status_of

NAME = "exclusion"
TIMEOUT = 3600
SLOW = 600                              # seconds for a pass over all of the memory
MEMORY = GIB
RESERVED = "crashkernel=448M"
CRASH_APPEND = "console=ttyAMA0 ignore_loglevel panic=-1 cma=0 nr_cpus=1 reset_devices irqpoll"
LOAD = ("kexec -p -c /crash/Image --initrd=/crash/initrd --append='{}' && "
        "cat /sys/kernel/kexec_crash_loaded")
VMCORE = "/proc/vmcore"
MAKEDUMPFILE = "makedumpfile --message-level 4"
TEXT_OFFSET = 0x10000                   # from _text to _stext
CRASHED = "/proc/vmcore in the crash kernel"
# The guest has more boot memory than in the other cases, so the hole is elsewhere.
ASKED = (*(wanted for wanted in RANGES if wanted.name != "hole"),
         Range("hole", DIMM[0] - BLOCK, BLOCK))




@dataclass(frozen=True)
class Way:
    """A way to save a dump: its name, the command that makes its files in /tmp, and the format that
    the tool must find. Without a command it is the file /proc/vmcore itself."""
    name: str
    command: str
    files: tuple
    format: str


def filtered(options, *files, form="kdump", redirect=False):
    """makedumpfile with some options, as a way."""
    paths = " ".join(f"/tmp/{name}" for name in files)
    target = f">{paths}" if redirect else paths
    return Way(f"makedumpfile {options}", f"{MAKEDUMPFILE} {options} {VMCORE} {target}", files,
               form)


WHOLE = Way("the whole dump", "", ("vmcore",), "elf")
WAYS = (
    WHOLE,
    filtered("-d 31", "plain"),
    filtered("-c -d 31", "zlib"),
    filtered("-l -d 31", "lzo"),
    filtered("-E -d 31", "elf31", form="elf"),
    filtered("-F -c -d 31", "flat", form="flattened-kdump", redirect=True),
    filtered("--split -c -d 31", "split1", "split2", "split3"),
)
OUTPUTS = tuple(name for way in WAYS for name in way.files)


@dataclass(frozen=True)
class Crash:
    """One boot. `acpi`: the kernel adds a plugged DIMM by itself; `filters`: Debian's makedumpfile
    can read this kernel's tables, which it cannot for a 52-bit kernel."""
    name: str
    kernel: str
    append: str = ""
    cpu: str = "max"
    acpi: bool = False
    filters: bool = True


CASES = {case.name: case for case in (
    Crash("6.1-crash-pages", "6.1", RESERVED),
    Crash("6.1-crash-blocks", "6.1", f"{RESERVED} rodata=on"),
    Crash("7.2-crash-pages", "7.2-4k48-kdump", RESERVED, acpi=True),
    Crash("7.2-crash-blocks", "7.2-4k48-kdump", f"{RESERVED} rodata=noalias", acpi=True),
    Crash("7.2-crash-bbml2", "7.2", RESERVED, "max,midr=0x410fd842", filters=False),
)}


@dataclass
class Saved:
    """The outcome of one way to save the memory."""
    sizes: list = field(default_factory=list)       # of its files
    refusal: str = ""                               # of makedumpfile
    report: Report = None


@dataclass
class Evidence:
    """All output of one guest, before and after its crash."""
    release: str
    live: Report = None
    crashed: Report = None
    saved: dict = field(default_factory=dict)       # by way


def programs(laboratory):
    """Programs that the guests need beside the tool."""
    laboratory.add_dump_tools()


def machine(laboratory, case):
    """The machine of a case."""
    return laboratory.crashing_machine(case, MEMORY, OUTPUTS)


def plug(guest, case):
    """Add the DIMM to the kernel, online."""
    if case.acpi:
        ptdump.plug(guest, BIG_4K)
    else:
        guest.plug_dimm(*DIMM)
    for number in DIMM_BLOCKS:
        guest.tell(f"online-block {number}")


def tell_text(guest):
    """Give kexec-tools the symbol _text if kallsyms has none. Without it, kexec writes an ELF
    header with a segment of almost 2^64 bytes at a wrong address, and nothing can be read."""
    if guest.ask("grep -w _text /proc/kallsyms").status == 0:
        return
    text = int(guest.tell("grep -w _stext /proc/kallsyms").split()[0], 16) - TEXT_OFFSET
    guest.tell(f"(echo {text:x} T _text; cat /proc/kallsyms) >/tmp/kallsyms")
    guest.tell("mount -o bind /tmp/kallsyms /proc/kallsyms")


def load_crash_kernel(guest, append=CRASH_APPEND):
    """Load the crash kernel, as a distribution's kdump service does at boot."""
    tell_text(guest)
    guest.tell(LOAD.format(append), 120)
    guest.tell("grep -q 1 /sys/kernel/kexec_crash_loaded")
    guest.ask("umount /proc/kallsyms")


def crash(guest):
    """Panic, and wait until the crash kernel is up."""
    guest.start("echo c >/proc/sysrq-trigger")
    guest.wait_until_ready()


def save(guest, way, tool):
    """Save the memory in one way, and ask the host's tool about it."""
    saved = Saved()
    if way.command:
        answer = guest.ask(way.command, SLOW)
        if answer.status:
            lines = re.split(r"[\r\n]+", answer.errors.strip())
            saved.refusal = " ".join(line for line in lines if "%" not in line)
            return saved
    paths = [guest.fetch(f"/tmp/{name}" if way.command else VMCORE, name, SLOW)
             for name in way.files]
    if way.command:
        guest.tell(f"rm {' '.join(f'/tmp/{name}' for name in way.files)}")
    saved.sizes = [path.stat().st_size for path in paths]
    out = guest.results / f"{way.files[0]}.json"
    status = status_of([str(tool), "--json", *(f"--vmcore={path}" for path in paths),
                        *range_options(ASKED)], out, SLOW)
    saved.report = Report(status, parse(out.read_text()))
    for path in paths:
        path.write_bytes(b"")               # gigabytes; QEMU has it open
    return saved


def play(case, guest, laboratory):
    """Run the whole scenario of a case."""
    plug(guest, case)
    load_crash_kernel(guest)
    evidence = Evidence(guest.tell("uname -r").strip())
    evidence.live = ask_tool(guest, "live.json", range_options(ASKED))
    crash(guest)
    evidence.crashed = ask_tool(guest, "crashed.json",
                                [f"--vmcore={VMCORE}", *range_options(ASKED)])
    for way in WAYS if case.filters else WAYS[:2]:     # the same refusal need not be seen twice
        evidence.saved[way] = save(guest, way, laboratory.host_tool)
    keep(guest, "crash-dmesg.txt", guest.ask("dmesg", TOOL_TIMEOUT))
    return evidence


def as_before(live, report, form):
    """The differences from the live kernel's answers, except for the source."""
    return first((
        unequal("status", report.status, live.status),
        unequal("kind", report.document.get("source", {}).get("kind"), "vmcore"),
        unequal("format", report.document.get("source", {}).get("format"), form),
        unequal("ranges", len(report.document.get("ranges", ())), len(ASKED)),
        difference(report.document["ranges"], live.document["ranges"], "ranges"),
        difference(report.document["kernel"], live.document["kernel"], "kernel")))


def verdicts(live):
    """The live kernel has ranges of both verdicts, so that the comparison means something."""
    found = {entry["verdict"] for entry in live.document["ranges"]}
    return unequal("verdicts", found, {"removable", "not-removable"})


def way_judged(evidence, way):
    """What is wrong with the answers about one saved dump."""
    saved = evidence.saved[way]
    if saved.refusal:
        return f"it was not made: {saved.refusal}"
    return as_before(evidence.live, saved.report, way.format)


def excluded(evidence):
    """What is wrong if makedumpfile left nothing out."""
    whole = sum(evidence.saved[WHOLE].sizes)
    return first(f"{way.name}: {sum(saved.sizes)} of {whole} bytes"
                 for way, saved in evidence.saved.items()
                 if way is not WHOLE and not saved.refusal and sum(saved.sizes) > whole // 4)


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield "the live kernel has ranges of both verdicts", verdicts(evidence.live)
    yield f"{CRASHED} gives the live answers", as_before(evidence.live, evidence.crashed, "elf")
    for way, saved in evidence.saved.items():
        if case.filters or not saved.refusal:
            yield f"{way.name} gives the live answers", way_judged(evidence, way)
    if case.filters:
        yield "makedumpfile left three quarters of the memory out", excluded(evidence)


def figures(_, evidence):
    """The part that is kept for the document."""
    return {"ranges": len(evidence.live.document["ranges"]),
            "ways": [{"name": way.name, "format": way.format, "sizes": saved.sizes,
                      "refusal": saved.refusal,
                      "agrees": not saved.refusal and not way_judged(evidence, way)}
                     for way, saved in evidence.saved.items()],
            "crashed": not as_before(evidence.live, evidence.crashed, "elf")}
