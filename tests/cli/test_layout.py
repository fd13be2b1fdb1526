# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a kernel keeps its maps, as far as its memory tells more than its note."""

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region

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
