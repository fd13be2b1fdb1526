# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts, counts and plans of random machines, compared with the oracle."""

import containers
from cases import Case, Query, RELEASES, all_cases
from image import Image
from layout import Fault, Layout, Machine, Region
from arm64 import GEOMETRIES, Kernel
from oracle import LEVEL_NAMES, Model, Oracle
from support import ProgramTest, expected_status

GIB, MIB = 1 << 30, 1 << 20
SPELLINGS = ("plus", "inclusive", "decimal")


def reason_set(answer):
    """The reasons of an answer, reduced to what the contract fixes for each code."""
    found = set()
    for reason in answer["reasons"]:
        code = reason["code"]
        if code == "splits-leaf":
            found.add((code, reason["map"], reason["edge"]))
        elif code == "malformed-cont":
            found.add((code, reason["map"], None))
        else:
            found.add((code, None, None))
    return found


def differences(wanted, got, path):
    """Where two JSON values differ, ignoring keys that only GOT has."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return [text for key in wanted
                for text in differences(wanted[key], got.get(key), path + "." + key)]
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        return [text for number, pair in enumerate(zip(wanted, got))
                for text in differences(*pair, "%s[%d]" % (path, number))]
    return [] if wanted == got else ["%s: expected %s, got %s" % (path, wanted, got)]


class Judge:
    """Compares answers of the program with the oracle's."""

    def __init__(self, layout, model):
        self.layout = layout
        self.kernel = layout.kernel
        self.oracle = Oracle(layout, model)
        self.page_faults = any(fault.kind.endswith("-table") or fault.kind == "wrong-pa"
                               for fault in layout.machine.faults)

    def check(self, query, answer):
        """Differences between an answer and the expected one."""
        oracle, start, size = self.oracle, query.start, query.size
        reasons = oracle.reasons(start, size)
        texts = differences({"start": "%#x" % start, "end": "%#x" % (start + size - 1),
                             "size": size, "verdict": oracle.verdict(reasons)}, answer, "range")
        if reason_set(answer) != reasons:
            texts.append("reasons: expected %s, got %s"
                         % (sorted(reasons, key=str), sorted(reason_set(answer), key=str)))
        texts += self.check_leaves_of_reasons(start, size, answer)
        if not self.wrong_output(start, size):
            texts += differences(oracle.mapping(start, size), answer, "range")
        if not self.page_faults and self.page_aligned_vmemmap(start, size):
            texts += differences(oracle.teardown(start, size), answer["teardown"], "teardown")
        if self.whole_online_blocks(start, size):
            texts += differences(oracle.guard(start, size), answer["guard"], "guard")
        return texts

    def wrong_output(self, start, size):
        """Whether bytes are hard to classify, because a leaf leads elsewhere."""
        return self.oracle.views["linear"].wrong_output(*self.layout.span("linear", start, size))

    def page_aligned_vmemmap(self, start, size):
        """Flushes of part of a page of struct pages do not matter."""
        return not any(va % self.kernel.page_size
                       for va in self.layout.span("vmemmap", start, size))

    def whole_online_blocks(self, start, size):
        """Whether the guard would be asked about each of the blocks."""
        step = self.kernel.section_size
        if self.page_faults or start % step or size % step:
            return False
        return all(region is not None and region.online
                   for region in self.oracle.sections(start, size))

    def check_leaves_of_reasons(self, start, size, answer):
        """A splits-leaf names the leaf that it splits."""
        texts = []
        for reason in answer["reasons"]:
            if reason["code"] != "splits-leaf":
                continue
            span = self.layout.span(reason["map"], start, size)
            edge = span[reason["edge"] == "end"]
            if reason["edge"] is None:      # between two blocks with a call each
                edge = int(reason["va"], 16)
            view = self.oracle.views[reason["map"]]
            texts += differences("%#x" % edge, reason["va"], "splits-leaf.va")
            if view.broken_at(edge) is not None:
                continue
            name, va, pa, leaf_size = view.leaf(edge)
            wanted = {"level": name, "va": "%#x" % va, "size": leaf_size}
            if not self.wrong_output(start, size):
                wanted["pa"] = "%#x" % pa
            texts += differences(wanted, reason["leaf"], "splits-leaf.leaf")
        return texts


class RandomMachines(ProgramTest):
    """Every geometry with every kind of leaf, whole and damaged."""

    def check_case(self, case):
        path = self.file("core")
        containers.write_plain(path, Image(case.layout))
        arguments = ["--vmcore=" + path]
        for number, query in enumerate(case.queries):
            arguments.append("-r" + query.text(SPELLINGS[number % len(SPELLINGS)]))
        if case.assume:
            arguments.append(case.model.option())
        answer = self.document(*arguments)
        self.assertEqual(len(answer["ranges"]), len(case.queries))
        judge = Judge(case.layout, case.model)
        texts = []
        for query, got in zip(case.queries, answer["ranges"]):
            texts += ["[%#x+%#x] %s" % (query.start, query.size, text)
                      for text in judge.check(query, got)]
        verdicts = {got["verdict"] for got in answer["ranges"]}
        self.assertEqual(answer["status"], expected_status(verdicts))
        self.check_kernel(case, answer["kernel"])
        if texts:
            self.fail("%d differences, such as\n%s" % (len(texts), "\n".join(texts[:8])))

    def check_kernel(self, case, kernel):
        geo, wanted = case.kernel.geometry, case.kernel
        self.assertEqual(differences({
            "release": wanted.release, "page_size": geo.granule, "va_bits": geo.va_bits,
            "va_bits_actual": geo.va_actual, "levels": geo.levels, "lpa2": geo.lpa2,
            "page_offset": "%#x" % wanted.page_offset, "phys_offset": "%#x" % wanted.memstart,
            "vmemmap_start": "%#x" % wanted.vmemmap_start,
            "struct_page_size": wanted.struct_page_size, "section_size": wanted.section_size,
            "memory_block_size": wanted.section_size,
            "models": {name: {"value": getattr(case.model, name)}
                       for name in ("teardown", "flush", "guard")}}, kernel, "kernel"), [])


def _add_geometry_tests():
    """One test for each geometry, so that a failure shows at once which one it is."""
    for geometry in GEOMETRIES:
        chosen = [arguments for arguments in all_cases() if arguments[1] == geometry]

        def test(self, chosen=chosen):
            for arguments in chosen:
                case = Case(*arguments)
                with self.subTest(case=str(case)):
                    self.check_case(case)

        granule, va_bits, va_actual = geometry
        name = "test_%dk_va%d_on_%d" % (granule >> 10, va_bits, va_actual)
        setattr(RandomMachines, name, test)


_add_geometry_tests()


class Nearest(ProgramTest):
    """The nearest removable ranges, compared with trying all ranges."""

    def check_nearest(self, oracle, query, answer):
        wanted_inside = oracle.largest_inside(query.start, query.size)
        wanted_around = oracle.smallest_around(query.start, query.size)
        if oracle.removable(query.start, query.size):
            wanted_inside = wanted_around = 0
        inside, around = answer["nearest"]["inside"], answer["nearest"]["around"]
        text = "%#x+%#x" % (query.start, query.size)
        self.assertEqual(inside["size"] if inside else 0, wanted_inside, text)
        self.assertEqual(around["size"] if around else 0, wanted_around, text)
        last = query.start + query.size - 1
        if inside:
            start, end = int(inside["start"], 16), int(inside["end"], 16)
            self.assertTrue(query.start <= start and end <= last, text)
        if around:
            start, end = int(around["start"], 16), int(around["end"], 16)
            self.assertTrue(start <= query.start and last <= end, text)
        for span in filter(None, (inside, around)):
            start, end = int(span["start"], 16), int(span["end"], 16)
            self.assertEqual(end - start + 1, span["size"])
            self.assertTrue(oracle.removable(start, span["size"]), text)

    def test_nearest(self):
        for seed, geometry, kind, _ in list(all_cases(5000))[::9]:
            case = Case(seed, geometry, kind)
            step = case.kernel.section_size
            queries = [query for query in case.queries if query.size <= 12 * step]
            path = self.file("core")
            containers.write_plain(path, Image(case.layout))
            arguments = ["-r" + query.text("plus") for query in queries]
            answer = self.document("--vmcore=" + path, case.model.option(), *arguments)
            oracle = Oracle(case.layout, case.model)
            for query, got in zip(queries, answer["ranges"]):
                with self.subTest(case=str(case)):
                    self.check_nearest(oracle, query, got)


class BlocksAndMap(ProgramTest):
    """--blocks and --map, compared with the description."""

    def test_blocks(self):
        for seed, geometry, kind, _ in list(all_cases(7000))[::7]:
            case = Case(seed, geometry, kind)
            with self.subTest(case=str(case)):
                path = self.file("core")
                containers.write_plain(path, Image(case.layout))
                answer = self.document("--vmcore=" + path, case.model.option(), "--blocks",
                                       statuses=(0,))
                self.assertEqual(answer["ranges"], [])
                self.check_blocks(Judge(case.layout, case.model), answer["blocks"])

    def check_blocks(self, judge, blocks):
        layout, step = judge.layout, judge.kernel.section_size
        self.assertEqual([block["name"] for block in blocks],
                         ["memory%d" % number for number in sorted(layout.sections)])
        for number, block in zip(sorted(layout.sections), blocks):
            region, start = layout.sections[number], number * step
            reasons = judge.oracle.reasons(start, step)
            counts = judge.oracle.mapping(start, step)
            wanted = {"start": "%#x" % start, "end": "%#x" % (start + step - 1),
                      "state": "online" if region.online else "offline", "boot": region.boot,
                      "verdict": judge.oracle.verdict(reasons)}
            for name in counts:
                wanted[name] = {"leaves": counts[name]["leaves"]}
            self.assertEqual(differences(wanted, block, block["name"]), [])
            self.assertEqual(reason_set(block), reasons, block["name"])

    def test_map(self):
        for seed, geometry, kind, _ in list(all_cases(8000))[::5]:
            damage = (None, "drop-cont", "zero", "invalid")[seed % 4]
            case = Case(seed, geometry, kind, damage)
            with self.subTest(case=str(case)):
                path = self.file("core")
                containers.write_plain(path, Image(case.layout))
                answer = self.document("--vmcore=" + path, "--map", statuses=(0,))
                self.assertIsNone(answer["blocks"])
                oracle = Oracle(case.layout, case.model)
                for name, view in oracle.views.items():
                    self.assertEqual(answer["map"][name], map_runs(view), name)


def map_runs(view):
    """The runs that --map must show for one map."""
    pieces = []
    for run in view.layout.runs:
        pieces += _map_pieces(view, run)
    merged = []
    for piece in pieces:
        if merged and _follows(merged[-1], piece):
            merged[-1]["count"] += piece["count"]
        else:
            merged.append(piece)
    return [dict(piece, va="%#x" % piece["va"], pa="%#x" % piece["pa"]) for piece in merged]


def _map_pieces(view, run):
    """A run as whole groups, or singly if its group is malformed."""
    if not run.cont:
        return [_piece(run, False, run.size)]
    group = view.geometry.cont_size(run.level)
    members = view.geometry.members(run.level)
    pieces, at = [], 0
    while at < run.count:
        va = run.va + at * run.size
        count = min(run.count - at, members - va % group // run.size)
        whole = (run.level, va & -group) not in view.broken
        pieces.append(_piece(run.cut(at, at + count), whole, group if whole else run.size))
        at += count
    return pieces


def _piece(run, whole, size):
    return {"va": run.va, "pa": run.pa, "level": LEVEL_NAMES[run.level, whole],
            "leaf_size": size, "count": run.count * run.size // size,
            "valid": run.state == "valid"}


def _follows(last, piece):
    """Whether two pieces form one run."""
    size = last["leaf_size"] * last["count"]
    kind = ("level", "leaf_size", "valid")
    return (all(last[key] == piece[key] for key in kind)
            and last["va"] + size == piece["va"] and last["pa"] + size == piece["pa"])


class SpecialMachines(ProgramTest):
    """Cases that are worth a description of their own."""

    def answers(self, regions, queries, model=None, faults=(), kernel=None, release=None,
                damage=None):
        """Build a machine, ask, and return (the judge, the answers)."""
        kernel = kernel or Kernel(release=release or "7.2.12")
        layout = Layout(Machine(kernel, regions, list(faults)))
        image = Image(layout)
        if damage:
            damage(image)
        path = self.file("core")
        containers.write_plain(path, image)
        model = model or Model(lpa2=kernel.geometry.lpa2)
        arguments = ["-r" + Query(*query).text("plus") for query in queries]
        answer = self.document("--vmcore=" + path, model.option(), *arguments)
        return Judge(layout, model), answer["ranges"]

    def boot(self, kernel=None):
        """A section of boot memory."""
        size = kernel.section_size if kernel else 128 * MIB
        return Region(GIB, size, boot=True)

    def agree(self, regions, queries, **how):
        """The program and the oracle give the same answers to all queries."""
        judge, answers = self.answers(regions, queries, **how)
        for query, answer in zip(queries, answers):
            self.assertEqual(judge.check(Query(*query), answer), [], "%#x+%#x" % query)
        return answers

    def test_observed_refusals(self):
        """2 GiB after boot memory: the eight blocks under the PUD leaf are refused."""
        start, block = 0x88000000, 128 * MIB
        regions = [Region(0x40000000, 128 * MIB, boot=True),
                   Region(start, 2 * GIB, linear="pud")]
        kernel = Kernel(dram_base=0x40000000)
        queries = [(start + number * block, block) for number in range(16)] + [(start, 2 * GIB)]
        answers = self.agree(regions, queries, kernel=kernel)
        verdicts = [answer["verdict"] for answer in answers]
        inside = [0xc0000000 <= query[0] < 0x100000000 for query in queries[:16]]
        self.assertEqual([verdict == "not-removable" for verdict in verdicts[:16]], inside)
        self.assertEqual([reason["code"] for reason in answers[16]["reasons"]], ["guard-veto"])
        old = self.agree(regions, queries, kernel=kernel, model=Model(guard="none"))
        self.assertEqual(old[16]["verdict"], "removable")

    def test_next_range_guard(self):
        regions = [self.boot(), Region(4 * GIB, 2 * GIB, linear=[
            (4 * GIB, GIB, "pages"), (5 * GIB, GIB, "pud")])]
        queries = [(4 * GIB + number * 128 * MIB, 128 * MIB) for number in range(16)]
        answers = self.agree(regions, queries + [(4 * GIB, 2 * GIB)],
                             model=Model(guard="next-range"))
        self.assertEqual(answers[15]["guard"]["outcome"], "accepts-unsafely")
        self.assertEqual(answers[7]["guard"]["outcome"], "refuses")

    def test_memmap_on_memory(self):
        """Each block is removed by itself, and the fixed guard vetoes all of them."""
        queries = [(4 * GIB, 512 * MIB), (4 * GIB, 128 * MIB)]
        for linear in ("pages", "cont-pmd"):
            regions = [self.boot(), Region(4 * GIB, 512 * MIB, linear=linear,
                                           memmap_on_memory=True)]
            for guard in ("requested", "none"):
                with self.subTest(linear=linear, guard=guard):
                    self.agree(regions, queries, model=Model(guard=guard))

    def test_never_onlined_memory_is_not_vetoed(self):
        regions = [self.boot(), Region(4 * GIB, GIB, linear="pud", online=False)]
        answers = self.agree(regions, [(4 * GIB, GIB)])
        self.assertEqual(answers[0]["verdict"], "removable")

    def test_flush_limits(self):
        """Just below, at and above every limit of the flush rules."""
        for geometry in ((4096, 48, 48), (16384, 48, 48), (65536, 48, 48), (4096, 52, 52)):
            kernel = Kernel(*geometry)
            page, step = kernel.page_size, kernel.section_size
            size = (1 << 21) * page + 2 * step
            base = 1 << 38
            regions = [self.boot(kernel), Region(base, size, linear="cont-pmd")]
            limit = page // 8
            pages = [1, 2, limit - 1, limit, limit + 1, (1 << 21) - 1, 1 << 21, (1 << 21) + 1]
            queries = [(base, count * page) for count in pages]
            queries += [(base + page, page * count) for count in (1, 17, 2047)]
            for flush, ranges in (("page-loop", True), ("range-ops", True),
                                  ("range-ops", False)):
                model = Model("batched", flush, "none", ranges, kernel.geometry.lpa2)
                with self.subTest(geometry=geometry, model=model):
                    judge, answers = self.answers(regions, queries, model, kernel=kernel)
                    for query, answer in zip(queries, answers):
                        plan = judge.oracle.teardown(*query)
                        self.assertEqual(
                            differences(plan["batched"]["linear"],
                                        answer["teardown"]["batched"]["linear"], "linear"),
                            [], "%#x+%#x" % query)

    def test_struct_page_of_128_bytes(self):
        kernel = Kernel(struct_page_size=128)
        regions = [self.boot(), Region(4 * GIB, 512 * MIB, linear="pmd")]
        self.agree(regions, [(4 * GIB, 512 * MIB), (4 * GIB, 128 * MIB), (4 * GIB, 64 * MIB)],
                   kernel=kernel)

    def test_large_leaves_in_the_vmemmap(self):
        """Leaves there that hold the struct pages of many sections."""
        for geometry, kind, size in (((4096, 48, 48), "cont-pmd", 4 * GIB),
                                     ((4096, 52, 52), "cont-pmd", 4 * GIB),
                                     ((16384, 47, 47), "pmd", 16 * GIB),
                                     ((65536, 48, 48), "cont-pte", 8 * GIB)):
            kernel = Kernel(*geometry)
            base, step = 33 * GIB, kernel.section_size
            regions = [self.boot(kernel),
                       Region(base, size, linear="cont-pmd", vmemmap=kind)]
            queries = [(base, size), (base, size // 2), (base + step, size // 2),
                       (base + size // 4, step), (base + size - step, step)]
            for guard in ("none", "requested", "next-range"):
                model = Model(guard=guard, lpa2=kernel.geometry.lpa2)
                with self.subTest(geometry=geometry, guard=guard):
                    self.agree(regions, queries, kernel=kernel, model=model)

    def test_unexpected_blocks(self):
        """Blocks at levels where Linux makes none are not understood, and never accepted."""
        for geometry, level in (((4096, 52, 52), 0), ((16384, 52, 52), 1), ((65536, 52, 52), 1),
                                ((16384, 47, 47), 1)):
            kernel = Kernel(*geometry)
            base = 1 << 45 if geometry[1] > 47 else 1 << 42
            step = kernel.section_size
            regions = [self.boot(kernel), Region(base, 4 * step, linear="pmd")]
            faults = [Fault("block", base, "linear", level=level)]
            for size in (step, 4 * step):
                with self.subTest(geometry=geometry, size=size):
                    _, (answer,) = self.answers(regions, [(base, size)], kernel=kernel,
                                                faults=faults, model=Model(guard="none"))
                    codes = {reason["code"] for reason in answer["reasons"]}
                    self.assertIn("unreadable", codes)
                    self.assertNotEqual(answer["verdict"], "removable")

    def test_table_loops(self):
        for name in ("linear", "vmemmap"):
            for level in (1, 2, 3):
                regions = [self.boot(), Region(1 << 45, 256 * MIB)]
                faults = [Fault("loop", 1 << 45, name, level=level)]
                with self.subTest(map=name, level=level):
                    _, (answer,) = self.answers(regions, [(1 << 45, 256 * MIB)],
                                                faults=faults, model=Model(guard="none"))
                    codes = {reason["code"] for reason in answer["reasons"]}
                    self.assertEqual(answer["verdict"], "unknown")
                    self.assertEqual(codes, {"unreadable"})

    def test_sections_that_cannot_be_read(self):
        """Absent or zero-filled section pages never mean that there is no memory."""
        def absent(image):
            for pa in image.section_pages.values():
                del image.pages[pa]

        def zeroed(image):
            for pa in image.section_pages.values():
                image.pages[pa] = bytearray(image.page_size)

        def rootless(image):
            del image.pages[image.sections_pa & -image.page_size]

        regions = [self.boot(), Region(4 * GIB, 256 * MIB)]
        for damage in (absent, zeroed, rootless):
            with self.subTest(damage=damage.__name__):
                _, (answer,) = self.answers(regions, [(4 * GIB, 256 * MIB)], damage=damage)
                codes = {reason["code"] for reason in answer["reasons"]}
                self.assertEqual(codes, {"unreadable"})
                self.assertEqual(answer["verdict"], "unknown")

    def test_root_table_absent(self):
        def rootless(image):
            del image.pages[image.root]

        regions = [self.boot(), Region(4 * GIB, 256 * MIB)]
        layout = Layout(Machine(Kernel(), regions))
        image = Image(layout)
        rootless(image)
        path = self.file("rootless")
        containers.write_plain(path, image)
        self.run_ok("--vmcore=" + path, "-r0x100000000+128M", "-q", status=2)

    def test_memory_below_memstart(self):
        """It has no linear address; whatever the upper half holds is not its mapping."""
        regions = [Region(8 * GIB, 128 * MIB, boot=True), Region(16 * GIB, 256 * MIB)]
        kernel = Kernel(dram_base=8 * GIB)
        _, answers = self.answers(regions, [(GIB, 128 * MIB), (8 * GIB - 128 * MIB, 256 * MIB)],
                                  kernel=kernel)
        for answer in answers:
            codes = {reason["code"] for reason in answer["reasons"]}
            self.assertEqual(answer["verdict"], "not-removable")
            self.assertIn("not-present", codes)
        self.assertEqual(answers[0]["linear"]["mapped"], 0)

    def test_bit_52_in_table_descriptors_is_ignored(self):
        def set_bit(image):
            for (level, va) in image.tables:
                parent = image.table(level - 1, va)
                index = image.geometry.index(level - 1, va)
                image.write_entry(parent, index, image.read_entry(parent, index) | 1 << 52)

        regions = [self.boot(), Region(4 * GIB, GIB, linear="cont-pte"),
                   Region(5 * GIB, 256 * MIB)]
        queries = [(4 * GIB, GIB), (4 * GIB, 128 * MIB), (5 * GIB, 2 * MIB), (5 * GIB, 4096)]
        judge, answers = self.answers(regions, queries, Model(guard="none"), damage=set_bit)
        for query, answer in zip(queries, answers):
            self.assertEqual(judge.check(Query(*query), answer), [])

    def test_models_by_release(self):
        """What the version alone says about teardown, flush and guard."""
        regions = [self.boot(), Region(4 * GIB, 128 * MIB)]
        for release, teardown, flush, guard in RELEASES:
            kernel = Kernel(release=release)
            if kernel.section_bits == 30:
                continue
            path = self.file("core")
            containers.write_plain(path, Image(Layout(Machine(kernel, regions))))
            models = self.document("--vmcore=" + path, "-r0x100000000+128M")["kernel"]["models"]
            for name, value in (("teardown", teardown), ("flush", flush), ("guard", guard)):
                with self.subTest(release=release, model=name):
                    self.assertEqual(models[name], {"value": value, "from": "release"})

    def test_flipped_bits(self):
        """Whatever a table says, the program answers, and its sums add up."""
        for seed in range(60):
            case = Case(9000 + seed, GEOMETRIES[seed % len(GEOMETRIES)], "cont-pmd")
            image = Image(case.layout)
            image.flip_bits(1 + seed % 7, seed)
            path = self.file("core")
            containers.write_plain(path, image)
            queries = [Query(region.pa, region.size) for region in case.machine.regions]
            arguments = ["-r" + query.text("plus") for query in queries]
            with self.subTest(case=str(case)):
                answer = self.document("--vmcore=" + path, "--blocks", "--map", *arguments)
                for query, got in zip(queries, answer["ranges"]):
                    for name in ("linear", "vmemmap"):
                        low, high = case.layout.span(name, query.start, query.size)
                        total = sum(got[name][key]
                                    for key in ("mapped", "unmapped", "unreadable"))
                        self.assertEqual(total, high - low)
