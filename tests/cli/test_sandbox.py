# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program may do while it reads, and what it says when it dies."""

import os
import re
import shutil
import signal
import subprocess
import time
import unittest

import containers
from arm64 import Kernel
from image import Image
from layout import Fault, Layout, Machine, Region
from support import PATIENCE, Program, ProgramTest, children, parse

MIB = 1 << 20
# The program that gives processes which read a dump an hour to end; see tests/CMakeLists.txt.
PATIENT = os.environ.get("HOTREMOVE_CHECK_LIMITED")
# Signals that report an error in the process, unless they come from outside.
FAULTS = (signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE,
          signal.SIGSEGV, signal.SIGSYS)
WARNING = "the sandbox is off (--no-sandbox)"


def status_of(pid):
    """What the kernel says about process PID, by name."""
    with open("/proc/%d/status" % pid, encoding="utf-8") as handle:
        return dict(line.rstrip("\n").split(":\t", 1) for line in handle if ":\t" in line)


class Waiting:
    """The program while it waits for a text on standard input, under its supervisor or alone."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [Program.path, "--ptdump=-", "--map", *options], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def wait_for(self, what):
        """The result of WHAT, as soon as it is not empty."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            found = what()
            if found:
                return found
            time.sleep(0.01)
        raise AssertionError("nothing came of it")

    def worker(self):
        """The worker's process id."""
        return self.wait_for(lambda: children(self.process.pid))[0]

    def end(self):
        """Exit status, output and errors; standard input does not end before the program does."""
        self.process.wait(PATIENCE)
        out, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out.decode(), errors.decode()


class Sandbox(ProgramTest):
    """The sandbox, seen from outside."""

    def test_rights_are_gone(self):
        """For worker and supervisor, by the time that the first byte is read."""
        Program.skip_without_sandbox()
        with Waiting() as waiting:
            worker = waiting.worker()
            for pid in (worker, waiting.process.pid):
                waiting.wait_for(lambda pid=pid: status_of(pid)["Seccomp"] == "2")
                status = status_of(pid)
                self.assertEqual(status["NoNewPrivs"], "1")
                for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                    self.assertEqual(int(status[name], 16), 0, name)
            with open("/proc/%d/limits" % worker, encoding="ascii") as handle:
                limits = {line[:26].strip(): line[26:].split() for line in handle}
            self.assertEqual(limits["Max address space"][:2], [str(1 << 30)] * 2)
            self.assertEqual(limits["Max open files"][:2], ["3", "3"])
            self.assertEqual(limits["Max core file size"][:2], ["0", "0"])
            self.assertEqual(limits["Max cpu time"][0], "3600")

    def test_under_valgrind(self):
        """valgrind makes system calls of its own: the sandbox is off, and the output says so."""
        Program.skip_without_sandbox()
        if not shutil.which("valgrind"):
            raise unittest.SkipTest("there is no valgrind")
        core = self.file("core")
        containers.write_plain(core, Image(Layout(Machine(
            Kernel(), [Region(0x40000000, 128 * MIB, boot=True)]))))
        result = subprocess.run(["valgrind", "-q", Program.path, "--json", "--vmcore=" + core,
                                 "--map"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        self.assertIn("the sandbox is off under valgrind",
                      parse(result.stdout.decode())["warnings"])

    def test_death_of_the_worker(self):
        Program.skip_under_valgrind("a process that a signal ends may end otherwise")
        for number, part in ((signal.SIGABRT, "died of signal 6"), (signal.SIGKILL, "killed"),
                             (signal.SIGSYS, "the sandbox ended the program")):
            for options in ((), ("--json",), ("-q",)):
                with self.subTest(number=number, options=options), Waiting(*options) as waiting:
                    os.kill(waiting.worker(), number)
                    status, out, errors = waiting.end()
                    self.assertEqual(status, 2)
                    self.assertEqual(len(errors.splitlines()), 1, errors)
                    self.assertIn(part, errors)
                    if "--json" in options:
                        self.assertIn(part, parse(out)["error"]["message"])
                    else:
                        self.assertEqual(out, "")

    def test_signals_to_the_program(self):
        """The program never ends by a signal, and does not leave the worker behind."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1,
                       signal.SIGQUIT, signal.SIGALRM, signal.SIGXCPU, signal.SIGIO,
                       signal.SIGPWR, signal.SIGRTMIN, *FAULTS):
            if number in FAULTS and not Program.has_sandbox():
                continue
            with self.subTest(number=number), Waiting() as waiting:
                worker = waiting.worker()
                waiting.process.send_signal(number)
                status, out, errors = waiting.end()
                self.assertEqual((status, out), (2, ""))
                self.assertEqual(len(errors.splitlines()), 1, errors)
                self.assertFalse(os.path.exists("/proc/%d" % worker))

    def test_no_signal_from_outside_ends_it(self):
        """All signals there are, except those that nobody can catch, or that stop a process."""
        Program.skip_without_sandbox()
        others = {signal.SIGKILL, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
        for options in ((), ("--no-sandbox",)):
            for number in sorted(signal.valid_signals() - others):
                with self.subTest(number=number, options=options), Waiting(*options) as waiting:
                    # It is reading by then, with all handlers in place.
                    waiting.wait_for(lambda: options or waiting.worker())
                    waiting.wait_for(lambda: int(
                        status_of(waiting.process.pid)["SigCgt"], 16) & 1 << signal.SIGSEGV - 1)
                    waiting.process.send_signal(number)
                    waiting.process.stdin.close()
                    waiting.process.stdin = None
                    self.assertEqual(waiting.end()[0], 2)

    def test_errors_are_told_from_outside(self):
        """Also with --json, where the answer is a document."""
        Program.skip_without_sandbox()
        for number in FAULTS:
            with self.subTest(number=number), Waiting("--json") as waiting:
                waiting.worker()
                waiting.process.send_signal(number)
                status, out, errors = waiting.end()
                told = "ended from outside by signal %d " % number
                self.assertEqual(status, 2)
                self.assertIn(told, errors)
                self.assertIn(told, parse(out)["error"]["message"])

    def test_signals_without_a_supervisor(self):
        Program.skip_under_valgrind("signals are caught from the start, and not by the program")
        for number in (signal.SIGQUIT, signal.SIGALRM, signal.SIGXCPU, signal.SIGIO,
                       signal.SIGRTMAX, *(FAULTS if Program.has_sandbox() else ())):
            with self.subTest(number=number), Waiting("--no-sandbox") as waiting:
                caught = 1 << (number - 1)
                waiting.wait_for(lambda caught=caught: int(
                    status_of(waiting.process.pid)["SigCgt"], 16) & caught)
                waiting.process.send_signal(number)
                self.assertEqual(waiting.end(), (
                    2, "", "hotremove-check: interrupted; nothing was printed\n"))

    def test_death_of_the_supervisor(self):
        """Even a signal that cannot be caught takes the worker with it."""
        with Waiting() as waiting:
            worker = waiting.worker()
            waiting.wait_for(lambda: status_of(worker)["NoNewPrivs"] == "1"
                             or not Program.has_sandbox())
            waiting.process.kill()
            waiting.wait_for(lambda: not os.path.exists("/proc/%d" % worker)
                             or status_of(worker)["State"].startswith("Z"))

    def test_children_are_ignored(self):
        """A caller that ignores its own children must not change the status."""
        core = self.file("core.ignored")
        containers.write_plain(core, Image(Layout(Machine(Kernel(), [
            Region(0x40000000, 128 * MIB, boot=True),
            Region(0x80000000, 256 * MIB, linear="pmd")]))))
        for size, wanted in (("256M", 0), ("1M", 1)):
            result = subprocess.run(
                [Program.path, "--vmcore=" + core, "-qr", "0x80000000+" + size],
                preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
                stderr=subprocess.PIPE, check=False)
            self.assertEqual((result.returncode, result.stderr), (wanted, b""))

    def test_closed_streams_of_a_dump(self):
        """The processes that read a dump end with the worker, whatever their descriptors are."""
        if not PATIENT:
            raise unittest.SkipTest("no program that waits: set HOTREMOVE_CHECK_LIMITED")
        Program.skip_under_valgrind("standard error has to be open")
        core = self.file("core.kdump")
        containers.write_kdump(core, Image(Layout(Machine(Kernel(), [
            Region(0x40000000, 128 * MIB, boot=True)]))))
        for closed in ("", "<&-", ">&-", "2>&-", "<&- 2>&-", ">&- 2>&-"):
            with self.subTest(closed=closed):
                result = subprocess.run(["sh", "-c", 'exec "$0" "$@" ' + closed, PATIENT,
                                         "--vmcore=" + core, "--blocks", "-q"], check=False,
                                        timeout=PATIENCE)
                self.assertEqual(result.returncode, 0)

    def test_closed_output(self):
        """What the worker says is not repeated."""
        core = self.file("core.closed")
        containers.write_plain(core, Image(Layout(Machine(Kernel(), [
            Region(0x40000000, 128 * MIB, boot=True)]))))
        result = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', Program.path,
                                 "--vmcore=" + core, "--blocks"],
                                stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def test_borrowed_rights(self):
        """Whoever starts a set-user-ID program must not learn what its owner may read."""
        Program.skip_without_sandbox()
        if os.geteuid() or os.statvfs(self.folder).f_flag & os.ST_NOSUID:
            raise unittest.SkipTest("it takes root, and a file system with set-user-ID files")
        program = self.file("borrowed")
        shutil.copy(Program.path, program)
        os.chown(program, 65534, -1)
        os.chmod(program, 0o4755)
        os.chmod(self.folder, 0o755)
        result = subprocess.run([program, "--ptdump=-", "--map"], input=b"", check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assert_refused(result, 2)
        self.assertIn("rights that its user does not have", result.stderr.decode())

    def test_summary_without(self):
        """The line always says so, within its 80 characters, and drops what has no room."""
        far = (1 << 47) - (1 << 32)
        regions = [Region(0x40000000, 128 * MIB, boot=True),
                   Region(0x80000000, 256 * MIB, linear="pmd"),
                   Region(far, 256 * MIB, linear="cont-pte")]
        faults = [Fault("drop-cont", far), Fault("absent-table", 0x80000000, level=2)]
        core = self.file("core.summary")
        containers.write_plain(core, Image(Layout(Machine(Kernel(), regions, faults))))
        malformed = "-r%#x+256M" % far
        for query in (("--map",), ("--blocks",), ("-r0x80000000+256M",), (malformed,) * 4000,
                      ("--suggest=1", malformed), ("--suggest=18446744073709551615",),
                      ("--suggest=128M", "--map"), ("-r0x40000000+128M", "--ignore=boot-memory"),
                      ("--blocks", "--map", malformed)):
            with self.subTest(query=query[:3]):
                plain = Program.run("--vmcore=" + core, "--summary", *query)
                told = Program.run("--vmcore=" + core, "--summary", "--no-sandbox", *query)
                self.assertEqual(told.returncode, plain.returncode)
                line, usual = told.stdout.decode(), plain.stdout.decode()
                self.assertEqual(line.count("\n"), 1)
                self.assertLessEqual(len(line) - 1, 80)
                self.assertLessEqual(len(usual) - 1, 80)
                self.assertTrue(line.endswith("; no sandbox\n"), line)
                self.assertNotIn("sandbox", usual)
                kept = line.removesuffix("; no sandbox\n").split("; ")
                self.assertEqual([part for part in usual.rstrip("\n").split("; ")
                                  if part in kept], kept)
                self.assertEqual(usual.split("; ")[0].split(", ")[0].rstrip("\n"),
                                 kept[0].split(", ")[0])

    def test_without(self):
        """--no-sandbox is reported, and changes nothing else."""
        regions = [Region(0x40000000, 128 * MIB, boot=True),
                   Region(0x80000000, 256 * MIB, linear="pmd")]
        core = self.file("core")
        containers.write_plain(core, Image(Layout(Machine(Kernel(), regions))))
        arguments = ("--vmcore=" + core, "-r0x80000000+256M", "--blocks")
        document = self.document(*arguments)
        without = self.document("--no-sandbox", *arguments)
        self.assertEqual(without["warnings"], [WARNING] + document["warnings"])
        without["warnings"] = document["warnings"]
        self.assertEqual(without, document)
        text = self.run_ok(*arguments)
        told = self.run_ok("--no-sandbox", *arguments)
        self.assertEqual(len(re.findall(r"^  warning +" + re.escape(WARNING) + "$", told, re.M)), 1)
        self.assertEqual([line for line in told.splitlines() if WARNING not in line],
                         text.splitlines())
        self.assertIn("; no sandbox\n", self.run_ok("--no-sandbox", *arguments, "--summary"))
        with Waiting("--no-sandbox") as waiting:
            time.sleep(0.2)
            self.assertEqual(children(waiting.process.pid), [])
