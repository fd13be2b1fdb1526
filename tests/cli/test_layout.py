# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a kernel keeps its maps, as far as its memory tells more than its note."""

import containers
import ptdump
import pytest
from arm64 import Kernel
from image import Image
from layout import Fault, Layout, Machine, Region

GIB, MIB = 1 << 30, 1 << 20

BOOT = 0x40000000
ADDED = 0x440000000


def write_core(program, image, edit=None):
    """The option for a dump of IMAGE, whose note EDIT may change."""
    path = program.file("core")
    note = image.vmcoreinfo()
    containers.write_elf(path, containers.memory_segments(image),
                         containers.note("VMCOREINFO", 0, edit(note) if edit else note))
    return "--vmcore=" + path


# -- pointers with a tag ---------------------------------------------------------------------------


def test_tags_are_not_part_of_an_address(program):
    regions = [Region(BOOT, 128 * MIB, boot=True),
               Region(ADDED, 256 * MIB, linear="cont-pmd")]
    answers = []
    for tag in (0xff, 0xf4, 0x00):
        core = write_core(program, Image(Layout(Machine(Kernel(), regions, tag=tag))))
        answer = program.document(core, "-r%#x+256M" % ADDED, "--blocks", statuses=(0,))
        answers.append((answer["ranges"], answer["blocks"]))
    assert answers[0] == answers[1] == answers[2]
    found = answers[0][0][0]
    assert found["verdict"] == "removable"
    assert found["linear"]["leaves"]["CONT_PMD"] == 8
    assert found["vmemmap"]["leaves"]["PMD"] == 2
    assert len(answers[0][1]) == 3


# -- leaves that no kernel makes -------------------------------------------------------------------

# Granule, VA bits, the level of a block that no kernel makes, and its name.
HUGE = ((4096, 48, 0, "P4D"), (4096, 52, -1, "PGD"), (4096, 52, 0, "P4D"), (16384, 48, 0, "P4D"),
        (16384, 47, 1, "PUD"), (65536, 48, 1, "PUD"), (65536, 52, 1, "PUD"))


def huge_machine(granule, va_bits, level, name="linear"):
    """A machine whose added memory is mapped by one block of LEVEL, in place."""
    kernel = Kernel(granule, va_bits, dram_base=0)
    geometry = kernel.geometry
    added = geometry.size(level) if geometry.size(level) < 1 << (va_bits - 1) else GIB
    regions = [Region(0, GIB, boot=True, linear="pmd"),
               Region(added, 2 * kernel.section_size, linear="pmd")]
    return Machine(kernel, regions, [Fault("block", added, name, level=level)])


@pytest.mark.parametrize("granule,va_bits,level,name", HUGE)
def test_map_marks_leaves_that_no_kernel_makes(program, granule, va_bits, level, name):
    core = write_core(program, Image(Layout(huge_machine(granule, va_bits, level))))
    answer = program.document(core, "--map", statuses=(2,))
    wrong = [run for run in answer["map"]["linear"] if not run["expected"]]
    assert [run["level"] for run in wrong] == [name]
    assert [text for text in answer["warnings"] if "that no kernel makes" in text]
    assert "made by no kernel\n" in program.run(core, "--map").text
    assert program.run(core, "--map", "-q").returncode == 2
    assert "partly unreadable" in program.run(core, "--map", "--summary").text


@pytest.mark.parametrize("granule,va_bits,level,name", HUGE)
@pytest.mark.parametrize("which", ("linear", "vmemmap"))
def test_memory_of_such_leaves_is_not_removable(program, granule, va_bits, level, name, which):
    machine = huge_machine(granule, va_bits, level, which)
    core = write_core(program, Image(Layout(machine)))
    added = machine.regions[1]
    answer = program.document(core, "-r%#x+%#x" % (added.pa, added.size), "--blocks",
                              "--suggest=%d" % machine.kernel.section_size)
    assert answer["ranges"][0]["verdict"] in ("unknown", "not-removable"), name
    assert "removable" not in [block["verdict"] for block in answer["blocks"]]
    assert answer["suggestions"] == []


def test_text_of_the_tables_never_agrees_with_such_leaves(program):
    machine = huge_machine(4096, 48, 0)
    core = write_core(program, Image(Layout(machine)))
    machine.faults = []
    text = program.file("text", ptdump.Writer(Layout(machine)).text())
    answer = program.document(core, "--verify-ptdump=" + text, statuses=(1,))
    assert "P4D" in [found["walk"] for found in answer["verify"]["differences"]]


def test_empty_linear_map_is_not_passed_over(program):
    image = Image(Layout(Machine(Kernel(), [Region(BOOT, GIB, boot=True)])))
    image.write_entry(image.root, image.geometry.index(0, image.kernel.lin(BOOT)), 0)
    core = write_core(program, image)
    answer = program.document(core, "--map", statuses=(2,))
    assert answer["map"]["linear"] == []
    assert [text for text in answer["warnings"] if "the linear map is empty" in text]


def test_empty_vmemmap_has_a_warning(program):
    image = Image(Layout(Machine(Kernel(), [Region(BOOT, GIB, boot=True, vmemmap="hole")])))
    answer = program.document(write_core(program, image), "--map", statuses=(0,))
    assert [text for text in answer["warnings"] if "the vmemmap is empty" in text]
