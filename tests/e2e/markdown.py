# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of the document that more than one section has."""

from cases import GIB, MIB


def table(head, rows):
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in lines)


def section_of(path, title):
    """The text below a heading of the second level in a document."""
    return path.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0].lstrip()


def failures(result, job=None):
    """Demands that failed, of one job or of the whole entry."""
    start = f"{job['name']}: " if job else ""
    return [(text, problem) for text, problem in result["demands"]
            if problem and text.startswith(start)]


def size_words(size):
    """A size in its largest whole unit."""
    return f"{size // GIB} GiB" if size % GIB == 0 else f"{size // MIB} MiB"


def problem_list(results):
    """Every demand that was not met, or a sentence that says there is none."""
    lines = [f"* {result['entry']}: {text}: {problem}\n" for result in results
             for text, problem in failures(result)]
    return "".join(lines) or "None.\n"
