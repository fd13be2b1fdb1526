# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line: ranges, exit status, kinds of output, overrides."""

import os
import subprocess

import containers
from arm64 import Kernel, release_tuple
from image import Image
from layout import Layout, Machine, Region
from support import DOCUMENT, PATIENCE, Program, ProgramTest, misfits, parse

GIB, MIB = 1 << 30, 1 << 20
BOOT = 0x40000000
FREE = 0x100000000
SPLIT = 0x140000000


class ContractTest(ProgramTest):
    """One machine: boot memory, 512 MiB that may go, and 1 GiB under a PUD leaf."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        regions = [Region(BOOT, 256 * MIB, boot=True),
                   Region(FREE, 512 * MIB, linear="pmd"),
                   Region(SPLIT, GIB, linear="pud")]
        cls.machine = Machine(Kernel(), regions)
        cls.image = Image(Layout(cls.machine))
        cls.core = "--vmcore=" + cls.file("core")
        containers.write_plain(cls.file("core"), cls.image)
        # The same, but without the tables of the memory that may go.
        hidden = Image(Layout(cls.machine))
        for (level, va), pa in hidden.tables.items():
            kernel = cls.machine.kernel
            if level == 2 and va == kernel.lin(FREE) & -GIB:
                del hidden.pages[pa]
        cls.holey = "--vmcore=" + cls.file("holey")
        containers.write_plain(cls.file("holey"), hidden)

    def one(self, text, *options):
        """The answer for one range given as TEXT."""
        return self.document(self.core, "-r", text, *options)["ranges"][0]

    def span(self, text):
        """(start, end) that the program understood TEXT to be."""
        answer = self.one(text)
        return int(answer["start"], 16), int(answer["end"], 16)


class RootEntries(ProgramTest):
    """Memory alone in its entry of the root: 512 GiB with 4K pages and 48 bits.

    So are its struct pages from 6.9 on, where the vmemmap begins 1 GiB below such a boundary.
    """

    FAR = 0x20000000000

    def plan(self, release, writable, cut_image=False):
        """The teardown of all memory at FAR, and the warnings."""
        regions = [Region(BOOT, 256 * MIB, boot=True), Region(self.FAR, GIB, linear="pmd")]
        kernel = Kernel(4096, 48, 48, release=release)
        image = Image(Layout(Machine(kernel, regions, writable_root=writable)))
        if cut_image:
            va = kernel.image_base
            del image.pages[image.tables[3, va & -image.geometry.table_span(3)]]
        containers.write_plain(self.file("core"), image)
        document = self.document("--vmcore=" + self.file("core"), "-r%#x+1G" % self.FAR)
        plan = document["ranges"][0]["teardown"]
        self.assertEqual(plan["root_entries"]["linear"], 1)
        self.assertEqual(plan["root_entries"]["vmemmap"], release_tuple(release) >= (6, 9))
        return plan, document["warnings"]

    def assert_flushed(self, plan, flushed):
        self.assertIs(plan["root_entries"]["flushed"], flushed)
        extra = plan["root_entries"]["vmemmap"] * flushed
        for form in ("batched", "per_leaf"):
            leaves = {"batched": 0, "per_leaf": 512}[form]
            self.assertEqual(plan[form]["linear"]["single_ops"], leaves + flushed)
            self.assertEqual(plan[form]["vmemmap"]["single_ops"], 8 + extra)
            tlbi = sum(plan[form][part]["tlbi"] for part in ("linear", "vmemmap", "tables"))
            self.assertEqual(plan[form]["total"]["tlbi"], tlbi)

    def test_read_only_root_is_flushed(self):
        for release in ("6.1.192", "6.12.118", "7.3.4"):
            with self.subTest(release=release):
                plan, warnings = self.plan(release, False)
                self.assert_flushed(plan, True)
                self.assertNotIn("swapper_pg_dir", "".join(warnings))

    def test_writable_root_is_flushed_up_to_6_8(self):
        for release, flushed in (("6.1.192", True), ("6.8.12", True), ("6.9.1", False),
                                 ("7.3.4", False)):
            with self.subTest(release=release):
                plan, warnings = self.plan(release, True)
                self.assert_flushed(plan, flushed)
                self.assertNotIn("swapper_pg_dir", "".join(warnings))

    def test_root_of_which_nothing_is_known_counts_with_a_warning(self):
        plan, warnings = self.plan("7.3.4", True, cut_image=True)
        self.assert_flushed(plan, True)
        self.assertIn("swapper_pg_dir read-only is not known", "".join(warnings))
        plan, warnings = self.plan("6.1.192", True, cut_image=True)
        self.assert_flushed(plan, True)
        self.assertNotIn("swapper_pg_dir", "".join(warnings))

    def test_writable_root_of_an_unknown_kernel_counts_with_a_warning(self):
        plan, warnings = self.plan("6.12.0-124.el10", True)
        self.assert_flushed(plan, True)
        self.assertIn("writable swapper_pg_dir is not known", "".join(warnings))


class RangeGrammar(ContractTest):
    """RANGE: which spellings are accepted, and which are refused."""

    def test_spellings(self):
        last = FREE + 128 * MIB - 1
        for text in ("0x100000000-0x107ffffff", "4294967296-4429185023", "0x100000000+128M",
                     "0x100000000+0x8000000", "4294967296+134217728", "0x100000000+131072K",
                     "memory32", "0X100000000-0X107FFFFFF", "4294967296-0x107ffffff"):
            with self.subTest(text=text):
                self.assertEqual(self.span(text), (FREE, last))
        self.assertEqual(self.span("0x140000000+1G"), (SPLIT, SPLIT + GIB - 1))
        self.assertEqual(self.span("0+1T"), (0, (1 << 40) - 1))

    def test_memory_block_beyond_memory_is_not_present(self):
        answer = self.one("memory1000")
        self.assertEqual(answer["start"], "%#x" % (1000 * 128 * MIB))
        self.assertEqual(answer["verdict"], "not-removable")
        self.assertIn("not-present", [reason["code"] for reason in answer["reasons"]])

    def test_repeated_and_in_order(self):
        ranges = self.document(self.core, "-rmemory33", "--range=memory32",
                               "--range", "memory33")["ranges"]
        self.assertEqual([answer["start"] for answer in ranges],
                         ["0x108000000", "0x100000000", "0x108000000"])

    def refused(self, text):
        """A refusal of TEXT as a usage error; returns the message."""
        result = Program.run(self.core, "-r", text)
        self.assert_refused(result, 64)
        return result.stderr.decode()

    def test_refused(self):
        for text in ("0x107ffffff-0x100000000", "0x100000000+0", "0x100000000+0x0",
                     "0xffffffffffffffff+2", "0xfffffffffffff000+0x2000",
                     "0x1000000000000-0x1000007ffffff", "0xffffffff00000000+128M",
                     "0x100000000", "", "-", "+", "0x100000000-", "+128M", "0x-0x1",
                     "0x100000000+128X", "0x100000000+128MB", "0x100000000+-1", "-5+128M",
                     "0x100000000 0x107ffffff", "memory", "memory-1", "memoryx", "memory0x20",
                     "memory1x", "memory99999999999999999999", "banana",
                     "0x10000000000000000+128M", "0x100000000-0x107ffffffg",
                     "4294967296-4429185023,", "1e9+1G", "0x100000000+128.5M"):
            with self.subTest(text=text):
                self.refused(text)

    def test_width_of_physical_addresses(self):
        """48 bits here; the last byte is fine, the one after it is not."""
        self.one("0xfffff8000000-0xffffffffffff")
        self.refused("0xfffff8000000-0x1000000000fff")

    def test_exclusive_looking_end(self):
        """The message shows both spellings that are right."""
        for text in ("0x100000000-0x108000000", "4294967296-0x108000000",
                     "4294967296-4429185024"):
            message = self.refused(text)
            self.assertIn("0x100000000-0x107ffffff", message)
            self.assertRegex(message, r"0x100000000\+(0x8000000|128M)\b")
        # Only a whole page after END would make it exclusive.
        self.one("0x100000000-0x107fffff0")
        self.refused("0x100000000-0x100000000")

    def test_ranges_from(self):
        text = "# what to remove\n\nmemory32\n  0x108000000-0x10fffffff  # the second\n"
        path = self.file("ranges", text)
        for source, stdin in ((path, None), ("-", text.encode())):
            answers = self.document(self.core, "--ranges-from=" + source, "-r", "memory34",
                                    stdin=stdin)["ranges"]
            starts = {answer["start"] for answer in answers}
            self.assertEqual(starts, {"0x100000000", "0x108000000", "0x110000000"})
        crlf = self.file("crlf", "memory32\r\nmemory33")
        self.assertEqual(len(self.document(self.core, "--ranges-from=" + crlf)["ranges"]), 2)

    def test_ranges_from_refusals(self):
        bad = self.file("bad", "memory32\nbanana\n")
        result = Program.run(self.core, "--ranges-from=" + bad)
        self.assert_refused(result, 64)
        self.assertIn("2", result.stderr.decode())
        empty = self.file("empty", "# nothing\n\n")
        self.assertIn(Program.run(self.core, "--ranges-from=" + empty).returncode, (0, 64))
        result = Program.run(self.core, "--ranges-from=" + self.file("no-such-list"))
        self.assertIn(result.returncode, (2, 64))
        self.assertEqual(result.stdout, b"")


class ExitStatus(ContractTest):
    """0, 1, 2 and 64, and nothing else."""

    def test_statuses(self):
        free, split, boot = "-rmemory32", "-rmemory40", "-rmemory8"
        for arguments, status in (
                ([self.core, free], 0), ([self.core, free, "-rmemory33"], 0),
                ([self.core, split], 1), ([self.core, free, split], 1),
                ([self.core, split, free], 1), ([self.core, boot], 1),
                ([self.holey, free], 2), ([self.holey, free, split], 1),
                ([self.holey, split, free], 1),
                ([self.core, "--blocks"], 0), ([self.core, "--map"], 0),
                ([self.core, "--blocks", "--map", split], 1)):
            for output in ([], ["--json"], ["-q"], ["--quiet"], ["--summary"], ["--explain"]):
                if output and ("--blocks" in arguments or "--map" in arguments):
                    continue
                with self.subTest(arguments=arguments[1:], output=output):
                    self.run_ok(*arguments, *output, status=status)

    def test_usage(self):
        for arguments in ([], [self.core], ["--no-such-option"], [self.core, "-rmemory32", "x"],
                          [self.core, "--ptdump=-", "-rmemory32"],
                          [self.core, "--kcore=" + self.file("core"), "-rmemory32"],
                          [self.core, "-rmemory32", "--assume=banana=1"],
                          [self.core, "-rmemory32", "--assume=teardown=banana"],
                          [self.core, "-rmemory32", "--assume=tlbi-range=2"],
                          [self.core, "-rmemory32", "--assume=tlbi-range"],
                          [self.core, "-rmemory32", "--ignore=banana"],
                          [self.core, "-rmemory32", "--va-bits=banana"],
                          [self.core, "-rmemory32", "--page-size=5000"],
                          [self.core, "-rmemory32", "--va-bits-actual=99"],
                          [self.core, "-r"]):
            with self.subTest(arguments=arguments):
                result = Program.run(*arguments)
                self.assertEqual(result.returncode, 64, result.stderr.decode())
                self.assertEqual(result.stdout, b"")
                self.assertTrue(result.stderr)

    def test_help_ends(self):
        """The C library prints it endlessly if the user leaves it no room."""
        result = subprocess.run([Program.path, "--help"], stdout=subprocess.PIPE, check=True,
                                env=dict(os.environ, ARGP_HELP_FMT="rmargin=1"), timeout=PATIENCE)
        self.assertEqual(result.stdout.decode(), self.run_ok("--help"))

    def test_help_and_version(self):
        for option in ("--help", "-h", "--version", "-V"):
            with self.subTest(option=option):
                self.assertTrue(self.run_ok(option))
        text = self.run_ok("--help")
        for word in ("--kcore", "--vmcore", "--range", "--ranges-from", "--json", "--quiet",
                     "--summary", "--vmcoreinfo",
                     "--page-size", "--va-bits", "--va-bits-actual", "--phys-offset",
                     "--kimage-voffset", "--swapper-pa", "--vmemmap-start",
                     "--struct-page-size", "--section-size-bits", "--kernel-release",
                     "--assume", "--ignore"):
            self.assertIn(word, text)
        version = self.run_ok("--version").lower()
        self.assertIn("elf", version)
        self.assertIn("flattened", version)

    @staticmethod
    def to_full(*arguments):
        """Run the program without a place to write to."""
        with open("/dev/full", "wb") as full:
            return Program.run(*arguments, stdout=full)

    def test_output_that_cannot_be_written(self):
        for output in ([], ["--json"], ["--summary"], ["--explain"]):
            with self.subTest(output=output):
                result = self.to_full(self.core, "-rmemory32", *output)
                self.assertEqual(result.returncode, 2)
                self.assertTrue(result.stderr)
        for output in (["--blocks"], ["--map"], ["--help"], ["--version"]):
            with self.subTest(output=output):
                arguments = output if output[0] in ("--help", "--version") else [self.core] + output
                self.assertEqual(self.to_full(*arguments).returncode, 2)
        # Nothing is to be written, so nothing fails.
        self.assertEqual(self.to_full(self.core, "-rmemory32", "-q").returncode, 0)

    def test_closed_output(self):
        """A reader that goes away is a failure, not a signal."""
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            result = Program.run(self.core, "--json", *["-rmemory32"] * 200, stdout=pipe)
        self.assertEqual(result.returncode, 2)


class Output(ContractTest):
    """What goes to which stream."""

    def test_quiet_says_nothing(self):
        for source, text in ((self.core, "memory32"), (self.core, "memory40"),
                             (self.holey, "memory32")):
            result = Program.run(source, "-r", text, "-q")
            self.assertEqual((result.stdout, result.stderr), (b"", b""))

    def test_summary_is_one_short_line(self):
        queries = ["-rmemory%d" % number for number in range(120)]
        for source in (self.core, self.holey):
            for arguments in (["-rmemory32"], ["-rmemory40"], queries, queries * 10,
                              ["-r0x0-0xffffffffffff"]):
                text = Program.run(source, "--summary", *arguments).stdout.decode()
                self.assertTrue(text.endswith("\n"))
                self.assertEqual(text.count("\n"), 1, text)
                self.assertLessEqual(len(text) - 1, 80, text)

    def test_text_is_plain_without_a_terminal(self):
        for output in ([], ["--explain"], ["--summary"]):
            result = Program.run(self.core, "-rmemory32", "-rmemory40", *output)
            self.assertNotIn(b"\x1b", result.stdout + result.stderr)

    def test_text_names_verdict_and_reasons(self):
        text = self.run_ok(self.core, "-rmemory40", status=1)
        self.assertIn("splits-leaf", text)
        self.assertRegex(text.lower(), "not.removable")
        self.assertRegex(self.run_ok(self.core, "-rmemory32").lower(), "removable")

    def test_explain_says_more(self):
        for block in ("memory40", "memory8", "memory100"):
            plain = self.run_ok(self.core, "-r", block, status=1)
            explained = self.run_ok(self.core, "-r", block, "--explain", status=1)
            self.assertGreater(len(explained), len(plain))

    def test_document(self):
        answer = self.document(self.core, "-rmemory32", "-rmemory8", "-rmemory40", "-rmemory999",
                               "-r0x100001000+4K", "--blocks", "--map")
        self.assertEqual(answer["source"], {"kind": "vmcore", "path": self.file("core"),
                                            "format": "elf"})
        self.assertEqual(answer["kernel"]["overrides"], [])
        self.assertIsNotNone(answer["blocks"])
        self.assertIsNotNone(answer["map"])
        kernel = answer["kernel"]
        self.assertEqual(kernel["kimage_voffset"], "%#x" % self.image.voffset)
        self.assertEqual(kernel["swapper_pg_dir"], "%#x" % self.image.root)
        self.assertEqual(kernel["features"], {"tlbi_range": None, "repeat_tlbi": None})
        # The plan has to assume something, and says so.
        self.assertTrue(answer["warnings"])

    def test_document_of_unreadable_memory(self):
        answer = self.document(self.holey, "-rmemory32", "--blocks", "--map", statuses=(2,))
        self.assertEqual(answer["ranges"][0]["verdict"], "unknown")
        self.assertEqual(answer["ranges"][0]["linear"]["unreadable"], 128 * MIB)

    def test_without_ranges(self):
        answer = self.document(self.core, "--blocks", statuses=(0,))
        self.assertEqual(answer["ranges"], [])
        self.assertIsNone(answer["map"])
        answer = self.document(self.core, "--map", statuses=(0,))
        self.assertIsNone(answer["blocks"])

    def test_same_output_twice(self):
        arguments = [self.core, "-rmemory32", "-rmemory40", "--blocks", "--map", "--json"]
        self.assertEqual(self.run_ok(*arguments, status=1), self.run_ok(*arguments, status=1))

    def test_json_error(self):
        for source in (self.file("missing"), self.file("junk", "not a core\n" * 1000)):
            result = Program.run("--vmcore=" + source, "-rmemory32", "--json")
            self.assertEqual(result.returncode, 2)
            answer = parse(result.stdout.decode())
            self.assertEqual(set(answer), {"schema", "error"})
            self.assertEqual(answer["schema"], "hotremove-check/1")
            self.assertIsInstance(answer["error"]["message"], str)
            self.assertTrue(answer["error"]["message"])

    def test_strange_path_is_escaped(self):
        path = self.file('od"d\n\\name')
        os.symlink(self.file("core"), path)
        answer = self.document("--vmcore=" + path, "-rmemory32")
        self.assertEqual(answer["source"]["path"], path)


class Overrides(ContractTest):
    """Each override wins and is repeated; --assume and --ignore."""

    def echoed(self, *options):
        """The document with these options, and the overrides it names."""
        answer = self.document(self.core, "-rmemory32", *options)
        return answer["kernel"], answer["kernel"]["overrides"]

    def test_same_values_change_nothing(self):
        plain = self.one("memory32")
        kernel = self.machine.kernel
        options = {"page-size": "4096", "va-bits": "48", "va-bits-actual": "48",
                   "phys-offset": "%#x" % kernel.memstart,
                   "kimage-voffset": "%#x" % self.image.voffset,
                   "swapper-pa": "%#x" % self.image.root,
                   "vmemmap-start": "%#x" % kernel.vmemmap_start, "struct-page-size": "64",
                   "section-size-bits": "27", "kernel-release": kernel.release}
        for name, value in options.items():
            with self.subTest(option=name):
                answer = self.document(self.core, "-rmemory32", "--%s=%s" % (name, value))
                self.assertEqual(answer["ranges"][0], plain)
                self.assertEqual(answer["kernel"]["overrides"], ["%s=%s" % (name, value)])
        every = ["--%s=%s" % pair for pair in options.items()]
        answer = self.document(self.core, "-rmemory32", *every)
        self.assertEqual(answer["ranges"][0], plain)
        self.assertEqual(set(answer["kernel"]["overrides"]),
                         {"%s=%s" % pair for pair in options.items()})

    def test_they_win(self):
        kernel, overrides = self.echoed("--kernel-release=7.1.3")
        self.assertEqual(kernel["release"], "7.1.3")
        self.assertEqual(kernel["models"]["guard"]["value"], "next-range")
        self.assertEqual(overrides, ["kernel-release=7.1.3"])
        self.assertEqual(self.echoed("--struct-page-size=128")[0]["struct_page_size"], 128)
        kernel, _ = self.echoed("--section-size-bits=30")
        self.assertEqual((kernel["section_size"], kernel["memory_block_size"]), (GIB, GIB))
        moved = "%#x" % (self.machine.kernel.vmemmap_start + GIB)
        self.assertEqual(self.echoed("--vmemmap-start=" + moved)[0]["vmemmap_start"], moved)
        self.assertEqual(self.echoed("--phys-offset=0x0")[0]["phys_offset"], "0x0")
        self.assertEqual(self.echoed("--swapper-pa=0x40000000")[0]["swapper_pg_dir"],
                         "0x40000000")

    def test_wrong_phys_offset_is_noticed(self):
        """The leaves then lead to memory other than the range in question: nothing is removable."""
        answer = self.one("memory32", "--phys-offset=0x0")
        self.assertNotEqual(answer["verdict"], "removable")

    def test_assume(self):
        kernel, overrides = self.echoed("--assume=teardown=per-leaf,flush=page-loop,guard=none")
        for name, value in (("teardown", "per-leaf"), ("flush", "page-loop"), ("guard", "none")):
            self.assertEqual(kernel["models"][name]["value"], value)
            self.assertNotEqual(kernel["models"][name]["from"], "release")
            self.assertTrue(any(value in text for text in overrides), overrides)
        kernel, _ = self.echoed("--assume=tlbi-range=0", "--assume=repeat-tlbi=1")
        self.assertEqual(kernel["features"], {"tlbi_range": False, "repeat_tlbi": True})
        kernel, _ = self.echoed("--assume=tlbi-range=1,repeat-tlbi=0")
        self.assertEqual(kernel["features"], {"tlbi_range": True, "repeat_tlbi": False})
        self.assertIs(self.echoed("--assume=lpa2=1")[0]["lpa2"], True)

    def test_assume_repeat_tlbi(self):
        """The new form of the workaround adds one TLBI to each flush."""
        plain = self.one("memory32", "--assume=repeat-tlbi=0")["teardown"]["batched"]
        again = self.one("memory32", "--assume=repeat-tlbi=1")["teardown"]["batched"]
        self.assertGreater(again["total"]["tlbi"], plain["total"]["tlbi"])

    def test_assume_calls(self):
        """Each call flushes its part of the linear map; the calls do not change what is freed."""
        whole, blocks = (self.one("%#x+512M" % FREE, "--assume=calls=" + value)["teardown"]
                         for value in ("range", "block"))
        self.assertEqual(whole["calls"], {"value": "range", "count": 1, "from": "option"})
        self.assertEqual(blocks["calls"], {"value": "block", "count": 4, "from": "option"})
        self.assertEqual(whole["batched"]["linear"]["flushes"], 1)
        self.assertEqual(blocks["batched"]["linear"]["flushes"], 4)
        for part in ("vmemmap", "tables"):
            self.assertEqual(whole["batched"][part], blocks["batched"][part])
        self.assertEqual(whole["per_leaf"], blocks["per_leaf"])

    def test_calls_for_each_block_split_a_leaf_of_several(self):
        arguments = (self.core, "-r%#x+1G" % SPLIT, "--assume=guard=none")
        self.document(*arguments, statuses=(0,))
        answer = self.document(*arguments, "--assume=calls=block", statuses=(1,))["ranges"][0]
        reason = answer["reasons"][0]
        self.assertEqual((reason["code"], reason["map"], reason["edge"]),
                         ("splits-leaf", "linear", None))
        self.assertEqual(reason["leaf"]["size"], GIB)
        self.assertEqual(answer["nearest"], {"inside": None, "around": None})
        self.assertEqual(Program.run(*arguments, "-q", "--assume=calls=block").returncode, 1)

    def test_text_tells_the_calls(self):
        text = self.run_ok(self.core, "-r%#x+512M" % FREE)
        self.assertIn("in 1 call of arch_remove_memory(), one for the range (assumed)", text)
        text = self.run_ok(self.core, "-r%#x+512M" % FREE, "--assume=calls=block")
        self.assertIn("in 4 calls of arch_remove_memory(), one for each memory block (option)",
                      text)

    def test_ignore(self):
        split = self.document(self.core, "-rmemory40", "--ignore=splits-leaf,guard-veto",
                              statuses=(0,))["ranges"][0]
        self.assertEqual(split["verdict"], "removable")
        self.assertIn("splits-leaf", [reason["code"] for reason in split["reasons"]])
        self.document(self.core, "-rmemory40", "--ignore=boot-memory", statuses=(1,))
        boot = self.document(self.core, "-rmemory8", "--ignore=boot-memory", statuses=(0,))
        self.assertIn("boot-memory", [r["code"] for r in boot["ranges"][0]["reasons"]])
        hidden = self.document(self.holey, "-rmemory32", "--ignore=unreadable")
        self.assertIn("unreadable", [r["code"] for r in hidden["ranges"][0]["reasons"]])

    def test_vmcoreinfo_file(self):
        """A core without the note is readable with VMCOREINFO from elsewhere."""
        bare = self.file("bare")
        containers.write_elf(bare, containers.memory_segments(self.image),
                             containers.note("CORE", 1, b"\0" * 392))
        text = self.file("vmcoreinfo", self.image.vmcoreinfo())
        answer = self.document("--vmcore=" + bare, "--vmcoreinfo=" + text, "-rmemory32",
                               statuses=(0,))
        self.assertEqual(answer["ranges"][0], self.one("memory32"))
        self.assertTrue(any(item.startswith("vmcoreinfo=")
                            for item in answer["kernel"]["overrides"]))
        # In a mail it has other line ends; elsewhere in a line they are damage.
        for ending in (b"", b"\r", b"\r\n"):
            lines = self.image.vmcoreinfo().rstrip(b"\n").replace(b"\n", b"\r\n") + ending
            path = self.file("crlf", lines)
            answer = self.document("--vmcore=" + bare, "--vmcoreinfo=" + path, "-rmemory32",
                                   statuses=(0,))
            self.assertEqual(answer["ranges"][0], self.one("memory32"))
        torn = self.file("torn", self.image.vmcoreinfo().replace(b"PAGESIZE=", b"PAGESIZE=\r"))
        self.assert_refused(Program.run("--vmcore=" + bare, "--vmcoreinfo=" + torn,
                                        "-rmemory32"), 2)
        # It wins over a note.
        changed = self.image.vmcoreinfo().replace(b"7.2.12", b"7.1.3")
        other = self.file("other", changed)
        answer = self.document(self.core, "--vmcoreinfo=" + other, "-rmemory32")
        self.assertTrue(answer["kernel"]["release"].startswith("7.1.3"))

    def test_document_shape_survives_overrides(self):
        result = Program.run(self.core, "-rmemory32", "--json", "--page-size=64K",
                             "--va-bits=52", "--va-bits-actual=52")
        self.assertIn(result.returncode, (1, 2))
        answer = parse(result.stdout.decode())
        if "error" not in answer:
            self.assertEqual(misfits(answer, DOCUMENT), [])
