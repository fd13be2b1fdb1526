# SPDX-License-Identifier: GPL-2.0-or-later
"""How results get out: in whole lines or not at all, whatever the reader, a signal, a deadline or a
terminal does meanwhile; and the progress of work that takes long."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

import containers
from arm64 import Kernel
from image import TABLE, Image
from layout import Layout, Machine, Region
from support import PATIENCE, Program, ProgramTest, children, parse

GIB, MIB = 1 << 30, 1 << 20
TERABYTE = 1 << 40
WALKING = os.sysconf("SC_CLK_TCK") // 2  # ticks
PIPE_SIZE = 65536
NAME = "hotremove-check: "
NOTHING = NAME + "interrupted; nothing was printed\n"
IN_PART = NAME + "interrupted; the output above is not complete\n"
CLEAR = "\r\x1b[K"
PROGRESS = re.compile(r"\rtables read: (\d+) MiB(?:, (\d+) %)?(?:, about \d+ (?:s|min|h) left)?"
                      r"\x1b\[K")

BOOT = Region(GIB, 256 * MIB, boot=True)
ADDED = Region(4 * GIB, 512 * MIB, linear="pmd")
# Tables map it that exist once, but to which every entry above them points.
VAST = Region(TERABYTE, 16 * TERABYTE, linear="hole")
# Less of it: text of more than a pipe holds, which is soon begun.
LONG = Region(TERABYTE, 32 * GIB, linear="hole")
SOURCE_SIZE = 64 * GIB
# All of it is walked, and nothing is printed before the end.
SILENT = ("--map", "--summary")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def late(seconds):
    """The sentence if there is no answer within so many seconds."""
    return "no answer within %d second%s (--timeout)" % (seconds, "s" if seconds > 1 else "")


def patient(is_soon_enough):
    """Try with more and more seconds, until IS_SOON_ENOUGH, which takes the seconds, says that the
    work was done within them."""
    seconds = 1
    while not is_soon_enough(seconds):
        seconds *= 2
        if seconds > PATIENCE:
            raise AssertionError("it is too late even after %d seconds" % seconds)


def default_signals():
    """Reset what the tester ignores, as a shell's background jobs ignore SIGINT."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def write_vast(path, vast=VAST):
    """A core whose tables take long to walk: millions of them, each of which is read."""
    layout = Layout(Machine(Kernel(), [BOOT, ADDED, vast]))
    image = Image(layout)
    geo = layout.kernel.geometry
    tables = []
    for below in range(3):
        table = image.pool.take()
        entry = image.address_bits(tables[-1] if tables else TERABYTE)
        for index in range(image.page_size // 8):
            image.write_entry(table, index, (entry | TABLE) if below
                              else (entry + index * image.page_size) | 0x703)
        tables.append(table)
    for va in range(layout.kernel.lin(vast.pa), layout.kernel.lin(vast.pa) + vast.size,
                    geo.size(0)):
        image.write_entry(image.root, geo.index(0, va), image.address_bits(tables[-1]) | TABLE)
    # There cannot be more tables than the source has pages: it has pages, all of them a hole.
    memory = containers.memory_segments(image)
    memory.append(containers.Segment(0, 64 * TERABYTE, SOURCE_SIZE, []))
    containers.write_elf(path, memory, containers.core_notes(image))


def bytes_in(pipe):
    """The number of bytes in a pipe."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]


def wait_for(done, what):
    """Wait until DONE says so."""
    limit = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > limit:
            raise AssertionError(what)
        time.sleep(0.01)


def cpu_ticks(pid):
    """The CPU time of the process PID and of those that it has started."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
        return ticks + sum(map(cpu_ticks, children(pid)))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def wait_for_reading(process, used=0):
    """Wait until it walks: after USED, it has worked longer than any small core takes."""
    wait_for(lambda: cpu_ticks(process.pid) >= used + WALKING, "nothing is read")


class OutputTest(ProgramTest):
    """A core that is walked at once, and one that is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        containers.write_plain(cls.file("small"), Image(Layout(Machine(Kernel(), [BOOT, ADDED]))))
        write_vast(cls.file("vast"))
        write_vast(cls.file("long"), LONG)
        cls.long = "--vmcore=" + cls.file("long")
        cls.small = "--vmcore=" + cls.file("small")
        cls.vast = "--vmcore=" + cls.file("vast")

    def start(self, *arguments, prepare=default_signals, **options):
        """The program, running; it is gone when the test is over."""
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        env = dict(os.environ, LC_ALL="C.UTF-8", **options.pop("env", {}))
        process = subprocess.Popen([Program.path, *arguments], env=env, preexec_fn=prepare,
                                   **options)
        self.addCleanup(self.finish, process)
        return process

    @staticmethod
    def finish(process):
        """End it, whatever became of it."""
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe and not pipe.closed:
                pipe.close()

    def end(self, process):
        """Its status and its output."""
        out, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, out.decode(), errors.decode()

    @staticmethod
    def feed(process):
        """Give it a range, and wait until it has read that and wants more."""
        process.stdin.write(b"memory32\n")
        process.stdin.flush()
        wait_for(lambda: not bytes_in(process.stdin), "standard input is not read")

    @staticmethod
    def wait_for_stall(pipe):
        """Wait until the pipe is full."""
        wait_for(lambda: bytes_in(pipe) >= PIPE_SIZE - 4096, "the pipe does not get full")


class Interrupted(OutputTest):
    """Signals."""

    def test_nothing_is_printed(self):
        for number in SIGNALS:
            for output in ((), ("--json",), ("--summary",), ("-q",)):
                with self.subTest(signal=number, output=output):
                    # With -q a range does not take long: wait for the list of ranges instead.
                    process = self.start(self.small, "--ranges-from=-", *output,
                                         stdin=subprocess.PIPE)
                    self.feed(process)
                    process.send_signal(number)
                    self.assertEqual(process.wait(PATIENCE), 2)
                    self.assertEqual(process.stdout.read(), b"")
                    self.assertEqual(process.stderr.read().decode(), NOTHING)

    def test_in_a_walk(self):
        for arguments in (("--blocks",), ("-r", "0x10000000000+16T"), SILENT):
            with self.subTest(arguments=arguments):
                process = self.start(self.vast, *arguments)
                wait_for_reading(process)
                process.send_signal(signal.SIGINT)
                self.assertEqual(self.end(process), (2, "", NOTHING))

    def test_answers_before_the_walk_are_dropped(self):
        process = self.start(self.vast, "-rmemory32", "-r0x10000000000+16T")
        wait_for_reading(process)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.end(process), (2, "", NOTHING))

    def test_ignored(self):
        def nohup():
            default_signals()
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        process = self.start(self.small, "--ranges-from=-", prepare=nohup,
                             stdin=subprocess.PIPE)
        self.feed(process)
        process.send_signal(signal.SIGHUP)
        out, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual((process.returncode, errors), (0, b""))
        self.assertEqual(out, Program.run(self.small, "-rmemory32").stdout)

    def test_stalled_reader(self):
        """Whole lines are in the pipe, and the program ends although nobody reads them."""
        for output in ((), ("--json",)):
            with self.subTest(output=output):
                process = self.start(self.long, "--map", *output)
                self.wait_for_stall(process.stdout)
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(PATIENCE), 2)
                text = process.stdout.read().decode()
                self.assertGreater(len(text), PIPE_SIZE - 4096)
                self.assertTrue(text.endswith("\n"), text[-200:])
                self.assertEqual(process.stderr.read().decode(), IN_PART)

    def test_reader_of_a_part(self):
        process = self.start(self.vast, "--map", "--json")
        text = process.stdout.read(3 * MIB)
        process.send_signal(signal.SIGINT)
        text += process.stdout.read()
        self.assertEqual(process.wait(PATIENCE), 2)
        self.assertTrue(text.endswith(b"\n"), text[-200:])
        self.assertEqual(process.stderr.read().decode(), IN_PART)

    def test_stalled_standard_error(self):
        """Nobody reads standard error either; the sentence is lost, and nothing else happens."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        process = self.start(self.vast, *SILENT, stderr=writer)
        wait_for_reading(process)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), 2)
        os.close(reader)
        os.close(writer)


class Pieces(OutputTest):
    """What arrives, and when."""

    def test_all_of_it_arrives(self):
        """However slow the reader: byte by byte the same as in a file."""
        with open(self.file("whole"), "wb") as out:
            self.assertEqual(Program.run(self.small, "--map", "--json", *["-rmemory32"] * 700,
                                         stdout=out).returncode, 0)
        with open(self.file("whole"), "rb") as whole:
            text = whole.read()
        self.assertGreater(len(text), MIB)
        process = self.start(self.small, "--map", "--json", *["-rmemory32"] * 700)
        read = b""
        while piece := os.read(process.stdout.fileno(), 50001):
            read += piece
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertEqual(read, text)
        parse(read.decode())

    def test_reader_that_does_not_wait(self):
        """The program waits for a pipe that does not block."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        process = self.start(self.small, "--map", "--json", *["-rmemory32"] * 700, stdout=writer)
        os.close(writer)
        self.wait_for_stall(reader)
        with os.fdopen(reader, "rb") as pipe:
            parse(pipe.read().decode())
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_disk_that_is_full(self):
        limit = 100000

        def limited():
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        with open(self.file("limited"), "wb") as out:
            process = self.start(self.small, "--json", *["-rmemory32"] * 300, prepare=limited,
                                 stdout=out)
            self.assertEqual(process.wait(PATIENCE), 2)
        self.assertIn(b"cannot write the result: File too large", process.stderr.read())
        self.assertLessEqual(os.path.getsize(self.file("limited")), limit)


class Runs(OutputTest):
    """--map with half a million runs."""

    def test_list_is_whole(self):
        Program.skip_under_valgrind("half a million runs take minutes")
        write_vast(self.file("runs"), Region(TERABYTE, TERABYTE, linear="hole"))
        core = "--vmcore=" + self.file("runs")
        text = Program.run(core, "--map").stdout
        document = Program.run(core, "--map", "--json").stdout
        listed = re.findall(rb"(?m)^(0x[0-9a-f]{16})-0x", text)
        self.assertGreater(len(listed), 512 * 1024)
        self.assertEqual(listed, re.findall(rb'"va": "(0x[0-9a-f]{16})"', document))


class Deadline(OutputTest):
    """--timeout."""

    def test_text(self):
        process = self.start(self.vast, "-r0x10000000000+16T", "--timeout=1")
        self.assertEqual(self.end(process), (2, "", NAME + late(1) + "\n"))

    def test_quiet(self):
        process = self.start(self.small, "-q", "--ranges-from=-", "--timeout=1",
                             stdin=subprocess.PIPE)
        self.assertEqual(process.wait(PATIENCE), 2)
        self.assertEqual(process.stdout.read(), b"")
        self.assertEqual(process.stderr.read().decode(), NAME + late(1) + "\n")

    def test_json(self):
        process = self.start(self.vast, "-r", "0x10000000000+16T", "--json", "--timeout=1")
        status, out, errors = self.end(process)
        self.assertEqual((status, errors), (2, NAME + late(1) + "\n"))
        self.assertEqual(parse(out),
                         {"schema": "hotremove-check/1", "error": {"message": late(1)}})

    def test_document_that_has_begun(self):
        process = self.start(self.vast, "--map", "--json", "--timeout=1")
        status, out, errors = self.end(process)
        self.assertEqual(status, 2)
        if "not complete" in errors:
            self.assertEqual(errors, NAME + late(1) + "; the output above is not complete\n")
            self.assertNotIn('"error"', out)
            self.assertTrue(out.endswith("\n"))
        else:
            self.assertIn("message", parse(out)["error"])

    def test_stalled_reader(self):
        def has_begun(seconds):
            process = self.start(self.small, "--json", *["-rmemory32"] * 60,
                                 "--timeout=%d" % seconds)
            self.assertEqual(process.wait(PATIENCE), 2)
            errors, out = process.stderr.read().decode(), process.stdout.read()
            if errors == NAME + late(seconds) + "\n":
                return False
            self.assertEqual(errors, NAME + late(seconds) + "; the output above is not complete\n")
            self.assertTrue(out.endswith(b"\n"))
            return True

        patient(has_begun)

    def test_blocked_and_ignored_by_the_parent(self):
        def deaf():
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])

        process = self.start(self.vast, *SILENT, "--timeout=1", prepare=deaf)
        self.assertEqual(self.end(process), (2, "", NAME + late(1) + "\n"))

    def test_in_time(self):
        for output in ((), ("--json",), ("--summary",), ("-q",)):
            plain = Program.run(self.small, "-rmemory32", "-rmemory8", *output)
            timed = Program.run(self.small, "-rmemory32", "-rmemory8", "--timeout=86400", *output)
            self.assertEqual((timed.returncode, timed.stdout, timed.stderr),
                             (plain.returncode, plain.stdout, plain.stderr))

    def test_refused(self):
        for seconds in ("0", "86401", "soon", "-1", "1.5", "", "1K", "18446744073709551617"):
            with self.subTest(seconds=seconds):
                result = Program.run(self.small, "-rmemory32", "--timeout=" + seconds)
                self.assert_refused(result, 64)
                self.assertIn(b"--timeout takes seconds from 1 to 86400", result.stderr)


class Progress(OutputTest):
    """A line on a terminal."""

    def watch(self, done, *arguments, out=None, columns=80, number=signal.SIGINT, **env):
        """What a terminal shows of standard error, and of standard output unless OUT is given,
        until DONE says that it is enough; then the program gets signal NUMBER."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

        def own_terminal():
            default_signals()
            os.setsid()
            fcntl.ioctl(2, termios.TIOCSCTTY, 0)

        process = self.start(*arguments, prepare=own_terminal, stdout=out or theirs,
                             stderr=theirs, env=dict({"TERM": "xterm"}, **env))
        os.close(theirs)
        shown, limit = b"", time.monotonic() + PATIENCE
        signalled = False
        while True:
            left = limit - time.monotonic()
            self.assertGreater(left, 0, shown[-500:])
            if select.select([ours], [], [], min(left, 0.1))[0]:
                try:
                    piece = os.read(ours, 65536)
                except OSError:
                    break
                shown += piece
            if not signalled and done(shown.decode()):
                process.send_signal(number)
                signalled = True
        return process.wait(PATIENCE), shown.decode().replace("\r\n", "\n")

    @staticmethod
    def after(seconds):
        """A DONE that has seen enough after so many seconds."""
        end = time.monotonic() + seconds
        return lambda _: time.monotonic() > end

    def test_line(self):
        begin = time.monotonic()

        def is_enough(text):
            lines = PROGRESS.findall(text)
            return len(lines) >= 4 and int(lines[-1][0]) > 64 and " left" in text

        status, shown = self.watch(is_enough, self.vast, *SILENT)
        # One at a second, and three more a fifth of a second apart.
        self.assertGreater(time.monotonic() - begin, 1.5)
        self.assertEqual(status, 2)
        self.assertTrue(shown.endswith(CLEAR + NOTHING), repr(shown[-200:]))
        lines = PROGRESS.findall(shown)
        self.assertEqual(PROGRESS.sub("", shown), CLEAR + NOTHING)
        for before, after in zip(lines, lines[1:]):
            self.assertLessEqual(int(before[0]), int(after[0]))
            self.assertLessEqual(int(before[1]), int(after[1]))
        self.assertRegex(shown, r"about \d+ (s|min|h) left")

    def test_queries(self):
        Program.skip_under_valgrind("it takes minutes until something is shown")
        for arguments in (("-r", "0x10000000000+16T"), ("--blocks",), ("--suggest=17T",),
                          SILENT, ("--map",), ("--map", "--json")):
            with self.subTest(arguments=arguments), open(os.devnull, "wb") as out:
                _, shown = self.watch(lambda text: re.search(r", \d+ %", text), self.vast,
                                      *arguments, out=out)
                self.assertRegex(shown, PROGRESS)

    def test_results_do_not_share_the_line(self):
        _, shown = self.watch(lambda text: "va\": \"0x" in text and len(text) > MIB, self.vast,
                              "--map", "--json")
        for line in shown.split("\n")[:-1]:
            if "\r" in line or "\x1b" in line:
                self.assertRegex(line, r"^(\rtables read: [^\r]*\x1b\[K)*\r\x1b\[K[^\r\x1b]*$")

    def test_narrow_terminal(self):
        _, shown = self.watch(lambda text: text.count("\r") > 2, self.vast, *SILENT, columns=20)
        for line in re.findall(r"\r(tables[^\x1b]*)", shown):
            self.assertTrue(line.startswith("tables read: "), line)
            self.assertLess(len(line), 20)

    def test_deadline(self):
        def is_shown(seconds):
            status, shown = self.watch(lambda _: False, self.vast, *SILENT,
                                       "--timeout=%d" % (2 * seconds))
            self.assertEqual(status, 2)
            if not PROGRESS.search(shown):
                return False
            self.assertTrue(shown.endswith(CLEAR + NAME + late(2 * seconds) + "\n"),
                            repr(shown[-200:]))
            return True

        patient(is_shown)

    def test_not_wanted(self):
        for arguments, env in ((SILENT, {"TERM": "dumb"}),
                               (("-q", "-r", "0x10000000000+16T"), {})):
            with self.subTest(arguments=arguments):
                _, shown = self.watch(self.after(1.7), self.vast, *arguments, **env)
                self.assertNotIn("tables read", shown)

    def test_not_in_a_pipe(self):
        process = self.start(self.vast, *SILENT)
        wait_for_reading(process)
        time.sleep(1.7)
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.end(process)[2], NOTHING)

    def test_not_for_short_work(self):
        limit, taken = time.monotonic() + PATIENCE, 1
        while taken >= 1 and time.monotonic() < limit:
            begin = time.monotonic()
            status, shown = self.watch(lambda _: False, self.small, "-rmemory32")
            taken = time.monotonic() - begin
            self.assertEqual(status, 0)
        if taken >= 1:
            raise unittest.SkipTest("there is no short work on this machine")
        self.assertNotIn("\r", shown.replace("\n", ""))
