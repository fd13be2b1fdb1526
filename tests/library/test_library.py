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


def by_field(text):
    """A text of the program as the library has it: its fields in braces, not the options."""
    return re.sub(r"--assume=([\w-]+)=(\w+)",
                  lambda match: "{%s=%s}" % (match[1].replace("-", "_"), match[2]), text)


def expected(program, core, extent):
    """What the library has to say about a range, from what the program says."""
    document = program.document("--vmcore=%s" % core, "-r%#x-%#x" % extent)
    answer, = document["ranges"]
    teardown = answer["teardown"]
    form = "per_leaf" if teardown["model"] == "per-leaf" else "batched"
    return {"verdict": answer["verdict"], "guard": answer["guard"]["outcome"],
            "tlbi": teardown[form]["total"]["tlbi"],
            "warnings": [by_field(text) for text in document["warnings"]],
            "reasons": [(reason["code"], by_field(reason["message"]))
                        for reason in answer["reasons"]]}


def run(*command, **options):
    """Run a program of ours; the environment has nothing of the tester's."""
    environment = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "LD_LIBRARY_PATH")
                   if name in os.environ}
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          env={**environment, **options.pop("env", {})}, **options)


def skip_if_sanitized(program):
    """A library that has the sanitizers in it has their data, and Python cannot load it."""
    if program.is_sanitized:
        pytest.skip("the library has the sanitizers in it")


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


def compile_text(text, *options):
    """Compile a text that includes the header, which may not even cause a warning."""
    compiled = run("gcc", *options, "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only",
                   "-I%s" % (SOURCE / "include"), "-",
                   input="#include <hotremove/hotremove.h>\n" + text)
    assert compiled.returncode == 0, compiled.stderr


@pytest.mark.parametrize("standard", ["c99", "c11", "gnu17", "c++11", "c++17"])
def test_header_stands_alone(standard):
    """It needs no other header before it, no later standard, and C++ can read it."""
    compile_text("", "-x", "c++" if "++" in standard else "c", "-std=" + standard)


def test_library_keeps_no_state(program, library):
    """What the compiler adds is not ours."""
    skip_if_sanitized(program)
    lines = run("objdump", "-t", library).stdout.splitlines()
    names = {line.split()[-1] for line in lines
             if re.search(r"\sO\s\.(data|bss|tdata|tbss)\s", line)}
    assert not {name for name in names if not name.startswith(("_", "completed."))}


def test_library_neither_prints_nor_ends_the_process(library):
    lines = run("nm", "--dynamic", "--undefined-only", library).stdout.splitlines()
    used = {line.split()[-1].split("@")[0] for line in lines}
    assert not used & {"exit", "_exit", "quick_exit", "abort", "printf", "__printf_chk", "puts",
                       "putchar", "fputs", "fprintf", "__fprintf_chk", "perror", "stdout",
                       "stderr", "open", "fopen", "read", "write", "setenv", "setlocale",
                       "signal", "sigaction", "fork", "system"}


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


@pytest.mark.parametrize("example", ("example-elf-core", "example-kdumpfile"))
@pytest.mark.parametrize("numbers", (("0x88000000", "banana"), ("", "0x8fffffff"),
                                     ("0x88000000", "0x10000000000000000"), ("-1", "0x8fffffff"),
                                     ("0x88000000", "0x8fffffff,")))
def test_examples_refuse_what_is_not_a_number(examples, core, example, numbers):
    found = run(examples / example, core, *numbers)
    assert (found.returncode, found.stdout) == (64, "")
    assert found.stderr.startswith("usage: ")


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


SHOW_STRUCTS = """
import hotremove
for name, ours in (("error", hotremove._Error), ("memory", hotremove._Memory),
                   ("overrides", hotremove._Overrides), ("config", hotremove._Config),
                   ("pa_range", hotremove._Range)):
    print("_Static_assert(sizeof(struct hr_%s) == %u, \\"size\\");"
          % (name, hotremove.ctypes.sizeof(ours)))
    for field, _ in ours._fields_:
        at = getattr(ours, field)
        print("_Static_assert(offsetof(struct hr_%s, %s) == %u && "
              "sizeof(((struct hr_%s *)0)->%s) == %u, \\"%s\\");"
              % (name, field, at.offset, name, field, at.size, field))
"""


def run_module(library, script, *arguments):
    """Run a script that imports hotremove.py."""
    return run(sys.executable, "-c", script, *arguments,
               env={"HOTREMOVE_LIBRARY": str(library), "PYTHONPATH": str(SOURCE / "examples"),
                    "PYTHONDONTWRITEBYTECODE": "1"})


def test_drgn_has_the_structs_of_the_header(program, library):
    skip_if_sanitized(program)
    shown = run_module(library, SHOW_STRUCTS)
    assert shown.returncode == 0, shown.stderr
    compile_text(shown.stdout, "-x", "c", "-std=c11")


ASK_STUB = """
import sys
import drgn, hotremove
class Stub:
    flags = drgn.ProgramFlags(0)
    def read(self, address, size, physical):
        if sys.argv[2] == "short":
            return bytes(size - 1)
        raise {"interrupt": KeyboardInterrupt, "bug": KeyError, "hole": ValueError}[sys.argv[2]]
start = int(sys.argv[3], 0)
with open(sys.argv[1], "rb") as file:
    note = file.read()
try:
    print(hotremove.check(Stub(), (start, start + 0x8000000), note).verdict)
except BaseException as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("way, start, result", [
    ("interrupt", 0x88000000, "KeyboardInterrupt"), ("bug", 0x88000000, "KeyError"),
    ("hole", 0x88000000, "unknown"), ("short", 0x88000000, "unknown"),
    ("hole", -0x8000000, "ValueError"), ("hole", (1 << 64) + 0x88000000, "ValueError"),
    ("hole", (1 << 64) - 0x8000000, "ValueError")])
def test_drgn_takes_nothing_unread_for_memory(program, library, core, folder, way, start, result):
    """Not even if reading is interrupted, or if 64 bits are too few for a number."""
    skip_if_sanitized(program)
    (folder / "note").write_bytes(vmcoreinfo_of(core))
    found = run_module(library, ASK_STUB, folder / "note", way, start)
    assert (found.stdout, found.stderr) == (result + "\n", "")


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
    skip_if_sanitized(program)
    (folder / "note").write_bytes(vmcoreinfo_of(core))
    found = run_module(library, ASK_DRGN, core, folder / "note", extent[0], extent[1] + 1)
    assert found.returncode == 0, found.stderr
    answer = json.loads(found.stdout)
    assert {**answer, "reasons": [tuple(reason) for reason in answer["reasons"]]} \
        == expected(program, core, extent)


# -- installed ------------------------------------------------------------------------------------

ASK_NOTHING = r"""
#include <hotremove/hotremove.h>
#include <stdio.h>
int main(void)
{
	const struct hr_config config = { 0 };
	struct hr_kernel *kernel = NULL;
	struct hr_error *error = hr_kernel_create(&config, &kernel);

	printf("%d\n", error ? (int)error->code : -1);
	hr_error_destroy(error);
	return 0;
}
"""

# What a package of another project has.
PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
find_package(hotremove 0.1 REQUIRED)
add_executable(user user.c)
target_link_libraries(user PRIVATE hotremove::%s)
"""


@pytest.fixture(name="installed", scope="module")
def install_library(library, tmp_path_factory):
    """A folder to which the build was installed as by a packager, below DESTDIR."""
    root = tmp_path_factory.mktemp("installed")
    done = run("cmake", "--install", library.parent, env={"DESTDIR": str(root)})
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(name="user")
def write_user(program, folder):
    """The folder of a program that uses the library."""
    skip_if_sanitized(program)
    (folder / "user.c").write_text(ASK_NOTHING)
    return folder


def library_folder(installed):
    """Where the library was installed."""
    return next(installed.rglob("libhotremove.so")).parent


def assert_runs(installed, user):
    """The program gets HR_ERROR_USAGE for a configuration of zeros."""
    found = run(user, env={"LD_LIBRARY_PATH": str(library_folder(installed))})
    assert (found.stdout, found.stderr) == ("0\n", "")


@pytest.mark.parametrize("target", ["hotremove", "hotremove_static"])
@pytest.mark.parametrize("has_libbpf", [True, False])
def test_cmake_finds_the_library(installed, user, target, has_libbpf):
    """Who links the shared library needs nothing of libbpf."""
    if target == "hotremove_static" and not has_libbpf:
        pytest.skip("the static library needs it")
    (user / "CMakeLists.txt").write_text(PROJECT % target)
    hidden = {} if has_libbpf else {"PKG_CONFIG_LIBDIR": str(user)}
    made = run("cmake", "-S", user, "-B", user / "build",
               "-Dhotremove_DIR=%s" % next(installed.rglob("hotremove-config.cmake")).parent,
               env=hidden)
    assert made.returncode == 0, made.stderr
    made = run("cmake", "--build", user / "build")
    assert made.returncode == 0, made.stdout + made.stderr
    assert_runs(installed, user / "build/user")


@pytest.mark.parametrize("static", [False, True])
def test_pkg_config_finds_the_library(installed, user, static):
    folder = library_folder(installed)
    found = run("pkg-config", "--cflags", "--libs", *["--static"] * static, "hotremove",
                env={"PKG_CONFIG_PATH": str(folder / "pkgconfig"),
                     "PKG_CONFIG_SYSROOT_DIR": str(installed),
                     "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1", "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1"})
    assert found.returncode == 0, found.stderr
    words = found.stdout.split()
    if static:
        words = [str(folder / "libhotremove.a") if word == "-lhotremove" else word
                 for word in words]
    made = run("gcc", user / "user.c", "-o", user / "user", *words)
    assert made.returncode == 0, made.stderr
    assert_runs(installed, user / "user")


def test_installed_library_may_move(library, user, folder):
    """pkg-config finds the library where it was installed, not where that was planned."""
    place = folder / "elsewhere"
    done = run("cmake", "--install", library.parent, "--prefix", place)
    assert done.returncode == 0, done.stderr
    found = run("pkg-config", "--cflags", "--libs", "hotremove",
                env={"PKG_CONFIG_PATH": str(next(place.rglob("hotremove.pc")).parent)})
    assert found.returncode == 0, found.stderr
    made = run("gcc", user / "user.c", "-o", user / "user", *found.stdout.split())
    assert made.returncode == 0, made.stderr
    assert_runs(place, user / "user")


def test_program_is_for_everybody(installed):
    """It is where every user's shell looks, as its manual page in section 1 says."""
    found, = filter(Path.is_file, installed.rglob("hotremove-check"))
    assert found.parent.name == "bin"
