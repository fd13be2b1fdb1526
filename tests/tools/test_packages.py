#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What tools/packages.sh installs, on machines whose dpkg and apt are stand-ins that record their
arguments."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "packages.sh"
USES = ("build", "test", "guard", "bench", "fuzz", "arm64", "emulate", "fresh")
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
	grep -E "^$name[: ]" installed || status=1
done
exit ${status:-0}
""",
    "apt-get": 'echo "apt-get $*" >>told\n',
    "id": "cat user\n",
}


class Packages(unittest.TestCase):
    """A machine with some packages, used by root or by an ordinary user."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "bin").mkdir()
        for name, text in STAND_INS.items():
            program = self.folder / "bin" / name
            program.write_text("#!/bin/sh\n" + text, encoding="utf-8")
            program.chmod(0o755)

    def run_script(self, use, installed=(), user=0, foreign=()):
        """Status, standard error, and the calls of apt and dpkg."""
        for name, lines in (("installed", [f"{package} installed" for package in installed]),
                            ("user", [str(user)]), ("foreign", foreign), ("told", ())):
            (self.folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        result = subprocess.run(["sh", SCRIPT, use], cwd=self.folder, check=False, text=True,
                                capture_output=True,
                                env={"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"})
        told = (self.folder / "told").read_text(encoding="utf-8").splitlines()
        return result.returncode, result.stderr, told

    def wanted(self, use):
        """All packages that a machine without any of them gets."""
        status, errors, told = self.run_script(use, foreign=["arm64"])
        self.assertEqual((status, errors, told[0]), (0, "", "apt-get -qq update"))
        words = told[1].split()
        return [word for word in words[words.index("install"):] if re.match(r"[a-z0-9]", word)][1:]

    @staticmethod
    def native(packages):
        """As dpkg lists them: each with an architecture."""
        return [name if ":" in name else name + ":amd64" for name in packages]

    def test_all_there(self):
        """Nothing is done, whoever asks."""
        for use in USES:
            installed = self.native(self.wanted(use))
            for user in (0, 1000):
                with self.subTest(use=use, user=user):
                    self.assertEqual(self.run_script(use, installed, user), (0, "", []))

    def test_other_architectures_too(self):
        """A library that is installed for two architectures counts as installed."""
        installed = self.native(self.wanted("build"))
        both = installed + [name.replace(":amd64", ":arm64") for name in installed]
        self.assertEqual(self.run_script("build", both), (0, "", []))

    def test_other_architecture_alone(self):
        """A library for another architecture does not count."""
        wanted = self.wanted("build")
        installed = [name.replace("libelf-dev:amd64", "libelf-dev:arm64")
                     for name in self.native(wanted)]
        _, _, told = self.run_script("build", installed)
        self.assertEqual(told[1].split()[-1], "libelf-dev")
        self.assertNotIn("libjson-c-dev", told[1])

    def test_any_architecture(self):
        """A package of no architecture serves all."""
        installed = [name.replace("libc6-dev-arm64-cross:amd64", "libc6-dev-arm64-cross:all")
                     for name in self.native(self.wanted("arm64"))]
        self.assertIn("libc6-dev-arm64-cross:all", installed)
        self.assertEqual(self.run_script("arm64", installed), (0, "", []))

    def test_ordinary_user(self):
        """A user who may not install packages gets one sentence that names what to install."""
        installed = self.native(self.wanted("build"))
        installed.remove("gcc:amd64")
        status, errors, told = self.run_script("build", installed, user=1000)
        self.assertEqual((status, told), (1, []))
        self.assertRegex(errors, r"\A\S+/packages\.sh: please run as root: "
                                 r"apt-get install --no-install-recommends gcc\n\Z")

    def test_architecture_is_added(self):
        """Another architecture is added before its packages, and only if it is unknown."""
        _, _, told = self.run_script("arm64")
        self.assertEqual(told[:2], ["dpkg --add-architecture arm64", "apt-get -qq update"])
        _, _, told = self.run_script("arm64", foreign=["arm64"])
        self.assertEqual(told[0], "apt-get -qq update")
        _, errors, _ = self.run_script("arm64", user=1000)
        self.assertIn("as root: dpkg --add-architecture arm64 && apt-get update && apt-get", errors)

    def test_libraries_are_the_same(self):
        """The program is linked with the same libraries here and for the other architecture."""
        build, arm64 = self.wanted("build"), self.wanted("arm64")
        self.assertEqual({name.split(":")[0] for name in arm64 if ":" in name},
                         {name for name in build if re.fullmatch("lib.*-dev", name)} - {"libc6-dev"})

    def test_no_version(self):
        """No name has the version of one Debian release."""
        for use in USES:
            for name in self.wanted(use):
                self.assertNotRegex(name, r"-\d+(-|$)")

    def test_unknown_use(self):
        """An unknown use is a usage error."""
        status, errors, told = self.run_script("nonsense")
        self.assertEqual((status, told), (64, []))
        self.assertIn("usage: ", errors)


if __name__ == "__main__":
    unittest.main()
