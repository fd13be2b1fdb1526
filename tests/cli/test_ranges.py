# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts, counts and plans of machines, compared with the oracle."""

import containers
import pytest
from arm64 import GEOMETRIES, Kernel
from cases import RELEASES, Query
from comparison import Judge, differences, map_runs, reason_set
from hypothesis import given
from hypothesis import strategies as st
from image import Image
from layout import Fault, Layout, Machine, Region
from machines import SEEDS, cases, geometry_name, sound_cases
from oracle import Model, Oracle
from profiles import examples
from support import codes_of, expected_status

GIB, MIB = 1 << 30, 1 << 20
SPELLINGS = ("plus", "inclusive", "decimal")


# -- random machines -------------------------------------------------------------------------------


def write(program, layout):
    """The option that names a core of a machine."""
    containers.write_plain(program.file("core"), Image(layout))
    return "--vmcore=" + program.file("core")


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=geometry_name)
@examples(20)
@given(st.data())
def test_random_machine_is_judged_by_its_description(program, geometry, data):
    check_case(program, data.draw(cases(geometries=[geometry])))


def check_case(program, case):
    """All answers about a machine are those of the oracle."""
    arguments = [write(program, case.layout)]
    for number, query in enumerate(case.queries):
        arguments.append("-r" + query.text(SPELLINGS[number % len(SPELLINGS)]))
    if case.assume:
        arguments.append(case.model.option())
    answer = program.document(*arguments)
    assert len(answer["ranges"]) == len(case.queries)
    judge = Judge(case.layout, case.model)
    texts = []
    for query, got in zip(case.queries, answer["ranges"]):
        texts += ["[%#x+%#x] %s" % (query.start, query.size, text)
                  for text in judge.check(query, got)]
    verdicts = {got["verdict"] for got in answer["ranges"]}
    assert answer["status"] == expected_status(verdicts)
    check_kernel(case, answer["kernel"])
    assert not texts, "%d differences, such as\n%s" % (len(texts), "\n".join(texts[:8]))


def check_kernel(case, kernel):
    """What the program has found out about the kernel is what its description says."""
    geo, wanted = case.kernel.geometry, case.kernel
    assert differences({
        "release": wanted.release, "page_size": geo.granule, "va_bits": geo.va_bits,
        "va_bits_actual": geo.va_actual, "levels": geo.levels, "lpa2": geo.lpa2,
        "page_offset": "%#x" % wanted.page_offset, "phys_offset": "%#x" % wanted.memstart,
        "vmemmap_start": "%#x" % wanted.vmemmap_start,
        "struct_page_size": wanted.struct_page_size, "section_size": wanted.section_size,
        "memory_block_size": wanted.section_size,
        "models": {name: {"value": getattr(case.model, name)}
                   for name in ("teardown", "flush", "guard")}}, kernel, "kernel") == []


# -- the nearest removable ranges ------------------------------------------------------------------


def check_nearest(oracle, query, answer):
    """The nearest ranges are removable, and of the sizes that trying all ranges finds."""
    wanted_inside = oracle.largest_inside(query.start, query.size)
    wanted_around = oracle.smallest_around(query.start, query.size)
    if oracle.removable(query.start, query.size):
        wanted_inside = wanted_around = 0
    inside, around = answer["nearest"]["inside"], answer["nearest"]["around"]
    text = "%#x+%#x" % (query.start, query.size)
    assert (inside["size"] if inside else 0) == wanted_inside, text
    assert (around["size"] if around else 0) == wanted_around, text
    last = query.start + query.size - 1
    if inside:
        start, end = int(inside["start"], 16), int(inside["end"], 16)
        assert query.start <= start and end <= last, text
    if around:
        start, end = int(around["start"], 16), int(around["end"], 16)
        assert start <= query.start and last <= end, text
    for span in filter(None, (inside, around)):
        start, end = int(span["start"], 16), int(span["end"], 16)
        assert end - start + 1 == span["size"]
        assert oracle.removable(start, span["size"]), text


@examples(29)
@given(sound_cases())
def test_nearest_ranges_are_those_that_trying_all_ranges_finds(program, case):
    step = case.kernel.section_size
    queries = [query for query in case.queries if query.size <= 12 * step]
    answer = program.document(write(program, case.layout), case.model.option(),
                              *("-r" + query.text("plus") for query in queries))
    oracle = Oracle(case.layout, case.model)
    for query, got in zip(queries, answer["ranges"]):
        check_nearest(oracle, query, got)


# -- --blocks and --map ----------------------------------------------------------------------------


@examples(38)
@given(sound_cases())
def test_blocks_are_those_of_the_description(program, case):
    answer = program.document(write(program, case.layout), case.model.option(), "--blocks",
                              statuses=(0,))
    assert answer["ranges"] == []
    check_blocks(Judge(case.layout, case.model), answer["blocks"])


def check_blocks(judge, blocks):
    """The list of blocks has all sections, and says of each what the oracle says."""
    layout, step = judge.layout, judge.kernel.section_size
    assert ([block["name"] for block in blocks]
            == ["memory%d" % number for number in sorted(layout.sections)])
    for number, block in zip(sorted(layout.sections), blocks):
        region, start = layout.sections[number], number * step
        reasons = judge.oracle.reasons(start, step)
        counts = judge.oracle.mapping(start, step)
        wanted = {"start": "%#x" % start, "end": "%#x" % (start + step - 1),
                  "state": "online" if region.online else "offline", "boot": region.boot,
                  "verdict": judge.oracle.verdict(reasons)}
        for name in counts:
            wanted[name] = {"leaves": counts[name]["leaves"]}
        assert differences(wanted, block, block["name"]) == []
        assert reason_set(block) == reasons, block["name"]


@examples(52)
@given(cases(damages=st.sampled_from((None, "drop-cont", "zero", "invalid"))))
def test_map_is_that_of_the_description(program, case):
    answer = program.document(write(program, case.layout), "--map", statuses=(0,))
    assert answer["blocks"] is None
    oracle = Oracle(case.layout, case.model)
    for name, view in oracle.views.items():
        assert answer["map"][name] == map_runs(view), name


# -- machines that are worth a description of their own --------------------------------------------


def ask(program, regions, queries, model=None, faults=(), kernel=None, damage=None):
    """Build a machine, ask, and return (the judge, the answers)."""
    kernel = kernel or Kernel(release="7.2.12")
    layout = Layout(Machine(kernel, regions, list(faults)))
    image = Image(layout)
    if damage:
        damage(image)
    path = program.file("core")
    containers.write_plain(path, image)
    model = model or Model(lpa2=kernel.geometry.lpa2)
    arguments = ["-r" + Query(*query).text("plus") for query in queries]
    answer = program.document("--vmcore=" + path, model.option(), *arguments)
    return Judge(layout, model), answer["ranges"]


def boot(kernel=None):
    """A section of boot memory."""
    size = kernel.section_size if kernel else 128 * MIB
    return Region(GIB, size, boot=True)


def agree(program, regions, queries, **how):
    """The program and the oracle give the same answers to all queries."""
    judge, answers = ask(program, regions, queries, **how)
    for query, answer in zip(queries, answers):
        assert judge.check(Query(*query), answer) == [], "%#x+%#x" % query
    return answers


def test_blocks_under_one_leaf_are_refused_as_observed(program):
    """2 GiB after boot memory: the eight blocks under the PUD leaf are refused."""
    start, block = 0x88000000, 128 * MIB
    regions = [Region(0x40000000, 128 * MIB, boot=True),
               Region(start, 2 * GIB, linear="pud")]
    kernel = Kernel(dram_base=0x40000000)
    queries = [(start + number * block, block) for number in range(16)] + [(start, 2 * GIB)]
    answers = agree(program, regions, queries, kernel=kernel)
    verdicts = [answer["verdict"] for answer in answers]
    inside = [0xc0000000 <= query[0] < 0x100000000 for query in queries[:16]]
    assert [verdict == "not-removable" for verdict in verdicts[:16]] == inside
    assert codes_of(answers[16]) == ["guard-veto"]
    old = agree(program, regions, queries, kernel=kernel, model=Model(guard="none"))
    assert old[16]["verdict"] == "removable"


def test_next_range_guard_judges_the_wrong_block(program):
    regions = [boot(), Region(4 * GIB, 2 * GIB, linear=[
        (4 * GIB, GIB, "pages"), (5 * GIB, GIB, "pud")])]
    queries = [(4 * GIB + number * 128 * MIB, 128 * MIB) for number in range(16)]
    answers = agree(program, regions, queries + [(4 * GIB, 2 * GIB)],
                    model=Model(guard="next-range"))
    assert answers[15]["guard"]["outcome"] == "accepts-unsafely"
    assert answers[7]["guard"]["outcome"] == "refuses"


@pytest.mark.parametrize("guard", ("requested", "none"))
@pytest.mark.parametrize("linear", ("pages", "cont-pmd"))
def test_memmap_on_memory_makes_each_block_go_by_itself(program, linear, guard):
    """The fixed guard vetoes all of them."""
    regions = [boot(), Region(4 * GIB, 512 * MIB, linear=linear, memmap_on_memory=True)]
    agree(program, regions, [(4 * GIB, 512 * MIB), (4 * GIB, 128 * MIB)], model=Model(guard=guard))


def test_never_onlined_memory_is_not_vetoed(program):
    regions = [boot(), Region(4 * GIB, GIB, linear="pud", online=False)]
    answers = agree(program, regions, [(4 * GIB, GIB)])
    assert answers[0]["verdict"] == "removable"


def test_flushes_change_at_their_limits(program):
    """Just below, at and above every limit of the flush rules."""
    for geometry in ((4096, 48, 48), (16384, 48, 48), (65536, 48, 48), (4096, 52, 52)):
        kernel = Kernel(*geometry)
        page, step = kernel.page_size, kernel.section_size
        size = (1 << 21) * page + 2 * step
        base = 1 << 38
        regions = [boot(kernel), Region(base, size, linear="cont-pmd")]
        limit = page // 8
        pages = [1, 2, limit - 1, limit, limit + 1, (1 << 21) - 1, 1 << 21, (1 << 21) + 1]
        queries = [(base, count * page) for count in pages]
        queries += [(base + page, page * count) for count in (1, 17, 2047)]
        for flush, ranges in (("page-loop", True), ("range-ops", True),
                              ("range-ops", False)):
            model = Model("batched", flush, "none", ranges, kernel.geometry.lpa2)
            judge, answers = ask(program, regions, queries, model, kernel=kernel)
            for query, answer in zip(queries, answers):
                plan = judge.oracle.teardown(*query)
                assert differences(plan["batched"]["linear"],
                                   answer["teardown"]["batched"]["linear"], "linear") == [], (
                    "%#x+%#x" % query)


def test_struct_pages_may_have_128_bytes(program):
    kernel = Kernel(struct_page_size=128)
    regions = [boot(), Region(4 * GIB, 512 * MIB, linear="pmd")]
    agree(program, regions, [(4 * GIB, 512 * MIB), (4 * GIB, 128 * MIB), (4 * GIB, 64 * MIB)],
          kernel=kernel)


def test_leaf_of_the_vmemmap_may_serve_many_sections(program):
    """Leaves there that hold the struct pages of many sections."""
    for geometry, kind, size in (((4096, 48, 48), "cont-pmd", 4 * GIB),
                                 ((4096, 52, 52), "cont-pmd", 4 * GIB),
                                 ((16384, 47, 47), "pmd", 16 * GIB),
                                 ((65536, 48, 48), "cont-pte", 8 * GIB)):
        kernel = Kernel(*geometry)
        base, step = 33 * GIB, kernel.section_size
        regions = [boot(kernel),
                   Region(base, size, linear="cont-pmd", vmemmap=kind)]
        queries = [(base, size), (base, size // 2), (base + step, size // 2),
                   (base + size // 4, step), (base + size - step, step)]
        for guard in ("none", "requested", "next-range"):
            model = Model(guard=guard, lpa2=kernel.geometry.lpa2)
            agree(program, regions, queries, kernel=kernel, model=model)


def test_blocks_where_linux_makes_none_are_not_understood(program):
    """Blocks at levels where Linux makes none are not understood, and never accepted."""
    for geometry, level in (((4096, 52, 52), 0), ((16384, 52, 52), 1), ((65536, 52, 52), 1),
                            ((16384, 47, 47), 1)):
        kernel = Kernel(*geometry)
        base = 1 << 45 if geometry[1] > 47 else 1 << 42
        step = kernel.section_size
        regions = [boot(kernel), Region(base, 4 * step, linear="pmd")]
        faults = [Fault("block", base, "linear", level=level)]
        for size in (step, 4 * step):
            _, (answer,) = ask(program, regions, [(base, size)], kernel=kernel,
                               faults=faults, model=Model(guard="none"))
            codes = set(codes_of(answer))
            assert "unreadable" in codes
            assert answer["verdict"] != "removable"


def test_table_that_leads_to_itself_is_unreadable(program):
    for name in ("linear", "vmemmap"):
        for level in (1, 2, 3):
            regions = [boot(), Region(1 << 45, 256 * MIB)]
            faults = [Fault("loop", 1 << 45, name, level=level)]
            _, (answer,) = ask(program, regions, [(1 << 45, 256 * MIB)],
                               faults=faults, model=Model(guard="none"))
            codes = set(codes_of(answer))
            assert answer["verdict"] == "unknown"
            assert codes == {"unreadable"}


def test_sections_that_cannot_be_read_are_unknown(program):
    """Absent or zero-filled section pages never mean that there is no memory."""
    def absent(image):
        for pa in image.section_pages.values():
            del image.pages[pa]

    def zeroed(image):
        for pa in image.section_pages.values():
            image.pages[pa] = bytearray(image.page_size)

    def rootless(image):
        del image.pages[image.sections_pa & -image.page_size]

    regions = [boot(), Region(4 * GIB, 256 * MIB)]
    for damage in (absent, zeroed, rootless):
        _, (answer,) = ask(program, regions, [(4 * GIB, 256 * MIB)], damage=damage)
        codes = set(codes_of(answer))
        assert codes == {"unreadable"}
        assert answer["verdict"] == "unknown"


def test_absent_root_table_is_unknown(program):
    def rootless(image):
        del image.pages[image.root]

    regions = [boot(), Region(4 * GIB, 256 * MIB)]
    layout = Layout(Machine(Kernel(), regions))
    image = Image(layout)
    rootless(image)
    path = program.file("rootless")
    containers.write_plain(path, image)
    program.run_ok("--vmcore=" + path, "-r0x100000000+128M", "-q", status=2)


def test_memory_below_memstart_is_not_present(program):
    """It has no linear address; whatever the upper half holds is not its mapping."""
    regions = [Region(8 * GIB, 128 * MIB, boot=True), Region(16 * GIB, 256 * MIB)]
    kernel = Kernel(dram_base=8 * GIB)
    _, answers = ask(program, regions, [(GIB, 128 * MIB), (8 * GIB - 128 * MIB, 256 * MIB)],
                     kernel=kernel)
    for answer in answers:
        codes = set(codes_of(answer))
        assert answer["verdict"] == "not-removable"
        assert "not-present" in codes
    assert answers[0]["linear"]["mapped"] == 0


def test_bit_52_in_table_descriptors_is_ignored(program):
    def set_bit(image):
        for (level, va) in image.tables:
            parent = image.table(level - 1, va)
            index = image.geometry.index(level - 1, va)
            image.write_entry(parent, index, image.read_entry(parent, index) | 1 << 52)

    regions = [boot(), Region(4 * GIB, GIB, linear="cont-pte"),
               Region(5 * GIB, 256 * MIB)]
    queries = [(4 * GIB, GIB), (4 * GIB, 128 * MIB), (5 * GIB, 2 * MIB), (5 * GIB, 4096)]
    judge, answers = ask(program, regions, queries, Model(guard="none"), damage=set_bit)
    for query, answer in zip(queries, answers):
        assert judge.check(Query(*query), answer) == []


@pytest.mark.parametrize("release,teardown,flush,guard",
                         [row for row in RELEASES if Kernel(release=row[0]).section_bits != 30])
def test_release_tells_the_models(program, release, teardown, flush, guard):
    layout = Layout(Machine(Kernel(release=release), [boot(), Region(4 * GIB, 128 * MIB)]))
    answer = program.document(write(program, layout), "-r0x100000000+128M")
    assert answer["kernel"]["models"] == {
        "teardown": {"value": teardown, "from": "release"},
        "flush": {"value": flush, "from": "release"},
        "guard": {"value": guard, "from": "release"},
        "mapping": {"value": "pages", "from": "tables"}}


@examples(60)
@given(sound_cases(kinds=["cont-pmd"]), st.integers(1, 7), SEEDS)
def test_sums_add_up_whatever_the_tables_say(program, case, flips, seed):
    image = Image(case.layout)
    image.flip_bits(flips, seed)
    containers.write_plain(program.file("core"), image)
    queries = [Query(region.pa, region.size) for region in case.machine.regions]
    answer = program.document("--vmcore=" + program.file("core"), "--blocks", "--map",
                              *("-r" + query.text("plus") for query in queries))
    for query, got in zip(queries, answer["ranges"]):
        for name in ("linear", "vmemmap"):
            low, high = case.layout.span(name, query.start, query.size)
            total = sum(got[name][key] for key in ("mapped", "unmapped", "unreadable"))
            assert total == high - low
