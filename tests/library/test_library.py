# SPDX-License-Identifier: GPL-2.0-or-later
"""libhotremove from outside: what it exports, and what its users in examples/ say about dumps."""

import json
import lzma
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
HEADER = SOURCE / "include/hotremove/hotremove.h"
FIXTURES = ("7.2-bbml2", "6.12-16k-blocks")
# A removable range, one that splits a leaf, and boot memory.
RANGES = ((0x88000000, 0x8fffffff), (0xc0000000, 0xc7ffffff), (0x40000000, 0x47ffffff))
KINDS = ("removable", "splits-leaf", "boot-memory")
VERDICTS = ("removable", "not-removable", "unknown")


@pytest.fixture(name="library", scope="module")
def find_library(pytestconfig):
    """Where the build has the shared library."""
    return Path(pytestconfig.getoption("--library")).resolve()


@pytest.fixture(name="examples", scope="module")
def find_examples(pytestconfig):
    """Where the build has the examples."""
    return Path(pytestconfig.getoption("--examples")).resolve()


@pytest.fixture(name="core", params=FIXTURES)
def unpack_core(request, folder):
    """A dump of a real kernel."""
    path = folder / "core"
    with lzma.open(SOURCE / "tests/fixtures" / (request.param + ".elf.xz")) as packed:
        path.write_bytes(packed.read())
    return path


def expected(program, core, extent):
    """What the program says about a range."""
    document = program.document("--vmcore=%s" % core, "-r%#x-%#x" % extent)
    answer, = document["ranges"]
    teardown = answer["teardown"]
    form = "per_leaf" if teardown["model"] == "per-leaf" else "batched"
    return {"verdict": answer["verdict"], "guard": answer["guard"]["outcome"],
            "tlbi": teardown[form]["total"]["tlbi"], "warnings": document["warnings"],
            "reasons": [(reason["code"], reason["message"]) for reason in answer["reasons"]]}


def run(*command, **options):
    """Run a program of ours; the environment has nothing of the tester's."""
    environment = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "LD_LIBRARY_PATH")
                   if name in os.environ}
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          env={**environment, **options.pop("env", {})}, **options)


# -- what is exported -----------------------------------------------------------------------------

def declared():
    """The functions that the header declares and does not define."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = text[text.index("#pragma GCC visibility push"):]
    text = re.sub(r"static inline.*?\n}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\(\*\w+\)\([^;]*;", "", text)
    return set(re.findall(r"\b(hr_\w+)\(", text))


def test_library_exports_what_its_header_declares(library):
    lines = run("nm", "--dynamic", "--defined-only", library).stdout.splitlines()
    assert {line.split()[-1].split("@")[0] for line in lines} == declared() | {"HOTREMOVE_0"}


def test_list_of_exports_has_what_the_header_declares():
    text = (SOURCE / "src/api/hotremove.map").read_text(encoding="utf-8")
    assert set(re.findall(r"^\t(hr_\w+);$", text, re.MULTILINE)) == declared()


def test_library_is_found_by_its_soname(library):
    assert "SONAME               libhotremove.so.0" in run("objdump", "-p", library).stdout


@pytest.mark.parametrize("language", ["c", "c++"])
def test_header_stands_alone(folder, language):
    """It needs no other header before it, and C++ can read it."""
    compiled = run("gcc", "-x", language, "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                   "-I%s" % (SOURCE / "include"), "-", input="#include <hotremove/hotremove.h>\n",
                   cwd=folder)
    assert compiled.returncode == 0, compiled.stderr


# -- examples -------------------------------------------------------------------------------------

@pytest.mark.parametrize("extent", RANGES, ids=KINDS)
def test_elf_core_has_the_verdict_of_the_program(program, examples, core, extent):
    found = run(examples / "example-elf-core", core, *map(hex, extent))
    verdict = expected(program, core, extent)["verdict"]
    assert found.stdout == verdict + "\n", found.stderr
    assert found.returncode == (verdict != "removable")


def test_elf_core_says_what_is_wrong(examples, folder):
    (folder / "text").write_text("no core\n")
    found = run(examples / "example-elf-core", folder / "text", "0x88000000", "0x8fffffff")
    assert found.returncode == 1
    assert "VMCOREINFO" in found.stdout or "NUMBER" in found.stdout or "PAGESIZE" in found.stdout


def vmcoreinfo_of(core):
    """The text of the note, which has one line more than its neighbours."""
    data = core.read_bytes()
    start = data.index(b"OSRELEASE=")
    return data[start:data.index(b"\0", start)]


@pytest.fixture(name="kdump")
def make_kdump(core, folder, pytestconfig):
    """The same dump, compressed."""
    path = folder / "kdump"
    size = re.search(rb"^PAGESIZE=(\d+)$", vmcoreinfo_of(core), re.MULTILINE)[1].decode()
    subprocess.run([pytestconfig.getoption("--mkkdump"), "--block-size=" + size, core, path],
                   check=True)
    return path


@pytest.mark.parametrize("extent", RANGES, ids=KINDS)
def test_kdumpfile_has_the_answer_of_the_program(program, examples, core, kdump, extent):
    # libkdumpfile itself leaks what it allocates for the type of operating system.
    leaks = kdump.with_name("leaks")
    leaks.write_text("leak:libkdumpfile\n")
    environment = {"LSAN_OPTIONS": "suppressions=%s:print_suppressions=0" % leaks}
    answer = expected(program, core, extent)
    lines = ["%(verdict)s, kernel's check %(guard)s, %(tlbi)u TLBI" % answer]
    lines += ["%s: %s" % reason for reason in answer["reasons"]]
    for dump in (core, kdump):
        found = run(examples / "example-kdumpfile", dump, *map(hex, extent), env=environment)
        assert found.stdout.splitlines() == lines, found.stderr
        assert found.returncode == VERDICTS.index(answer["verdict"])


ASK_DRGN = """
import json, sys
import drgn, hotremove
prog = drgn.Program()
prog.set_core_dump(sys.argv[1])
with open(sys.argv[2], "rb") as file:
    note = file.read()
answer = hotremove.check(prog, (int(sys.argv[3]), int(sys.argv[4])), note)
print(json.dumps(answer._asdict()))
"""


@pytest.mark.parametrize("extent", RANGES, ids=KINDS)
def test_drgn_has_the_answer_of_the_program(program, library, core, folder, extent):
    if program.is_sanitized:
        pytest.skip("Python cannot load a library that has the sanitizers in it")
    (folder / "note").write_bytes(vmcoreinfo_of(core))
    found = run(sys.executable, "-c", ASK_DRGN, core, folder / "note", extent[0], extent[1] + 1,
                env={"HOTREMOVE_LIBRARY": str(library), "PYTHONPATH": str(SOURCE / "examples"),
                     "PYTHONDONTWRITEBYTECODE": "1"})
    assert found.returncode == 0, found.stderr
    answer = json.loads(found.stdout)
    assert {**answer, "reasons": [tuple(reason) for reason in answer["reasons"]]} \
        == expected(program, core, extent)
