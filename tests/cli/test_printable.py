# SPDX-License-Identifier: GPL-2.0-or-later
"""Text from outside, such as file names and the content of files, cannot control the terminal."""

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import containers
import pytest
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from program import PATIENCE
from ptdump import Writer, as_text

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


@pytest.fixture(scope="module", name="sample")
def make_sample(shared):
    """A core, and the text of its tables."""
    regions = [Region(GIB, 256 * MIB, boot=True), Region(4 * GIB, 256 * MIB, linear="pmd")]
    layout = Layout(Machine(Kernel(), regions))
    containers.write_plain(str(shared / "core"), Image(layout))
    return SimpleNamespace(text=as_text(Writer(layout).lines()).encode(),
                           core="--vmcore=%s" % (shared / "core"),
                           content=Path(shared / "core").read_bytes())


def strange(program, content=None, name=STRANGE):
    """The path of a file with a strange name, with CONTENT if given."""
    path = os.path.join(os.fsencode(program.folder), name)
    if content is not None:
        with open(path, "wb") as out:
            out.write(content)
    return os.fsdecode(path)


def check_output(program, *arguments, statuses, name=None):
    """Run it, as a program of this NAME, check that all output is printable, and return it."""
    result = subprocess.run([name or program.path, *arguments], check=False,
                            executable=program.path, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=program.environment(), timeout=PATIENCE)
    shown = (result.stdout + result.stderr).decode("utf-8", "strict")
    assert [character for character in shown if not is_shown(character)] == [], repr(shown)
    assert result.returncode in statuses, shown
    assert shown != ""
    return shown


def test_names_of_files_that_are_refused_are_printable(program, sample):
    missing = strange(program, name=b"missing" + STRANGE)
    for option in ("--vmcore=", "--kcore=", "--ptdump=", "--vmcoreinfo=", "--ranges-from=",
                   "--verify-ptdump=", "--diff="):
        source = () if option in ("--vmcore=", "--kcore=", "--ptdump=") else (sample.core,)
        check_output(program, *source, option + missing, RANGE, statuses=(2,))
        check_output(program, *source, option + strange(program, b"neither one nor the other\n"),
                     RANGE, statuses=(2, 64))


def test_name_of_a_source_is_printable(program, sample):
    path = strange(program, sample.content)
    for form in ((), ("--explain",), ("--summary",), ("--map",), ("--blocks",)):
        check_output(program, "--vmcore=" + path, RANGE, *form, statuses=(0,))


def test_document_has_the_very_name(program, sample):
    """JSON has the very name, by escapes, as far as it is text."""
    name = "a\x1bb\x7fc\x9b31m\xa0d \u2713"
    path = strange(program, sample.content, name.encode())
    answer = program.read(check_output(program, "--vmcore=" + path, RANGE, "--json", statuses=(0,)))
    assert answer["source"]["path"].endswith("/" + name)
    shown = check_output(program, "--vmcore=" + path + ".not", RANGE, "--json", statuses=(2,))
    assert r"\u009b31m" in shown


def test_name_of_a_compared_text_is_printable(program, sample):
    shown = check_output(program, sample.core, "--verify-ptdump=" + strange(program, sample.text),
                         statuses=(0,))
    assert "agrees with the walk" in shown


def test_name_of_a_dump_that_is_compared_is_printable(program, sample):
    path = strange(program, sample.content)
    for form in ((), ("--explain",), ("--summary",), ("--map",), ("--blocks",)):
        check_output(program, sample.core, "--diff=" + path, *form, statuses=(0,))


def test_printable_name_is_shown(program, sample):
    path = strange(program, sample.content, FINE.encode())
    assert FINE in check_output(program, "--vmcore=" + path + ".not", RANGE, statuses=(2,))


def test_words_of_the_command_line_are_printable(program, sample):
    strange = os.fsdecode(STRANGE)
    for words in (("-r" + strange,), (strange,), ("--" + strange,), ("--range" + strange,),
                  ("--va=" + strange,), ("-" + strange,), ("-q" + strange,),
                  ("--assume=" + strange,), ("--assume=flush=" + strange,),
                  ("--ignore=" + strange,), ("--va-bits=" + strange,), ("--watch=" + strange,),
                  ("--suggest=" + strange,), ("--blocks", "-o" + strange),
                  ("--quiet=" + strange,)):
        check_output(program, sample.core, RANGE, *words, statuses=(64,))
    shown = check_output(program, sample.core, RANGE, "--kernel-release=7.2.12" + strange,
                         statuses=(0, 2))
    assert "--kernel-release=7.2.12a?[2Jb" in shown.replace("overrides       ", "--")


@pytest.mark.parametrize("content", (STRANGE.replace(b"\n", b""), b"memory1-" + STRANGE))
def test_words_of_files_are_printable(program, sample, content):
    path = program.file("list", content)
    check_output(program, sample.core, "--ranges-from=" + path, statuses=(64,))


@pytest.mark.parametrize("arguments", ((), ("--no-such-option",),
                                       ("--vmcore=/nonexistent", RANGE), ("--help",)))
def test_name_of_the_program_is_printable(program, arguments):
    check_output(program, *arguments, statuses=(0, 2, 64), name=STRANGE)


def test_release_is_printable(program):
    path = program.file("release")
    for release in ("7.2.12\x1b[31m", "7.2.12\x9b31m", "7.2.12-\u202egnorw"):
        regions = [Region(GIB, 256 * MIB, boot=True)]
        image = Image(Layout(Machine(Kernel(release=release), regions)))
        containers.write_plain(path, image)
        for form in ((), ("--summary",)):
            check_output(program, "--vmcore=" + path, "-rmemory8", *form, statuses=(1, 2))
