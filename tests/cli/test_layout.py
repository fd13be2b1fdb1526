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


# -- the linear map of kernels before 5.10 is not where the note says ------------------------------

# Granule, VA bits, VA bits in use, start of memory.  With fewer bits in use, the note of a kernel
# before 5.10 has the plain start of memory.
PLACES = ((4096, 48, 48, GIB), (4096, 39, 39, 2 * GIB), (16384, 47, 47, GIB),
          (65536, 48, 48, 2 * GIB), (65536, 52, 52, 2 * GIB), (65536, 52, 48, 2 * GIB))
# By how much KASLR moves memstart_addr after the maps were placed by it.
SHIFTS = (GIB, 0xd38 << 30, 1 << 45)


def moved_machine(place, faults=(), **how):
    """A machine of a 5.9 kernel, with 1 GiB from boot and 1 GiB added."""
    granule, va_bits, va_actual, base = place
    how = {"release": "5.9.16", **how}
    kernel = Kernel(granule, va_bits, va_actual, dram_base=base, **how)
    return Machine(kernel, [Region(base, GIB, boot=True),
                            Region(base + 4 * GIB, GIB, linear="pmd")], list(faults))


def noting(offset):
    """Change PHYS_OFFSET of a note."""
    def edit(note):
        lines = [b"NUMBER(PHYS_OFFSET)=%#x" % (offset & (1 << 64) - 1)
                 if line.startswith(b"NUMBER(PHYS_OFFSET)") else line
                 for line in note.splitlines()]
        return b"\n".join(lines) + b"\n"
    return edit


def ask(program, machine, edit=None, *options, prepare=None):
    """The document about the added memory of a machine, and all of its blocks."""
    image = Image(Layout(machine))
    if prepare:
        prepare(image)
    core = write_core(program, image, edit)
    added = machine.regions[1]
    return program.document(core, "-r%#x+%#x" % (added.pa, added.size), "--blocks", "--map",
                            "--suggest=1G", *options)


def essence(answer):
    """An answer without its prose."""
    return {key: answer[key] for key in ("kernel", "ranges", "blocks", "map", "suggestions")}


def warnings_with(answer, *parts):
    """The warnings that have all of these parts."""
    return [text for text in answer["warnings"] if all(part in text for part in parts)]


@pytest.mark.parametrize("place", PLACES)
def test_linear_map_is_where_all_evidence_has_it(program, place):
    machine = moved_machine(place)
    wanted = ask(program, machine)
    assert wanted["ranges"][0]["verdict"] == "removable"
    assert len(wanted["blocks"]) == 2
    start = machine.kernel.dram_base
    for noted in [start - shift for shift in SHIFTS] + [start + GIB]:
        if noted % (1 << 64) == machine.kernel.memstart:
            continue
        found = ask(program, machine, noting(noted))
        assert essence(found) == essence(wanted)
        assert warnings_with(found, "PHYS_OFFSET %#x" % (noted % (1 << 64)),
                             "on %#x" % machine.kernel.memstart)


def test_fallback_of_a_52_bit_kernel_has_another_place_than_its_note(program):
    place = (65536, 52, 48, 2 * GIB)
    found = ask(program, moved_machine(place), noting(2 * GIB))
    assert found["ranges"][0]["verdict"] == "removable"
    assert found["kernel"]["phys_offset"] == "0xfff1000080000000"


def test_note_that_the_tables_confirm_stands(program):
    assert not warnings_with(ask(program, moved_machine(PLACES[0])), "PHYS_OFFSET")


def check_open(answer, *parts):
    """Nothing is said of the memory, but what would help."""
    assert answer["ranges"][0]["verdict"] == "unknown"
    assert "removable" not in [block["verdict"] for block in answer["blocks"]]
    assert answer["suggestions"] == []
    assert answer["kernel"]["linear_map"] is None
    assert warnings_with(answer, "PHYS_OFFSET", "--phys-offset", *parts), answer["warnings"]


def section_entry(image, pa):
    """Where the section of PA is in the memory of IMAGE."""
    kernel = image.kernel
    root, slot = divmod(pa // kernel.section_size, image.page_size // kernel.mem_section_size)
    return image.section_pages[root] + slot * kernel.mem_section_size


def boot_section(change):
    """Change section_mem_map of the section that holds the root table."""
    def prepare(image):
        pa = section_entry(image, image.root)
        value = int.from_bytes(image.page(pa & -image.page_size)[pa % image.page_size:][:8],
                               "little")
        image.write(pa, change(value).to_bytes(8, "little"))
    return prepare


def unmap(find_va):
    """Clear the last entry that maps an address."""
    def prepare(image):
        va = find_va(image)
        for level in (3, 2):
            if (level, va & -image.geometry.table_span(level)) in image.tables:
                image.write_entry(image.table(level, va), image.geometry.index(level, va), 0)
                return
        raise AssertionError("no table there")
    return prepare


def without_roots(image):
    """Lose the array of the section roots."""
    for pa in range(image.sections_pa & -image.page_size, image.sections_pa + image.root_count * 8,
                    image.page_size):
        del image.pages[pa]


# What contradicts a PHYS_OFFSET that both ends of the linear map have.
CONTRADICTIONS = {
    "the section of the root table is not early": boot_section(lambda value: value & ~8),
    "the section of the root table is not present": boot_section(lambda value: value & ~1),
    "it has another vmemmap": boot_section(lambda value: value + (1 << 30)),
    "it has the vmemmap of another PHYS_OFFSET": boot_section(lambda value: value + (1 << 24)),
    "there are no sections": without_roots,
    "the root table is not mapped": unmap(lambda image: image.kernel.lin(image.root)),
    "mem_section is not mapped": unmap(lambda image: image.kernel.lin(image.sections_pa)),
    "the struct page of the root table is not mapped":
        unmap(lambda image: image.kernel.struct_page(image.root)),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_one_contradiction_leaves_the_linear_map_open(program, name):
    for noted in (0xd38 << 30, GIB):
        found = ask(program, moved_machine(PLACES[0]), noting(GIB - noted),
                    prepare=CONTRADICTIONS[name])
        check_open(found, "--phys-offset=0x40000000")


def test_ends_that_disagree_leave_the_linear_map_open(program):
    added = GIB + 4 * GIB
    for pa in (GIB, added + GIB - 2 * MIB):
        machine = moved_machine(PLACES[0], [Fault("wrong-pa", pa)])
        check_open(ask(program, machine, noting(-GIB)), "disagree")


def test_advice_leads_to_the_answer(program):
    """The option stands in for a section that does not agree; the rest is checked as always."""
    machine = moved_machine(PLACES[0])
    wanted = ask(program, machine)
    found = ask(program, machine, noting(-GIB), "--phys-offset=0x40000000",
                prepare=without_roots)
    assert found["map"] == wanted["map"]
    assert found["ranges"][0]["linear"] == wanted["ranges"][0]["linear"]
    assert found["ranges"][0]["verdict"] == "unknown"


def test_offset_of_the_user_is_not_replaced(program):
    found = ask(program, moved_machine(PLACES[0]), None, "--phys-offset=0x80000000")
    assert found["kernel"]["phys_offset"] == "0x80000000"
    assert found["ranges"][0]["verdict"] != "removable"


def test_note_that_says_where_the_vmemmap_is_stands(program):
    """From 5.19 on a note has all of the layout: if the tables contradict it, one is damaged."""
    machine = moved_machine(PLACES[0], release="6.12.90")
    drop = noting(GIB - (0xd38 << 30))
    found = ask(program, machine,
                lambda note: b"\n".join(line for line in drop(note).splitlines()
                                        if not line.startswith(b"SYMBOL(vmemmap)")) + b"\n")
    assert found["ranges"][0]["verdict"] == "unknown"
    assert found["kernel"]["phys_offset"] == "%#x" % (GIB - (0xd38 << 30) + (1 << 64))


# -- the vmemmap is where another release has it ---------------------------------------------------

# The layout of a kernel, its name, and a release that has this layout.
BACKPORTS = (("5.11", "5.10.36-vendor", "5.11.0"), ("5.11", "5.10.0-rc7", "5.11.0"),
             ("5.10", "5.11.0-rc1", "5.10.36"), ("5.10", "5.15.100", "5.10.36"),
             ("6.9", "5.15.100-vendor", "6.12.90"), ("5.11", "5.9.16", "5.11.0"))


def bare(note):
    """A note from before 5.19, without the place of the vmemmap."""
    return b"".join(line for line in note.splitlines(True)
                    if not line.startswith((b"NUMBER(V", b"NUMBER(MOD", b"SYMBOL(vmemmap)"))
                    or line.startswith(b"NUMBER(VA_BITS)"))


@pytest.mark.parametrize("place", PLACES[:4])
@pytest.mark.parametrize("era,release,like", BACKPORTS)
def test_vmemmap_is_where_mem_section_and_the_tables_have_it(program, place, era, release, like):
    machine = moved_machine(place, release=release, era=era, section_bits=30)
    found = ask(program, machine, bare)
    assert found["kernel"]["vmemmap_start"] == "%#x" % machine.kernel.vmemmap_start
    assert found["ranges"][0]["vmemmap"]["unmapped"] == 0
    assert found["ranges"][0]["verdict"] == "removable"
    assert warnings_with(found, "vmemmap", release, "--vmemmap-start")
    same = ask(program, moved_machine(place, release=like, section_bits=30), bare)
    assert [each["leaves"] for each in (found["ranges"][0]["linear"], found["ranges"][0]["vmemmap"])
            ] == [each["leaves"] for each in (same["ranges"][0]["linear"],
                                              same["ranges"][0]["vmemmap"])]
    assert not warnings_with(same, "other releases")


def test_both_maps_may_be_elsewhere(program):
    machine = moved_machine(PLACES[0], release="5.9.16", era="5.11")
    found = ask(program, machine, lambda note: bare(noting(-GIB)(note)))
    assert found["ranges"][0]["verdict"] == "removable"
    assert warnings_with(found, "--phys-offset") and warnings_with(found, "--vmemmap-start")


def map_struct_page_at(start):
    """Map the struct page of the root table a second time, as if the vmemmap began at START."""
    def prepare(image):
        kernel = image.kernel
        va = kernel.struct_page(image.root) - kernel.vmemmap_start + start
        image.write_entry(image.table(3, va), image.geometry.index(3, va),
                          image.address_bits(0x70000000) | 0x703)
    return prepare


def test_vmemmap_in_two_places_is_in_neither(program):
    """A decoy where the release has the vmemmap."""
    machine = moved_machine(PLACES[0], release="5.10.36", era="5.11")
    place = Kernel(release="5.10.36", dram_base=GIB).vmemmap_start
    found = ask(program, machine, bare, prepare=map_struct_page_at(place))
    assert found["ranges"][0]["verdict"] == "unknown"
    assert "removable" not in [block["verdict"] for block in found["blocks"]]
    assert warnings_with(found, "--vmemmap-start", "nothing else proves")


def test_vmemmap_of_no_formula_is_not_taken(program):
    machine = moved_machine(PLACES[0], release="5.10.36")
    found = ask(program, machine, bare, prepare=boot_section(lambda value: value + (1 << 30)))
    assert found["kernel"]["vmemmap_start"] == "%#x" % machine.kernel.vmemmap_start
    assert warnings_with(found, "--vmemmap-start", "nothing else proves")


def test_vmemmap_is_open_if_the_end_of_the_linear_map_is(program):
    """With 52 bits in use, releases have the linear map end at two places."""
    machine = moved_machine((65536, 52, 52, 2 * GIB), release="5.10.36", era="5.11")
    found = ask(program, machine, bare)
    assert found["ranges"][0]["verdict"] == "unknown"
    assert warnings_with(found, "--vmemmap-start", "nothing else proves")


def test_vmemmap_that_is_not_mapped_is_not_taken(program):
    machine = moved_machine(PLACES[0], release="5.10.36", era="5.11")
    found = ask(program, machine, bare,
                prepare=unmap(lambda image: image.kernel.struct_page(image.root)))
    assert found["ranges"][0]["verdict"] == "unknown"
    assert warnings_with(found, "--vmemmap-start", "nothing else proves")
