"""A terminal: a program runs in it, and its screen is read. It knows what our progress needs, and no more."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# Text, or a control: CSI with its parameters, or one character.
_TOKEN = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b(.)|([\r\n\b\x07])|([^\x1b\r\n\b\x07]+)", re.DOTALL)


class Screen:
    """Lines that scroll without end; the cursor moves as ANSI says. Colours are passed over."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.lines: list[list[str]] = [[]]
        self.row = self.column = 0
        self.unknown: set[str] = set()

    def feed(self, text: str) -> None:
        for parameters, final, escaped, control, plain in _TOKEN.findall(text):
            if plain:
                self._write(plain)
            elif control:
                self._control(control)
            elif final:
                self._csi(parameters, final)
            else:
                self.unknown.add(escaped)

    def text(self) -> list[str]:
        """Without blanks at the ends of lines, and without blank lines at the end."""
        shown = ["".join(line).rstrip() for line in self.lines]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def _write(self, text: str) -> None:
        for char in text:
            if self.column == self.columns:
                self._control("\n")
                self.column = 0
            line = self.lines[self.row]
            line.extend(" " * (self.column + 1 - len(line)))
            line[self.column] = char
            self.column += 1

    def _control(self, control: str) -> None:
        if control == "\r":
            self.column = 0
        elif control == "\n":
            self.row += 1
            while len(self.lines) <= self.row:
                self.lines.append([])

    def _csi(self, parameters: str, final: str) -> None:
        if final == "A":
            self.row = max(0, self.row - int(parameters or 1))
        elif final == "K":
            del self.lines[self.row][0 if parameters == "2" else self.column :]
        elif final not in "mhl":  # colours; the cursor hidden and shown
            self.unknown.add(parameters + final)


def run(
    command: Sequence[str], env: Mapping[str, str], cwd: Path, size: tuple[int, int]
) -> tuple[int, Screen, list[str]]:
    """Exit code, the last screen, and every screen that could be seen on the way, as text; `size` is columns, rows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    process = subprocess.Popen(
        command, env={**env, "TERM": "xterm-256color"}, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    screen, seen, raw = Screen(size[0]), [], b""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        if not select.select([ours], [], [], 0.2)[0]:
            continue
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # Linux says so when the program has ended
            break
        raw += piece
        screen.feed(raw.decode("utf-8", "ignore") if not raw[-1] & 0x80 else "")
        raw = raw if raw[-1] & 0x80 else b""
        seen.append("\n".join(screen.text()))
    os.close(ours)
    return process.wait(timeout=20), screen, seen
