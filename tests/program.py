# SPDX-License-Identifier: GPL-2.0-or-later
"""The program under test: the one way to run it, and what must be true of every run."""

import json
import os
import subprocess

# Seconds after which something that a test waits for will never happen, on any machine.
PATIENCE = 600
# Every run ends with one of these, and never with a signal.
STATUSES = (0, 1, 2, 64)
# With these the answer is complete, and standard error has nothing to add.
ANSWERED = (0, 1)
# What the sanitizers print.
ALARMS = ("Sanitizer", "runtime error")
PASSED_ON = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")


class Misbehaviour(AssertionError):
    """The program did what it must never do; the text says what."""


class Result(subprocess.CompletedProcess):
    """What a run has left."""

    @property
    def text(self):
        """Its output, which must be UTF-8."""
        return self.stdout.decode()

    @property
    def message(self):
        """What it said on standard error."""
        return self.stderr.decode("utf-8", "replace")

    @property
    def command(self):
        """The arguments, for people."""
        return " ".join(map(os.fsdecode, map(os.fspath, self.args[1:])))


class Program:
    """A built program, run in a folder of the test's own and without the tester's environment.

    OPTIONS come first in every call.  PREPARE runs in the child.  READ turns the text of a document
    into the document, and fails if it is none.
    """

    def __init__(self, path, folder, options=(), prepare=None, read=json.loads):
        self.path = os.path.abspath(path)
        self.folder = os.fspath(folder)
        self.options = options
        self.prepare = prepare
        self.read = read

    # -- the build ----------------------------------------------------------------------------

    @property
    def launcher(self):
        """What starts the program, if it is a script of tests/CMakeLists.txt."""
        with open(self.path, "rb") as program:
            if program.readline() != b"#!/bin/sh\n":
                return ""
            command = program.readline().decode("utf-8", "replace").split()
        return os.path.basename(command[1]) if len(command) > 1 else ""

    @property
    def is_under_valgrind(self):
        """Whether valgrind runs it."""
        return self.launcher == "valgrind"

    @property
    def is_emulated(self):
        """Whether QEMU's user mode runs it."""
        return self.launcher.startswith("qemu-")

    @property
    def is_sanitized(self):
        """Whether it has the sanitizers in it."""
        with open(self.path, "rb") as program:
            return b"__asan_init" in program.read()

    @property
    def has_sandbox(self):
        """Whether it is a build with a sandbox."""
        return not self.is_under_valgrind and not self.is_sanitized

    # -- files --------------------------------------------------------------------------------

    def file(self, name, content=None):
        """A path in the test's folder, with CONTENT if given."""
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "wb") as out:
                out.write(content if isinstance(content, bytes) else content.encode())
        return path

    # -- runs ---------------------------------------------------------------------------------

    def environment(self, **values):
        """The environment of the program, without the tester's."""
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return {**env, "LC_ALL": "C.UTF-8", "TMPDIR": self.folder, **values}

    def run(self, *arguments, stdin=b"", stdout=subprocess.PIPE, prepare=None, env=None):
        """Run it without a terminal, to its end, and check what must be true of every run.

        ENV has additions to the environment.
        """
        command = [self.path, *self.options, *map(str, arguments)]
        try:
            done = subprocess.run(command, input=stdin, stdout=stdout, stderr=subprocess.PIPE,
                                  cwd=self.folder, env=self.environment(**(env or {})),
                                  timeout=PATIENCE, check=False,
                                  preexec_fn=prepare or self.prepare)
        except subprocess.TimeoutExpired as error:
            raise Misbehaviour("no answer in time: " + " ".join(command)) from error
        result = Result(command, done.returncode, done.stdout, done.stderr)
        self.check(result)
        return result

    @staticmethod
    def check(result):
        """Fail if a run was one that there must never be."""
        said = "status %d: %s\n%s" % (result.returncode, result.command, result.message[:2000])
        if result.returncode not in STATUSES or any(word in said for word in ALARMS):
            raise Misbehaviour(said)
        if result.returncode in ANSWERED and result.stderr:
            raise Misbehaviour(said)

    def run_ok(self, *arguments, status=0, stdin=b"", env=None):
        """Run it, expect STATUS, and return its output."""
        result = self.run(*arguments, stdin=stdin, env=env)
        assert result.returncode == status, "%s\n%s" % (result.command, result.message)
        return result.text

    def document(self, *arguments, statuses=(0, 1, 2), stdin=b""):
        """Run it with --json, and return the document together with the `status`."""
        result = self.run(*arguments, "--json", stdin=stdin)
        document = self.read(result.text)
        assert "error" not in document and result.returncode in statuses, "%s\n%s\n%s" % (
            result.command, result.message, result.text[:500])
        return {**document, "status": result.returncode}

    def refused(self, *arguments, status=2, stdin=b""):
        """Run it, expect a refusal, and return the message.

        A refusal has no output, and one line on standard error.
        """
        result = self.run(*arguments, stdin=stdin)
        assert result.returncode == status, "%s\n%s" % (result.command, result.message)
        assert result.stdout == b""
        assert result.stderr.endswith(b"\n"), result.stderr
        assert len(result.message.splitlines()) == 1, result.message
        return result.message
