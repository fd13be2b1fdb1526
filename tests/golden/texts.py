# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures that come with the kernel's own text of its page tables: text and core must agree."""

import lzma

TEXT_SUFFIX = ".ptdump.xz"
IGNORED = "--ignore=boot-memory,not-present"
# Each memory block and each DIMM of the fixtures, and pieces that end inside leaves.
RANGES = ("0x88000000+2G", "0x88000000+896M", "0xa0000000+128M", "0xc0000000+1G",
          "0xc0000000+512M", "0x3e0000000+17G", "0x3e0000000+512M", "0x400000000+16G",
          "0x400000000+512M", "0x800000000+512M")


def given_by(kernel):
    """Options that give a text what the kernel's note gives a core."""
    return (f"--phys-offset={kernel['phys_offset']}", f"--kernel-release={kernel['release']}",
            f"--vmemmap-start={kernel['vmemmap_start']}")


def leaf_of(reason):
    """A reason without physical addresses in the vmemmap, which no text has."""
    leaf = dict(reason["leaf"]) if reason["leaf"] else None
    if leaf and reason["map"] == "vmemmap":
        leaf["pa"] = None
    return reason["code"], reason["map"], reason["edge"], reason["va"], leaf


def essence(entry):
    """What core and text must have in common: not what sections tell or the kernel's check."""
    reasons = [leaf_of(reason) for reason in entry["reasons"]
               if reason["code"] in ("splits-leaf", "malformed-cont", "misaligned")]
    return (entry["start"], reasons, entry["linear"], entry["vmemmap"],
            entry["teardown"]["batched"], entry["teardown"]["per_leaf"])


def check_text(tally, program, name, folder, fixtures):
    """All checks of one fixture's text."""
    text = folder / f"{name}.ptdump"
    text.write_bytes(lzma.decompress((fixtures / f"{name}{TEXT_SUFFIX}").read_bytes()))
    ranges = [f"--range={asked}" for asked in RANGES]
    source = f"--vmcore={name}.elf"
    result = program.run(source, f"--verify-ptdump={text.name}", "--json")
    document = program.parse(result)
    tally.equal(f"{name}: differences of core and text",
                (result.returncode, document["verify"]["differences"]), (0, []))
    tally.check(f"{name}: leaves", "" if document["verify"]["leaves"] > 100 else "hardly any")
    core = program.parse(program.run(source, *ranges, IGNORED, "--json"))
    answer = program.parse(program.run(f"--ptdump={text.name}", *given_by(core["kernel"]), *ranges,
                                       IGNORED, "--json"))
    for one, other in zip(core["ranges"], answer["ranges"], strict=True):
        tally.equal(f"{name} {one['start']}: text and core", essence(other), essence(one))
    check_deduction(tally, program, text.name, core["kernel"])
    check_changed(tally, program, name, text)


def check_deduction(tally, program, text, kernel):
    """Without any option a text reveals its geometry."""
    found = program.parse(program.run(f"--ptdump={text}", "--map", "--json"))["kernel"]
    for key in ("page_size", "va_bits_actual", "levels", "struct_page_size", "section_size"):
        tally.equal(f"{text}: {key}", found[key], kernel[key])


def check_changed(tally, program, name, text):
    """A missing line is a difference, and its addresses are named."""
    lines = text.read_text().splitlines(keepends=True)
    gone = next(line for line in lines if line.startswith("0x") and "MEM/NORMAL" in line)
    changed = text.with_suffix(".changed")
    changed.write_text("".join(line for line in lines if line is not gone))
    result = program.run(f"--vmcore={name}.elf", f"--verify-ptdump={changed.name}")
    start = gone[2:18]
    tally.equal(f"{name}: status with a line less", result.returncode, 1)
    tally.check(f"{name}: the line that is gone",
                "" if f"0x{start}" in result.stdout and "missing" in result.stdout
                else result.stdout[:300])
