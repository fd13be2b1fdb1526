# SPDX-License-Identifier: GPL-2.0-or-later
"""Run commands and collect their costs."""

import bisect
import json
import os
import re
import statistics
import subprocess
import tempfile


class Spread:
    """Smallest, median and largest of some figures."""

    def __init__(self, values):
        self.values = list(values)
        self.min = min(self.values)
        self.max = max(self.values)
        self.median = statistics.median(self.values)

    def __truediv__(self, other):
        """Ratios round by round."""
        return Spread(a / b for a, b in zip(self.values, other.values))

    def milliseconds(self):
        """The three, in seconds."""
        return self.text(1e3, 2 if self.max < 0.01 else 1 if self.max < 0.1 else 0)

    def text(self, scale=1.0, digits=2):
        """The three, scaled."""
        return "%.*f / %.*f / %.*f" % (digits, self.min * scale, digits, self.median * scale,
                                       digits, self.max * scale)


class Records:
    """The output of measure, as one dictionary a run."""

    def __init__(self, runs):
        self.runs = runs

    def spread(self, *keys):
        """The sum of these figures for each run."""
        return Spread(sum(run[key] for key in keys) for run in self.runs)

    @property
    def wall(self):
        """Seconds from start to end."""
        return self.spread("wall")

    @property
    def cpu(self):
        """Seconds of processor time."""
        return self.spread("user", "sys")

    @property
    def peak(self):
        """Largest memory of all runs, in KiB."""
        return max(run["peak"] for run in self.runs)

    def figure(self, key):
        """A figure that is the same in all runs, or almost."""
        return int(statistics.median(run[key] for run in self.runs))


class Runner:
    """Runs the programs of the benchmark."""

    def __init__(self, programs):
        self.programs = programs

    def measure(self, command, runs=1, warmups=0):
        """Run COMMAND and return its Records."""
        done = subprocess.run([self.programs["measure"], str(runs), str(warmups)] + command,
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def tool(self, core, *arguments, option="--vmcore", pinned=False):
        """The command that asks the tool about CORE."""
        command = [self.programs["tool"], "%s=%s" % (option, core.path)] + list(arguments)
        return (["taskset", "-c", "0"] if pinned else []) + command

    def reference(self, name, *arguments):
        """Run one of the references and return its output."""
        done = subprocess.run([self.programs[name]] + [str(item) for item in arguments],
                              check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def rounds(self, count, commands):
        """Run each of COMMANDS (name to a function without arguments) in turn, COUNT times."""
        results = {name: [] for name in commands}
        for command in commands.values():
            command()
        for _ in range(count):
            for name, command in commands.items():
                results[name].append(command())
        return results

    def calls(self, command):
        """System calls of COMMAND, by name."""
        with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
            subprocess.run(["strace", "-f", "-c", "-U", "calls,name", "-o", log.name] + command,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            lines = [line.split() for line in log.read().splitlines()]
        return {line[1]: int(line[0]) for line in lines
                if len(line) == 2 and line[0].isdigit() and line[1] != "total"}

    def reads(self, command):
        """(offset, bytes) of each positioned read of COMMAND."""
        pattern = re.compile(r"(?:pread64|preadv2?)\(.*, (\d+)(?:, \w+)?\)\s+= (\d+)$")
        with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
            subprocess.run(["strace", "-f", "-s", "0", "-e", "trace=pread64,preadv,preadv2",
                            "-o", log.name] + command,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            found = (pattern.search(line) for line in log.read().splitlines())
        return [(int(match.group(1)), int(match.group(2))) for match in found if match]

    def tables_read(self, core, command):
        """How many table pages of CORE the reads of COMMAND cover, wholly or in part."""
        places = sorted({core.offset(pa) for pa in core.tables("map")})
        count = 0
        for offset, size in self.reads(command):
            first = bisect.bisect(places, offset - core.page_size)
            count += bisect.bisect_left(places, offset + size) - first
        return count

    def ask(self, core, *arguments, option="--vmcore"):
        """The tool's JSON document."""
        done = subprocess.run(self.tool(core, "--json", *arguments, option=option),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return json.loads(done.stdout)

    def decompressed(self, command):
        """How many pages COMMAND decompresses."""
        environment = dict(os.environ, LD_PRELOAD=self.programs["libcount_unpack.so"])
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env=environment, check=False)
        return int(re.search(rb"pages decompressed: (\d+)", done.stderr).group(1))
