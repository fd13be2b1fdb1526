# SPDX-License-Identifier: GPL-2.0-or-later
"""Text of others, such as file names and what files hold, does not control the terminal."""

import os
import subprocess

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from ptdump import Writer, as_text
from support import Program, ProgramTest, parse

GIB, MIB = 1 << 30, 1 << 20
RANGE = "-r%#x+128M" % (4 * GIB)

# Control characters of 7 and 8 bits, overlong and surrogate forms of them, text turned round; no
# slash and no zero byte, so that a file may have the name.
STRANGE = (b"a\x1b[2Jb\rc\nd\x07e\x7ff\x9b31m\xc2\x9b31m\xc0\x9b\xe0\x80\x9b\xf0\x80\x80\x9b"
           b"\xed\xa0\x80\xf4\x90\x80\x80\xe2\x80\xaeg\xe2\x80\xa8h\xff\xe2\x82")
FINE = "caf\u00e9 \u2713 \U0001f600"


def is_shown(character):
    """Whether a terminal may get it."""
    point = ord(character)
    return (character == "\n" or point >= 0x20) and not (
        0x7f <= point <= 0x9f or 0x2028 <= point <= 0x202e or 0x2066 <= point <= 0x2069)


class Printable(ProgramTest):
    """Every way in which such text comes in, and every form in which text goes out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        regions = [Region(GIB, 256 * MIB, boot=True), Region(4 * GIB, 256 * MIB, linear="pmd")]
        layout = Layout(Machine(Kernel(), regions))
        cls.text = as_text(Writer(layout).lines()).encode()
        containers.write_plain(cls.file("core"), Image(layout))
        cls.core = "--vmcore=" + cls.file("core")

    @classmethod
    def strange(cls, content=None, name=STRANGE):
        """The path of a file with a strange name, with CONTENT if given."""
        path = os.path.join(os.fsencode(cls.folder), name)
        if content is not None:
            with open(path, "wb") as out:
                out.write(content)
        return os.fsdecode(path)

    def check(self, *arguments, statuses, program=None):
        """Run it, check that all output is printable, and return the output."""
        result = subprocess.run([program or Program.path, *arguments], check=False,
                                executable=Program.path, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=120)
        shown = (result.stdout + result.stderr).decode("utf-8", "strict")
        self.assertEqual([character for character in shown if not is_shown(character)], [],
                         repr(shown))
        self.assertIn(result.returncode, statuses, shown)
        self.assertNotEqual(shown, "")
        return shown

    def content(self):
        """The bytes of the core."""
        with open(self.file("core"), "rb") as core:
            return core.read()

    def test_names_of_files(self):
        missing = self.strange(name=b"missing" + STRANGE)
        for option in ("--vmcore=", "--kcore=", "--ptdump=", "--vmcoreinfo=", "--ranges-from=",
                       "--verify-ptdump="):
            source = () if option in ("--vmcore=", "--kcore=", "--ptdump=") else (self.core,)
            with self.subTest(option=option):
                self.check(*source, option + missing, RANGE, statuses=(2,))
                self.check(*source, option + self.strange(b"neither one nor the other\n"), RANGE,
                           statuses=(2, 64))

    def test_name_of_a_source_that_is_read(self):
        path = self.strange(self.content())
        for form in ((), ("--explain",), ("--summary",), ("--map",), ("--blocks",)):
            with self.subTest(form=form):
                self.check("--vmcore=" + path, RANGE, *form, statuses=(0,))

    def test_documents(self):
        """JSON has the very name, by escapes, as far as it is text."""
        name = "a\x1bb\x7fc\x9b31m\xa0d \u2713"
        path = self.strange(self.content(), name.encode())
        answer = parse(self.check("--vmcore=" + path, RANGE, "--json", statuses=(0,)))
        self.assertTrue(answer["source"]["path"].endswith("/" + name))
        shown = self.check("--vmcore=" + path + ".not", RANGE, "--json", statuses=(2,))
        self.assertIn(r"\u009b31m", shown)

    def test_name_of_a_text_that_is_compared(self):
        shown = self.check(self.core, "--verify-ptdump=" + self.strange(self.text),
                           statuses=(0,))
        self.assertIn("agrees with the walk", shown)

    def test_name_that_may_be_shown(self):
        path = self.strange(self.content(), FINE.encode())
        self.assertIn(FINE, self.check("--vmcore=" + path + ".not", RANGE, statuses=(2,)))

    def test_words_of_the_command_line(self):
        strange = os.fsdecode(STRANGE)
        for words in (("-r" + strange,), (strange,), ("--" + strange,), ("--range" + strange,),
                      ("--va=" + strange,), ("-" + strange,), ("-q" + strange,),
                      ("--assume=" + strange,), ("--assume=flush=" + strange,),
                      ("--ignore=" + strange,), ("--va-bits=" + strange,), ("--watch=" + strange,),
                      ("--suggest=" + strange,), ("--blocks", "-o" + strange),
                      ("--quiet=" + strange,)):
            with self.subTest(words=words):
                self.check(self.core, RANGE, *words, statuses=(64,))
        shown = self.check(self.core, RANGE, "--kernel-release=7.2.12" + strange, statuses=(0, 2))
        self.assertIn("--kernel-release=7.2.12a?[2Jb", shown.replace("overrides       ", "--"))

    def test_words_of_files(self):
        for content in (STRANGE.replace(b"\n", b""), b"memory1-" + STRANGE):
            with self.subTest(content=content):
                path = self.file("list", content)
                self.check(self.core, "--ranges-from=" + path, statuses=(64,))

    def test_name_of_the_program(self):
        for arguments in ((), ("--no-such-option",), ("--vmcore=/nonexistent", RANGE), ("--help",)):
            with self.subTest(arguments=arguments):
                self.check(*arguments, statuses=(0, 2, 64), program=STRANGE)

    def test_release(self):
        path = self.file("release")
        for release in ("7.2.12\x1b[31m", "7.2.12\x9b31m", "7.2.12-\u202egnorw"):
            with self.subTest(release=release):
                regions = [Region(GIB, 256 * MIB, boot=True)]
                image = Image(Layout(Machine(Kernel(release=release), regions)))
                containers.write_plain(path, image)
                for form in ((), ("--summary",)):
                    self.check("--vmcore=" + path, "-rmemory8", *form, statuses=(1, 2))
