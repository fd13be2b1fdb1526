# SPDX-License-Identifier: GPL-2.0-or-later
"""The sections of docs/validation.md about the studies."""

import churn
import devices
import exclusion
import kdump
import pages
import permissions
import predict
import secretmem
from markdown import problem_list, size_words, table

CHURN = """\
A DIMM was plugged, two of its blocks were taken offline and brought online, and the DIMM was
unplugged through ACPI, again and again. On another CPU of the guest, the tool ran on `/proc/kcore`
without a pause: `-q` about one range, `--json --blocks`, and `--json` about all ranges, in turn.
One clock gives the times of each phase and each run. An answer is right if it was true in one of
the phases that its run overlaps; the reference walk decides what is true (`churnchecks.py`).
*Moving* counts runs and answers that overlap a time in which memory was being added or removed.
"""
DEVICES = """\
Memory came as a DIMM through ACPI, or from a virtio-mem device, and went again. Before, between and
after, the tool was asked for the devices, for the device by its name, and for the node, zones and
device of each memory block; a snapshot of the time in between was asked the same.
"""
EXCLUSION = """\
Kernels panicked, and a crash kernel that `kexec` had loaded saved their memory: `/proc/vmcore` as
it is, and through Debian 12's makedumpfile without the pages that `-d 31` leaves out (zero, cache,
user and free pages). The ranges are those of the other cases. *Agrees* means that exit status,
kernel and all answers about the ranges are the same as those of the live kernel before the panic.
"""
KDUMP = """\
Kernels panicked, and a crash kernel with 192 MiB (`crashkernel=192M`) started a small Debian 12 from
a disk: systemd ran the service of the unchanged kdump-tools, with the hook of contrib/kdump as a part
of it; in the guest whose name says so, they are those of Debian 13. The hook saved a snapshot, and
kdump-tools then saved a dump with makedumpfile, or failed to.
*Dump* is the size of what makedumpfile wrote. Time and memory are those of the hook's program in an
emulated CPU: its largest process at its largest, and how much memory the whole machine had, and
lacked at the lowest point meanwhile. *Agrees* means that the snapshot is whole, with mode 0600 and
beside the dump, and has the answers (`--blocks --map`) that `/proc/vmcore` gave in the crash kernel
and the live kernel before the panic.
"""
PERMISSIONS = """\
The table shows what the tool says if the running kernel may not be read. Each line was compared with
four runs: text, `--json`, `-q` and `--summary`. *Agrees* means that each run gives the one expected
sentence and exit status 2 or, if the kernel may be read, an answer.
"""
SECRETMEM = """\
On a CPU with BBML2 the linear map consists of large leaves, and the kernel may still take a page
out of it. Here, memfd_secret pages lay inside a 1 GiB leaf of a DIMM. The tool, the reference walk
and the kernel were asked before such pages existed, while they did, and when they were gone. Each
time, some blocks were taken offline.
"""


PAGES = """\
Programs used memory in many ways: anonymous memory in large and small folios, locked memory, tmpfs,
page tables, pipes, inodes, pages that vmsplice() or io_uring hold, ramfs and memfd_secret. Of each
memory block of a DIMM, the tool said what lies in it (`--pages`), and directly after that the block
was to go offline, with a time limit. *Stays* counts blocks with pages that cannot be moved, *goes*
those in which none was seen. *Tried* is what was ended by the time limit. The counts are compared
with those of /proc/kpageflags.
"""


PREDICT = """\
Before each step the tool was asked for both maps and all memory blocks as they would be after it
(`--if-added`, `--if-removed`); then the kernel's own function was called, and the tool was asked
for them as they were. Leaves are compared one by one in the linear map of the DIMM and in the
whole vmemmap, and of each block the verdict, the kernel's check and the leaves. Before the first
step the tool also had to know whether the kernel maps by pages or by blocks, and was asked for the
TLBIs of each removal, of memory that was not there yet; they were counted when it was removed.
"""


def missing(study, results):
    """A sentence about guests that never ran, or an empty text."""
    names = [name for name in study.CASES if name not in {entry["entry"] for entry in results}]
    return f"Not run: {', '.join(names)}.\n" if names else ""


def demand_counts(result):
    """How many demands were met, and how many were not."""
    problems = [problem for _, problem in result["demands"]]
    return problems.count(""), len(problems) - problems.count("")


def quoted(text):
    """Code, or an empty text."""
    return f"`{text}`" if text else ""


def share(part, whole):
    """A part of a whole, in tenths of a percent."""
    tenths = part * 1000 // whole if whole else 0
    return f"{part} ({tenths // 10}.{tenths % 10} %)"


def churn_row(result):
    """One line about a churn."""
    figures = result["figures"]
    verdicts = figures["verdicts"]
    dimm = figures["dimm"]
    return (result["entry"], result["release"], quoted(result["parameters"]),
            f"{size_words(dimm['size'])} at {dimm['start']:#x}", figures["runs"],
            figures["moving_runs"], figures["cycles"], figures["offlined"], figures["answers"],
            verdicts.get("removable", 0), verdicts.get("not-removable", 0),
            share(figures["unknown_moving"], figures["moving"]),
            share(figures["unknown_at_rest"], figures["answers"] - figures["moving"]),
            sum(figures["no_answer"].values()), *demand_counts(result), result["date"])


def churn_tables(results):
    """The section about churns."""
    yield table(("guest", "kernel", "kernel parameters", "DIMM", "runs", "of these moving",
                 "cycles", "blocks offlined", "answers", "removable", "not removable",
                 "unknown, moving", "unknown, at rest", "runs without an answer", "demands met",
                 "not met", "date"), map(churn_row, results))


def exclusion_row(result):
    """One line about a crash."""
    figures = result["figures"]
    return (result["entry"], result["release"], f"`{result['cpu']}`",
            quoted(result["parameters"]), figures["ranges"],
            "yes" if figures["crashed"] else "**no**", *demand_counts(result), result["date"])


def way_row(result, way):
    """One line about a saved dump."""
    sizes = " + ".join(f"{size >> 20}" for size in way["sizes"])
    if way["refusal"]:
        return result["entry"], way["name"], way["format"], "none", f"not made: {way['refusal']}"
    return (result["entry"], way["name"], way["format"], sizes,
            "yes" if way["agrees"] else "**no**")


def exclusion_tables(results):
    """The section about crashes."""
    yield table(("guest", "kernel", "CPU", "kernel parameters", "ranges",
                 "/proc/vmcore in the crash kernel agrees", "demands met", "not met", "date"),
                map(exclusion_row, results))
    yield table(("guest", "dump", "format", "MiB", "agrees"),
                (way_row(result, way) for result in results for way in result["figures"]["ways"]))


def kdump_row(result):
    """One line about a crash that Debian has saved."""
    figures, case = result["figures"], kdump.CASES[result["entry"]]
    taken = figures["footprint"]
    cells = [f"{figures['snapshot'] >> 10} KiB", f"{figures['dump'] >> 20} MiB"]
    if case.saves:
        cells += [f"{taken['milliseconds'] // 100 / 10} s", f"{taken['peak']} KiB",
                  f"{taken['available'] >> 10} of {taken['total'] >> 10} MiB",
                  f"{taken['available'] - taken['available_lowest']} KiB",
                  "yes" if figures["agrees"] else "**no**"]
    else:
        cells[0] = "none"
        cells += [""] * 5
    return (result["entry"], result["release"], case.trouble, *cells, *demand_counts(result),
            result["date"])


def kdump_tables(results):
    """The section about crashes on Debian."""
    yield table(("guest", "kernel", "what goes wrong", "snapshot", "dump", "time",
                 "largest process", "available before", "taken at most", "agrees", "demands met",
                 "not met", "date"), map(kdump_row, results))


def situation_row(result, situation):
    """One line about a refusal."""
    return (result["entry"], result["release"], quoted(result["parameters"]), situation["name"],
            situation["status"], situation["said"] or "an answer",
            "yes" if situation["agrees"] else "**no**")


def permissions_tables(results):
    """The section about refusals."""
    yield table(("guest", "kernel", "kernel parameters", "run as or where", "status", "it says",
                 "agrees"), (situation_row(result, situation) for result in results
                             for situation in result["figures"]["situations"]))


def secretmem_row(result, moment):
    """One line about a moment."""
    words = ", ".join(f"{count} {level}" for level, count in moment["leaves"].items())
    return (result["entry"], result["release"], moment["name"], words,
            ", ".join(moment["refused"]) or "none", *demand_counts(result), result["date"])


def secretmem_tables(results):
    """The section about split leaves."""
    yield table(("guest", "kernel", "secret pages", "the gigabyte's leaves", "blocks refused",
                 "demands met", "not met", "date"),
                (secretmem_row(result, moment) for result in results
                 for moment in result["figures"]["moments"]))


def devices_row(result):
    """One line about a guest."""
    figures = result["figures"]
    return (result["entry"], result["release"], figures["device"], figures["kind"],
            f"{figures['size'] >> 20} MiB", figures["verdict"],
            "goes" if not figures["result"] else "stays", *demand_counts(result), result["date"])


def devices_tables(results):
    """The section about devices."""
    yield table(("guest", "kernel", "device", "kind", "memory", "verdict", "then it", "demands met",
                 "not met", "date"), map(devices_row, results))


def pages_row(result):
    """One line about a guest."""
    trials = result["figures"]["trials"]

    def count(expected, *outcomes):
        return sum(trial["expected"] == expected and trial["outcome"] in outcomes
                   for trial in trials)

    wrong = sum((trial["expected"] == "goes") != (trial["outcome"] == "offline")
                for trial in trials)
    return (result["entry"], result["release"], len(trials), count("goes", "offline"),
            count("goes", "busy", "hang"), count("stays", "busy"), count("stays", "hang"),
            count("stays", "offline"), wrong, *demand_counts(result), result["date"])


def pages_tables(results):
    """The section about pages."""
    yield table(("guest", "kernel", "blocks", "goes: offline", "goes: not", "stays: refused",
                 "stays: tried", "stays: offline", "wrong", "demands met", "not met", "date"),
                map(pages_row, results))


def predict_row(result):
    """One line about a guest."""
    figures = result["figures"]
    refused = [step["name"] for step in figures["steps"] if step["result"]]
    return (result["entry"], result["release"], quoted(result["parameters"]), figures["mapping"],
            len(figures["steps"]), ", ".join(refused) or "none",
            sum(step["tlbi"] or 0 for step in figures["steps"]), *demand_counts(result),
            result["date"])


def predict_tables(results):
    """The section about predictions."""
    yield table(("guest", "kernel", "kernel parameters", "mapping", "steps", "refused",
                 "TLBIs foretold", "demands met", "not met", "date"), map(predict_row, results))


PARTS = (("Memory that comes and goes", churn, CHURN, churn_tables),
         ("Whose memory it is", devices, DEVICES, devices_tables),
         ("Pages left out of dumps", exclusion, EXCLUSION, exclusion_tables),
         ("A snapshot in the crash kernel", kdump, KDUMP, kdump_tables),
         ("Where the kernel may not be read", permissions, PERMISSIONS, permissions_tables),
         ("What lies in memory blocks, and whether they go offline", pages, PAGES, pages_tables),
         ("What was predicted, and then done", predict, PREDICT, predict_tables),
         ("Leaves that the kernel has split", secretmem, SECRETMEM, secretmem_tables))


def parts(stored):
    """The sections, given how to look results up."""
    for title, study, text, tables in PARTS:
        results = stored(study)
        ran = [result for result in results if "figures" in result]
        yield f"## {title}\n"
        yield text
        yield missing(study, results)
        if ran:
            yield from tables(ran)
        yield f"Demands not met:\n\n{problem_list(results)}"
