# SPDX-License-Identifier: GPL-2.0-or-later
"""--watch: it prints what has changed, and nothing else, until a signal."""

import os
import re
import select
import signal
import subprocess
import time

import containers
from arm64 import Kernel
from image import Image
from layout import Layout, Machine, Region
from support import PATIENCE, Program, ProgramTest, parse
from test_output import NAME, NOTHING, cpu_ticks, late, patient, wait_for_reading, write_vast

GIB, MIB = 1 << 30, 1 << 20
TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")

BOOT = Region(GIB, 256 * MIB, boot=True)
BEFORE = [BOOT, Region(4 * GIB, 256 * MIB, linear="pmd"), Region(5 * GIB, GIB, linear="pud")]
# One region offline, one gone, one new.
AFTER = [BOOT, Region(4 * GIB, 256 * MIB, linear="pmd", online=False),
         Region(6 * GIB, 128 * MIB, linear="pmd")]


def default_signals():
    """Reset what the tester ignores, as a shell's background jobs ignore SIGINT."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Watcher:
    """A program that runs until a signal ends it."""

    def __init__(self, *arguments, prepare=default_signals):
        env = dict(os.environ, LC_ALL="C.UTF-8")
        self.process = subprocess.Popen(
            [Program.path, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=env, preexec_fn=prepare)
        self.text = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if not pipe.closed:
                pipe.close()

    def read_until(self, done):
        """Read until DONE says that the output so far is enough."""
        limit = time.monotonic() + PATIENCE
        while not done(self.text):
            left = limit - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError("no more output after %r" % self.text[-500:])
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise AssertionError("the program ended after %r" % self.text[-500:])
            self.text += piece

    def is_in_time(self, size):
        """Whether it prints SIZE bytes before it ends."""
        while len(self.text) < size:
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                return False
            self.text += piece
        return True

    def end(self, number):
        """Send a signal; the exit status, and all output."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        """The exit status, all of standard output, and standard error."""
        out, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, (self.text + out).decode(), errors.decode()


class Watch(ProgramTest):
    """A file that becomes another while the program, which keeps it open, watches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, regions in (("before", BEFORE), ("after", AFTER)):
            containers.write_plain(cls.file(name), Image(Layout(Machine(Kernel(), regions))))

    def setUp(self):
        self.replace("before")
        self.core = "--kcore=" + self.file("core")

    def replace(self, name):
        """Put the content of another core in the file.  The rounds of a watcher that has just
        printed are a second apart, which is long enough for that."""
        with open(self.file(name), "rb") as source, \
                open(self.file("core"), "r+b" if os.path.exists(self.file("core"))
                     else "w+b") as core:
            size = os.fstat(source.fileno()).st_size
            core.truncate(size)
            start = 0
            while start < size:
                try:
                    start = os.lseek(source.fileno(), start, os.SEEK_DATA)
                except OSError:
                    break
                end = os.lseek(source.fileno(), start, os.SEEK_HOLE)
                source.seek(start)
                core.seek(start)
                core.write(source.read(end - start))
                start = end

    def changes(self, *arguments, number=signal.SIGTERM, count=1, prepare=default_signals):
        """Watch while the core is replaced: the status, and the COUNT or more lines of changes."""
        first = Program.run(self.core, *arguments).stdout
        with Watcher(self.core, "--watch=1", *arguments, prepare=prepare) as watcher:
            watcher.read_until(lambda text: len(text) >= len(first))
            self.assertEqual(watcher.text, first)
            self.replace("after")
            watcher.read_until(lambda text: text[len(first):].count(b"\n") >= count)
            status, text, errors = watcher.end(number)
        self.assertEqual(errors, "")
        self.assertTrue(text.endswith("\n"))
        return status, text[len(first.decode()):].splitlines()

    def test_ranges_and_map(self):
        status, lines = self.changes("-rmemory32", "-rmemory40", "-rmemory48", "--map",
                                     number=signal.SIGINT, count=7)
        self.assertRegex(lines[0], TIME)
        self.assertEqual(lines[1:], [
            "0x140000000-0x147ffffff: not-removable, kernel's check refuses; the end edge lies "
            "inside a 1 GiB PUD leaf of the linear map -> not-removable, kernel's check accepts; "
            "1 of its sections does not exist; the first is at 0x140000000",
            "0x180000000-0x187ffffff: not-removable, kernel's check accepts; 1 of its sections "
            "does not exist; the first is at 0x180000000 -> removable, kernel's check accepts",
            "0xffff000140000000: new: 64 x PMD",
            "0xfffffdffc5000000: new: 1 x PMD",
            "0xffff000100000000: gone (was 1 x PUD)",
            "0xfffffdffc4000000: gone (was 8 x PMD)"])
        # That of the last round: memory40 does not exist.
        self.assertEqual(status, 1)

    def test_blocks(self):
        status, lines = self.changes("--blocks", count=1 + 2 + 1 + 8)
        self.assertRegex(lines[0], TIME)
        for line, name in zip(lines[1:3], ("memory32", "memory33")):
            self.assertRegex(line, "^%s: online, removable.* -> offline, removable" % name)
        self.assertRegex(lines[3], "^memory48: new: online, removable")
        for line, number in zip(lines[4:], range(40, 48)):
            self.assertRegex(line, r"^memory%d: gone \(was online, not-removable.*\)$" % number)
        self.assertEqual(len(lines), 12)
        self.assertEqual(status, 0)

    def test_json_and_suggestions(self):
        status, lines = self.changes("--json", "--suggest=128M", "-rmemory48", count=2)
        changes = [parse(line) for line in lines]
        for change in changes:
            self.assertEqual(list(change), ["schema", "change"])
            self.assertEqual(change["schema"], "hotremove-check/1")
        what = [change["change"] for change in changes]
        self.assertEqual(what[0]["what"], "0x180000000-0x187ffffff")
        self.assertTrue(what[0]["before"].startswith("not-removable"))
        self.assertEqual(what[0]["after"], "removable, kernel's check accepts")
        self.assertEqual(what[1], {
            "what": "suggestion 3", "before": None,
            "after": "0x180000000-0x187ffffff (128 MiB), 3 TLBI, 0 blocks refused"})
        self.assertEqual(len(what), 2)
        self.assertEqual(status, 0)

    def test_gone_in_json(self):
        _, lines = self.changes("--json", "--map", count=4)
        gone = [parse(line)["change"] for line in lines][2:]
        self.assertEqual([(one["before"], one["after"]) for one in gone],
                         [("1 x PUD", None), ("8 x PMD", None)])

    def test_hangup_that_is_ignored(self):
        """With nohup the program continues."""
        def nohup():
            default_signals()
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        with Watcher(self.core, "--watch=1", "-rmemory48", prepare=nohup) as watcher:
            watcher.read_until(lambda text: b"assumed" in text)
            watcher.process.send_signal(signal.SIGHUP)
            self.replace("after")
            watcher.read_until(lambda text: b"\n0x180000000" in text)
            status, text, _ = watcher.end(signal.SIGTERM)
        self.assertEqual(status, 0)
        self.assertEqual(text.count(" -> "), 1)

    def test_hangup(self):
        with Watcher(self.core, "--watch=86400", "-rmemory48") as watcher:
            watcher.read_until(lambda text: b"assumed" in text)
            status, _, errors = watcher.end(signal.SIGHUP)
        self.assertEqual((status, errors), (1, ""))

    def test_interrupt_in_the_first_round(self):
        write_vast(self.file("core"))
        with Watcher(self.core, "--watch=1", "--map", "--summary") as watcher:
            wait_for_reading(watcher.process)
            self.assertEqual(watcher.end(signal.SIGINT), (2, "", NOTHING))

    def test_interrupt_in_a_later_round(self):
        """The status of the round before, at once, and nothing of the current round."""
        write_vast(self.file("vast"))
        for output in ((), ("--json",)):
            self.replace("before")
            first = Program.run(self.core, "-rmemory48", "--map", *output).stdout
            with Watcher(self.core, "--watch=1", "-rmemory48", "--map", *output) as watcher:
                watcher.read_until(lambda text: len(text) >= len(first))
                used = cpu_ticks(watcher.process.pid)
                self.replace("vast")
                wait_for_reading(watcher.process, used)
                status, text, errors = watcher.end(signal.SIGTERM)
            self.assertEqual((status, text, errors), (1, first.decode(), ""))

    def test_timeout(self):
        """It applies to each round, not to the time in between."""
        write_vast(self.file("vast"))
        for output in ((), ("--json",)):
            with self.subTest(output=output):
                patient(lambda seconds, output=output: self.late_round(seconds, output))

    def late_round(self, seconds, output):
        """A short round is in time, and a long one is too late."""
        arguments = ("-rmemory48", "-r0x10000000000+16T", *output)
        self.replace("before")
        first = Program.run(self.core, *arguments).stdout
        with Watcher(self.core, "--watch=%d" % (4 * seconds), "--timeout=%d" % seconds,
                     *arguments) as watcher:
            if not watcher.is_in_time(len(first)):
                return False
            time.sleep(1.2 * seconds)
            self.assertIsNone(watcher.process.poll())
            self.replace("vast")
            status, text, errors = watcher.wait()
        os.unlink(self.file("core"))
        self.assertEqual((status, errors), (2, NAME + late(seconds) + "\n"))
        rest = text[len(first.decode()):]
        if output:
            self.assertEqual(parse(rest)["error"]["message"], late(seconds))
        else:
            self.assertEqual(rest, "")
        return True

    def test_reader_that_goes_away(self):
        with Watcher(self.core, "--watch=1", "-rmemory48") as watcher:
            watcher.read_until(lambda text: b"assumed" in text)
            watcher.process.stdout.close()
            self.replace("after")
            errors = watcher.process.stderr.read().decode()
            self.assertEqual(watcher.process.wait(PATIENCE), 2)
        self.assertIn("cannot write the result", errors)

    def test_source_that_goes_away(self):
        for output in ((), ("--json",)):
            self.replace("before")
            first = Program.run(self.core, "-rmemory48", *output).stdout
            with Watcher(self.core, "--watch=1", "-rmemory48", *output) as watcher:
                watcher.read_until(lambda text: len(text) >= len(first))
                os.truncate(self.file("core"), 0)
                status, text, errors = watcher.wait()
            self.assertEqual(status, 2)
            self.assertEqual(len(errors.splitlines()), 1, errors)
            rest = text[len(first.decode()):]
            if output:
                self.assertIn("message", parse(rest)["error"])
            else:
                self.assertEqual(rest, "")

    def test_refused(self):
        for arguments in (("--vmcore=" + self.file("core"), "--watch=1", "-rmemory32"),
                          (self.core, "--watch=1", "-rmemory32", "-q"),
                          (self.core, "--watch=0", "-rmemory32"),
                          (self.core, "--watch=86401", "-rmemory32"),
                          (self.core, "--watch=soon", "-rmemory32"),
                          (self.core, "--watch=1")):
            with self.subTest(arguments=arguments):
                self.assert_refused(Program.run(*arguments), 64)
