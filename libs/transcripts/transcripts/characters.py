"""The characters that people and programs put around and inside SRT times, as regular-expression class contents.
Line ends become `\\n` here, once, so that every other module knows one line end only.
"""

import itertools
import re

# White space that does not end a line. str.splitlines would also break at some of these; texts keep them.
BLANK = " \t\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Direction marks, joiners and soft hyphens: programs write them before digits, and they are not visible. U+FEFF is not
# among them: it begins a joined file (see `time_line_search`), and a class with it would make that search quadratic.
INVISIBLE = (
    "\xad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
)
DASH = r"\-‐‑‒–—―−="
COLON = ":：∶"
COMMA = ",，،٫.．"
ARROW_HEAD = "(?:[>＞]|&gt;)"

DROP_INVISIBLE = str.maketrans(dict.fromkeys("\ufeff" + INVISIBLE))

_VISIBLE = re.compile(rf"[^\n\ufeff{BLANK}{INVISIBLE}]")
# All controls but TAB, LF, VT and FF, which are white space in real texts.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")

# Between two of these no blank is written: Chinese characters, kana, bopomofo, and their punctuation, full-width forms
# included. Not Hangul: Korean has blanks between words. Quotation marks, dashes and dots of all scripts count beside
# one of them.
_UNSPACED = (
    r"\u3001-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u9fff"
    r"\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"
)
_SHARED = "“”‘’…—·"
_UNSPACED_JOINT = re.compile(rf"(?<=[{_UNSPACED}])\n(?=[{_UNSPACED}{_SHARED}])|(?<=[{_SHARED}])\n(?=[{_UNSPACED}])")

_BATCH_CHARS = 1 << 14


def unify_line_ends(text: str) -> str:
    """CR, CRLF and CRCRLF become LF, in any mixture; the DOS end-of-file mark after the last line goes."""
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text.rstrip("\x1a") if text.endswith("\x1a") else text


def join_lines(text: str) -> str:
    """Every line stripped, blank ones left out, joined by one space, or by none between two characters of Chinese or
    Japanese; nothing else changes.
    """
    if len(text) <= _BATCH_CHARS:
        return blank_joints(_stripped(text))
    pieces: list[str] = []
    for lines in filter(None, map(_stripped, _batches(text))):
        line = blank_joints(lines)
        if pieces:
            pieces.append(blank_joints(f"{pieces[-1][-1]}\n{line[0]}")[1:-1])
        pieces.append(line)
    return "".join(pieces)


def blank_joints(lines: str) -> str:
    """Stripped lines as one."""
    if not lines.isascii():
        lines = _UNSPACED_JOINT.sub("", lines)
    return lines.replace("\n", " ")


def _stripped(text: str) -> str:
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def _batches(text: str) -> list[str]:
    # Splitting a long text at once would cost tens of bytes a line; batches of whole lines bound that.
    cuts = [0]
    while cuts[-1] < len(text):
        cuts.append(text.find("\n", cuts[-1] + _BATCH_CHARS - 1) + 1 or len(text))
    return [text[start:end] for start, end in itertools.pairwise(cuts)]


def has_visible(text: str) -> bool:
    return _VISIBLE.search(text) is not None


def find_control(text: str) -> int:
    """The 0-based place of the first control character other than TAB, LF, VT, FF; -1 without one."""
    found = _CONTROL.search(text)
    return found.start() if found else -1
