#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fuzz for a given time: build, fuzz, minimize the corpora, and write the figures.

    tests/fuzz/run.py --time 3600             all harnesses, an hour in all
    tests/fuzz/run.py --time 600 walk ptdump  these two
    tests/fuzz/run.py --time 0                only minimize, measure and report

The folder of --state keeps the findings and the time spent so far, so a run can be stopped at any
time and the next one continues.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import seeds

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
DOCUMENT = REPO / "docs" / "fuzzing.md"
BEGIN, END = "<!-- figures: written by tests/fuzz/run.py -->\n", "<!-- end of figures -->\n"
ROUND = 300             # seconds that one harness runs at a time
CORPUS_BYTES = 128 << 10  # of one harness, in the tree

# The longest input, and the files of src/ that a harness covers.
HARNESSES = {
    "avml": (8192, ("source/avml", "source/avml_blocks", "source/crc32c",
                    "source/snappy_frame")),
    "btf": (8192, ("kernel/btf", "kernel/btf_data", "kernel/kernel_btf", "kernel/page_form",
                    "kernel/page_types")),
    "elf": (4096, ("source/elf_headers", "kcore_reader", "source/segment_index")),
    "flattened": (16384, ("source/flattened",)),
    "kallsyms": (8192, ("kernel/kallsyms", "kernel/address")),
    "kdump": (4096, ("source/kdump_header",)),
    "options": (2048, ("cli/options", "cli/option_setters", "cli/option_table", "cli/parse")),
    "pages": (2048, ("kernel/page_kind",)),
    "ptdump": (4096, ("ptdump_parse", "ptdump/ptdump_geometry", "ptdump/ptdump_kernel",
                      "ptdump/ptdump_tables")),
    "range": (256, ("cli/range_spec", "cli/range_text", "cli/number")),
    "snapshot": (4096, ("source/snapshot", "source/snapshot_text")),
    "text": (2048, ("text/coding", "text/markup", "text/note_lines", "text/page_lines",
                     "text/prefix", "text/text_file")),
    "vmcoreinfo": (4096, ("kernel/vmcoreinfo", "kernel/layout", "kernel/layout_sections",
                          "kernel/layout_vmemmap", "kernel/override", "kernel/vmemmap",
                          "kernel/release", "arch/geometry")),
    "walk": (1024, ("walk/walk", "walk/walker", "walk/lookup", "walk/alike", "walk/entry_group",
                    "walk/table_cache", "leaf_check", "check/edge_check", "check/guard",
                    "check/presence", "check/section_check", "check/stray",
                    "check/struct_page_check", "range_plan", "map/altmap", "map/block",
                    "map/survey", "search/nearest", "search/removable", "kernel/tlbi",
                    "kernel/section")),
}


NOTHING = {"seconds": 0, "executions": 0}


class State:
    """A folder with programs, corpora, findings, and the sums over all runs."""

    def __init__(self, folder):
        self.folder = folder
        self.totals_path = folder / "totals.json"
        for name in ("bin", "corpus", "findings", "logs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.lock = Lock()
        self.totals = {}
        if self.totals_path.exists():
            self.totals = json.loads(self.totals_path.read_text(encoding="utf-8"))

    def add(self, name, seconds, executions, features):
        """Record a run of a harness; the seconds are those of a CPU."""
        with self.lock:
            total = self.totals.setdefault(name, dict(NOTHING))
            total["seconds"] += seconds
            total["executions"] += executions
            total.update(features)
            new = self.totals_path.with_suffix(".new")
            new.write_text(json.dumps(self.totals, indent=1), encoding="utf-8")
            new.replace(self.totals_path)

    def findings(self, name):
        """Inputs that crashed the harness, ran too long or took too much memory."""
        return sorted((self.folder / "findings").glob(f"{name}-*"))


def call(*command, **options):
    """Run a command that must succeed; show its output if it does not."""
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                            **options)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}:\n{result.stdout}{result.stderr}")
    return result.stdout


def build(preset, names):
    """Build harnesses by a preset, and return where they are."""
    call("cmake", "--preset", preset, cwd=REPO)
    call("cmake", "--build", f"build-{preset}", "-j", str(os.cpu_count()), "--target",
         *(f"fuzz_{name}" for name in names), cwd=REPO)
    return REPO / f"build-{preset}" / "tests" / "fuzz"


def prepare(state, names):
    """Copy programs and dictionaries, so that the next build disturbs no run; fill the corpora."""
    call("sh", REPO / "tools" / "packages.sh", "fuzz")
    programs = build("fuzz", names)
    for name in names:
        shutil.copy2(programs / f"fuzz_{name}", state.folder / "bin" / f"fuzz_{name}.new")
        (state.folder / "bin" / f"fuzz_{name}.new").replace(state.folder / "bin" / f"fuzz_{name}")
        if (HERE / f"{name}.dict").exists():
            shutil.copy2(HERE / f"{name}.dict", state.folder / "bin")
        corpus = state.folder / "corpus" / name
        corpus.mkdir(exist_ok=True)
        for kind in ("corpus", "regressions"):
            if (HERE / kind / name).is_dir():
                shutil.copytree(HERE / kind / name, corpus, dirs_exist_ok=True)
        if not any(corpus.iterdir()):
            seeds.write(name, corpus)


def fuzz(state, name, seconds):
    """Run one harness for some time."""
    program = state.folder / "bin" / f"fuzz_{name}"
    log = state.folder / "logs" / f"{name}.log"
    command = [program, f"-max_total_time={seconds}", "-rss_limit_mb=512", "-timeout=10",
               f"-max_len={HARNESSES[name][0]}", "-print_final_stats=1",
               f"-artifact_prefix={state.folder / 'findings'}/{name}-"]
    words = program.with_name(f"{name}.dict")
    if words.exists():
        command.append(f"-dict={words}")
    with open(log, "wb") as output:
        process = subprocess.Popen([*command, state.folder / "corpus" / name], stdout=output,
                                   stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(encoding="utf-8", errors="replace")
    executions = re.findall(r"stat::number_of_executed_units: (\d+)", text)
    reached = re.findall(r"cov: (\d+) ft: (\d+)", text)
    if not executions:
        raise SystemExit(f"{program} has not run:\n{text}")
    state.add(name, round(usage.ru_utime + usage.ru_stime), int(executions[-1]),
              {"edges": int(reached[-1][0]), "features": int(reached[-1][1])} if reached else {})


def fuzz_all(state, names, seconds, jobs):
    """Run the harnesses in turn, in short rounds, so that a stopped run has done some of each."""
    rounds = max(1, -(-seconds // (ROUND * len(names))))
    each = max(1, seconds // (rounds * len(names)))
    with ThreadPoolExecutor(jobs) as pool:
        for number in range(rounds):
            list(pool.map(lambda name: fuzz(state, name, each), names))
            print(f"round {number + 1} of {rounds}: "
                  f"{sum(total['seconds'] for total in state.totals.values())} s of CPU so far, "
                  f"{sum(len(state.findings(name)) for name in names)} findings", flush=True)


def minimize(state, name):
    """Put into the tree as few inputs as reach what the whole corpus reaches, smallest first."""
    target, chosen = HERE / "corpus" / name, state.folder / f"chosen-{name}"
    copy = state.folder / f"copy-{name}"
    for folder in (chosen, copy):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    # A run may be in progress, which replaces files of the corpus by smaller ones.
    for path in (state.folder / "corpus" / name).iterdir():
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(path, copy)
    call(state.folder / "bin" / f"fuzz_{name}", "-set_cover_merge=1", "-timeout=10",
         "-rss_limit_mb=512", f"-max_len={HARNESSES[name][0]}", chosen, copy)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    room = CORPUS_BYTES
    for path in sorted(chosen.iterdir(), key=lambda path: (path.stat().st_size, path.name)):
        room -= path.stat().st_size
        if room < 0:
            break
        shutil.copy2(path, target / path.name[:16])
    shutil.rmtree(chosen)
    shutil.rmtree(copy)


def measure(state, names):
    """Lines of each harness's files that its corpus reaches: {name: (reached, all)}."""
    programs = build("coverage", names)
    result = {}
    for name in names:
        raw, profile = state.folder / f"{name}.profraw", state.folder / f"{name}.profdata"
        inputs = [path for kind in ("corpus", "regressions")
                  if (path := HERE / kind / name).is_dir()]
        call(programs / f"fuzz_{name}", *inputs, env={**os.environ, "LLVM_PROFILE_FILE": raw})
        call("llvm-profdata", "merge", "-sparse", raw, "-o", profile)
        files = [REPO / "src" / f"{file}.c" for file in HARNESSES[name][1]]
        report = json.loads(call("llvm-cov", "export", "-summary-only",
                                 f"-instr-profile={profile}", programs / f"fuzz_{name}", *files))
        lines = report["data"][0]["totals"]["lines"]
        result[name] = (lines["covered"], lines["count"])
    return result


def table(state, names, lines):
    """The figures, as Markdown."""
    rows = ["| harness | files of `src/` | executions | CPU seconds | a second | edges | features "
            "| lines reached | inputs | open findings |", "|---|---|---|---|---|---|---|---|---|---|"]
    for name in names:
        total = state.totals.get(name, NOTHING)
        reached, count = lines[name]
        rows.append(
            f"| {name} | {', '.join(HARNESSES[name][1])} | {total['executions']} "
            f"| {total['seconds']} | {total['executions'] // max(1, total['seconds'])} "
            f"| {total.get('edges', '-')} | {total.get('features', '-')} "
            f"| {reached} of {count} ({100 * reached // max(1, count)}%) "
            f"| {len(list((HERE / 'corpus' / name).glob('*')))} | {len(state.findings(name))} |")
    seconds = sum(total["seconds"] for total in state.totals.values())
    executions = sum(total["executions"] for total in state.totals.values())
    rows.append(f"\nIn all {executions} executions in {seconds // 3600} h "
                f"{seconds % 3600 // 60:02} min of CPU time.")
    return "\n".join(rows) + "\n"


def write_document(figures):
    """Replace the figures in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    DOCUMENT.write_text(head + BEGIN + figures + END + rest.split(END)[1], encoding="utf-8")


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description="fuzz the parsers and the walk")
    parser.add_argument("name", nargs="*", help=f"of {', '.join(HARNESSES)}; default: all")
    parser.add_argument("--time", type=int, default=600, help="seconds in all (default: 600)")
    parser.add_argument("--jobs", type=int, default=1, help="harnesses at the same time")
    parser.add_argument("--state", type=Path, default=REPO / "build-fuzz" / "state",
                        help="what is kept between two runs (default: build-fuzz/state)")
    parser.add_argument("--only-fuzz", action="store_true",
                        help="leave the corpora and the document alone")
    options = parser.parse_args()
    names = options.name or list(HARNESSES)
    if unknown := set(names) - set(HARNESSES):
        parser.error(f"no such harness: {', '.join(sorted(unknown))}")
    state = State(options.state.resolve())
    prepare(state, names)
    if options.time:
        fuzz_all(state, names, options.time * options.jobs, options.jobs)
    if not options.only_fuzz:
        for name in names:
            minimize(state, name)
        lines = measure(state, list(HARNESSES))
        figures = table(state, list(HARNESSES), lines)
        write_document(figures)
        print(figures, end="")
    found = [path for name in names for path in state.findings(name)]
    for path in found:
        print(f"finding: {path}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
