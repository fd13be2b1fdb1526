# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/packages.sh installs, on machines whose dpkg and apt are stand-ins that record their
arguments."""

import os
import re
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "packages.sh"
USES = ("build", "test", "guard", "bench", "clang", "fuzz", "arm64", "arm64-test", "fresh", "abi")
STAND_INS = {
    "dpkg": """\
case $1 in
--print-architecture) echo amd64 ;;
--print-foreign-architectures) cat foreign ;;
*) echo "dpkg $*" >>told ;;
esac
""",
    "dpkg-query": """\
shift 3
for name; do
	grep "^$name[: ]" installed || status=1
done
exit ${status:-0}
""",
    "apt-get": 'echo "apt-get $*" >>told\n',
    "id": "cat user\n",
}


class Machine:
    """A machine with stand-ins in a folder."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "bin").mkdir()
        for name, text in STAND_INS.items():
            program = folder / "bin" / name
            program.write_text("#!/bin/sh\n" + text, encoding="utf-8")
            program.chmod(0o755)

    def run_script(self, use, installed=(), user=0, foreign=()):
        """Status, standard error, and the calls of apt and dpkg."""
        for name, lines in (("installed", [f"{package} installed" for package in installed]),
                            ("user", [str(user)]), ("foreign", foreign), ("told", ())):
            (self.folder / name).write_text("".join(line + "\n" for line in lines),
                                            encoding="utf-8")
        result = subprocess.run(["sh", SCRIPT, use], cwd=self.folder, check=False, text=True,
                                capture_output=True,
                                env={"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"})
        told = (self.folder / "told").read_text(encoding="utf-8").splitlines()
        return result.returncode, result.stderr, told

    def wanted(self, use):
        """All packages that a machine without any of them gets."""
        status, errors, told = self.run_script(use, foreign=["arm64"])
        assert (status, errors, told[0]) == (0, "", "apt-get -qq update")
        words = told[1].split()
        return [word for word in words[words.index("install"):] if re.match(r"[a-z0-9]", word)][1:]


def native(packages):
    """As dpkg lists them: each with an architecture."""
    return [name if ":" in name else name + ":amd64" for name in packages]


@pytest.fixture(name="machine")
def make_machine(tmp_path):
    """A machine with some packages, used by root or by an ordinary user."""
    return Machine(tmp_path)


@pytest.mark.parametrize("user", (0, 1000))
@pytest.mark.parametrize("use", USES)
def test_nothing_is_done_if_all_is_there(machine, use, user):
    assert machine.run_script(use, native(machine.wanted(use)), user) == (0, "", [])


def test_library_for_two_architectures_counts_as_installed(machine):
    installed = native(machine.wanted("build"))
    both = installed + [name.replace(":amd64", ":arm64") for name in installed]
    assert machine.run_script("build", both) == (0, "", [])


def test_library_for_another_architecture_does_not_count(machine):
    installed = [name.replace("libelf-dev:amd64", "libelf-dev:arm64")
                 for name in native(machine.wanted("build"))]
    _, _, told = machine.run_script("build", installed)
    assert told[1].split()[-1] == "libelf-dev"
    assert "libjson-c-dev" not in told[1]


def test_package_of_no_architecture_serves_all(machine):
    installed = [name.replace("libc6-dev-arm64-cross:amd64", "libc6-dev-arm64-cross:all")
                 for name in native(machine.wanted("arm64"))]
    assert "libc6-dev-arm64-cross:all" in installed
    assert machine.run_script("arm64", installed) == (0, "", [])


def test_ordinary_user_gets_one_sentence_that_names_what_to_install(machine):
    installed = native(machine.wanted("build"))
    installed.remove("gcc:amd64")
    status, errors, told = machine.run_script("build", installed, user=1000)
    assert (status, told) == (1, [])
    assert re.search(r"\A\S+/packages\.sh: please run as root: "
                     r"apt-get install --no-install-recommends gcc\n\Z", errors)


def test_architecture_is_added_before_its_packages_and_only_if_it_is_unknown(machine):
    _, _, told = machine.run_script("arm64")
    assert told[:2] == ["dpkg --add-architecture arm64", "apt-get -qq update"]
    _, _, told = machine.run_script("arm64", foreign=["arm64"])
    assert told[0] == "apt-get -qq update"
    _, errors, _ = machine.run_script("arm64", user=1000)
    assert "as root: dpkg --add-architecture arm64 && apt-get update && apt-get" in errors


@pytest.mark.parametrize("use, other", [("build", "arm64"), ("test", "arm64-test")])
def test_both_architectures_have_the_same_libraries(machine, use, other):
    """For the program, and for its tests."""
    native_, foreign = machine.wanted(use), machine.wanted(other)
    assert {name.split(":")[0] for name in foreign if ":" in name} == {
        name for name in native_ if re.fullmatch("(lib|zlib1g).*-dev", name)} - {"libc6-dev"}


@pytest.mark.parametrize("use", ("test", "clang", "fuzz", "arm64-test"))
def test_what_runs_tests_in_python_is_installed_for_them(machine, use):
    assert {"python3", "python3-pytest", "python3-hypothesis", "python3-jsonschema"} <= set(
        machine.wanted(use))


@pytest.mark.parametrize("use", USES)
def test_no_name_has_the_version_of_one_debian_release(machine, use):
    for name in machine.wanted(use):
        assert not re.search(r"-\d+(-|$)", name)


def test_unknown_use_is_a_usage_error(machine):
    status, errors, told = machine.run_script("nonsense")
    assert (status, told) == (64, [])
    assert "usage: " in errors
