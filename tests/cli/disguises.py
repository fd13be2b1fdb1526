# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a text between a kernel's console and a file: each disguise takes a text and
returns the bytes of a file.

A disguise of PLAIN keeps the lines apart from each other and whole, so that a reader can undo it.
"""

import html
import quopri

MARK = "\ufeff"


def numbered(form):
    """Each line after FORM with its number."""
    def disguise(text):
        return "".join(form % place + line + "\n"
                       for place, line in enumerate(text.splitlines(), 1)).encode()
    return disguise


def led(prefix):
    """Each line after PREFIX."""
    return lambda text: "".join(prefix + line + "\n" for line in text.splitlines()).encode()


def timed(form):
    """Each line after FORM with seconds and microseconds that grow."""
    def disguise(text):
        return "".join(form % (12 + place // 7, place * 131 % 10 ** 6) + line + "\n"
                       for place, line in enumerate(text.splitlines())).encode()
    return disguise


def coded(coding, mark=""):
    """The text in another coding."""
    return lambda text: (mark + text).encode(coding)


def paged(form):
    """A web page: each line, with its characters' names, in FORM."""
    def disguise(text):
        return "".join(form % html.escape(line) for line in text.splitlines()).encode()
    return disguise


def whole_page(text):
    """A page with the text in one piece."""
    return ("<html><body>\n<p>The tables:</p>\n<pre>" + html.escape(text)
            + "</pre>\n</body></html>\n").encode()


def printable(text):
    """A mail that is quoted-printable."""
    return (b"Content-Transfer-Encoding: quoted-printable\nMime-Version: 1.0\n\n"
            + quopri.encodestring(text.encode()))


def unbroken(text):
    """Blanks that do not break, as web pages and mail programs have them."""
    return text.replace("  ", " \u00a0").encode()


def coloured(text):
    """The numbers in colour, as grep and ls show them."""
    return text.replace("0x", "\x1b[01;31m\x1b[K0x\x1b[m\x1b[K").encode()


PLAIN = {
    "grep -n": numbered("%d:"),
    "grep -n -C": numbered("%d-"),
    "grep -H": led("dump/page_tables.txt:"),
    "grep -Hn": numbered("6.12-host.txt:%d:"),
    "nl": numbered("%6d\t"),
    "cat -n": numbered("%6d  "),
    "diff": led("> "),
    "diff, the old side": led("< "),
    "diff -u": led("+"),
    "diff -u, the old side": led("-"),
    "dmesg": timed("[%5d.%06d] "),
    "dmesg with levels": timed("<6>[%5d.%06d] "),
    "dmesg with callers": timed("[%5d.%06d][ T1234] "),
    "dmesg -T": led("[Mon Nov 30 04:27:20 2026] "),
    "journalctl": led("Nov  3 04:27:20 host-1 kernel: "),
    "journalctl of a service": led("Nov 30 04:27:20 host.example cat[1234]: "),
    "journalctl -o short-iso": led("2026-11-30T04:27:20+00:00 host kernel: "),
    "journalctl -o short-monotonic": timed("[%5d.%06d] host kernel: "),
    "syslog": timed("2026-11-30T04:27:%02d.%06d+02:00 host kernel: "),
    "quoted": led("> > "),
    "quoted, numbered": numbered("> %d:"),
    "indented": led("      "),
    "a table": led("| "),
    "utf-16": coded("utf-16"),
    "utf-16-le": coded("utf-16-le"),
    "utf-16-be": coded("utf-16-be", MARK),
    "utf-8 with a mark": coded("utf-8-sig"),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "html": whole_page,
    "html, line by line": paged("&gt; %s<br>\n"),
    "html, in one line": paged("<div><span>%s</span></div>"),
    "quoted-printable": printable,
    "no-break blanks": unbroken,
    "no-break blanks of ISO 8859": lambda text: text.replace("  ", " \xa0").encode("latin-1"),
    "colours": coloured,
}
