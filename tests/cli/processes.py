# SPDX-License-Identifier: GPL-2.0-or-later
"""The program while it runs: what it does meanwhile, its signals and its end."""

import os
import select
import signal
import subprocess
import time

from program import PATIENCE

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WALKING = os.sysconf("SC_CLK_TCK") // 2  # ticks
NAME = "hotremove-check: "
NOTHING = NAME + "interrupted; nothing was printed\n"


def default_signals():
    """Reset what the tester ignores, as a shell's background jobs ignore SIGINT."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def children(pid):
    """The process ids of the children of PID."""
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as handle:
        return [int(word) for word in handle.read().split()]


def cpu_ticks(pid):
    """The CPU time of the process PID and of those that it has started."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
        return ticks + sum(map(cpu_ticks, children(pid)))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def wait_for(found, what):
    """The result of FOUND, as soon as it is not empty; WHAT says what is missing until then."""
    limit = time.monotonic() + PATIENCE
    while True:
        result = found()
        if result:
            return result
        assert time.monotonic() < limit, what
        time.sleep(0.01)


def wait_for_reading(process, used=0):
    """Wait until it walks: after USED, it has worked longer than any small core takes."""
    wait_for(lambda: cpu_ticks(process.pid) >= used + WALKING, "nothing is read")


def late(seconds):
    """The sentence if there is no answer within so many seconds."""
    return "no answer within %d second%s (--timeout)" % (seconds, "s" if seconds > 1 else "")


def patient(is_soon_enough):
    """Try with more and more seconds, until IS_SOON_ENOUGH, which takes the seconds, says that the
    work was done within them."""
    seconds = 1
    while not is_soon_enough(seconds):
        seconds *= 2
        assert seconds <= PATIENCE, "it is too late even after %d seconds" % seconds


class Running:
    """The program between its start and its end; it is gone when the block is left."""

    def __init__(self, program, *arguments, prepare=default_signals, env=None, **streams):
        for name, usual in (("stdin", subprocess.DEVNULL), ("stdout", subprocess.PIPE),
                            ("stderr", subprocess.PIPE)):
            streams.setdefault(name, usual)
        self.process = subprocess.Popen(
            [program.path, *arguments], preexec_fn=prepare, cwd=program.folder,
            env=program.environment(**(env or {})), **streams)
        self.output = b""       # of which has been read so far

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe and not pipe.closed:
                pipe.close()

    def read_piece(self):
        """Read what there is of standard output; False at its end."""
        piece = os.read(self.process.stdout.fileno(), 65536)
        self.output += piece
        return bool(piece)

    def read_until(self, done):
        """Read until DONE says that the output so far is enough."""
        limit = time.monotonic() + PATIENCE
        while not done(self.output):
            left = limit - time.monotonic()
            assert left > 0 and select.select([self.process.stdout], [], [], left)[0], (
                "no more output after %r" % self.output[-500:])
            assert self.read_piece(), "the program ended after %r" % self.output[-500:]

    def is_in_time(self, size):
        """Whether it prints SIZE bytes before it ends."""
        while len(self.output) < size:
            if not self.read_piece():
                return False
        return True

    def send(self, number):
        """Send a signal."""
        self.process.send_signal(number)

    def end(self, number=None):
        """Send a signal, if given, and wait: the status, all output, and standard error."""
        if number is not None:
            self.send(number)
        # Standard input stays open until the program has gone.
        stdin, self.process.stdin = self.process.stdin, None
        try:
            out, errors = self.process.communicate(timeout=PATIENCE)
        finally:
            self.process.stdin = stdin
        return self.process.returncode, (self.output + (out or b"")).decode(), (
            errors or b"").decode()
