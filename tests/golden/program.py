# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the program under test, and count the results."""

import json
import os
import subprocess

PASSED_ON = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")
TIMEOUT = 600


class Tally:
    """Checks that passed and failed; a failure is printed at once."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, problem):
        """Count one check; PROBLEM is an empty text if all is well."""
        if problem:
            self.failed += 1
            print(f"FAIL {name}: {problem}", flush=True)
        else:
            self.passed += 1

    def equal(self, name, got, wanted):
        """Count a comparison."""
        self.check(name, "" if got == wanted else f"{got!r}, expected {wanted!r}")


class Program:
    """The program under test. Files are named relative to FOLDER, so that paths are the same
    everywhere."""

    def __init__(self, path, folder):
        self.path = path
        self.folder = folder
        self.env = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
        self.env.update(LC_ALL="C.UTF-8", TMPDIR=str(folder))
        self.version = self.run("--version").stdout.split()[1]

    def run(self, *arguments, extra=None):
        """Run it in the folder, with EXTRA variables in its environment."""
        return subprocess.run([self.path, *arguments], cwd=self.folder,
                              env=self.env | (extra or {}), encoding="utf-8",
                              capture_output=True, timeout=TIMEOUT, check=False)

    def ask(self, names, ranges, *options):
        """Ask about RANGES in a dump of one or more files."""
        return self.run(*(f"--vmcore={name}" for name in names),
                        *(f"--range={asked.text}" for asked in ranges), *options)

    def document(self, names, ranges):
        """The answer's JSON document; an error raises ValueError with the message."""
        return self.parse(self.ask(names, ranges, "--json"))

    @staticmethod
    def parse(result):
        """The JSON document that was printed; an error raises ValueError with the message."""
        try:
            document = json.loads(result.stdout)
        except ValueError:
            document = {}
        if not {"ranges", "kernel"} <= document.keys():
            raise ValueError(f"status {result.returncode}: {result.stderr.strip()}")
        return document


def refusal_problem(result):
    """What is wrong with a refusal: it must be status 2 and one line on standard error."""
    lines = result.stderr.splitlines()
    if result.returncode == 2 and len(lines) == 1 and not result.stdout:
        return ""
    return (f"status {result.returncode}, {len(result.stdout)} bytes of output, "
            f"standard error {result.stderr[:300]!r}")
