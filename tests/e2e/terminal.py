"""A reader's terminal: README's blocks are pasted as they stand, and later ones see what earlier ones set."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from stack.children import inherited
from tests.stacks import ROOT

README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
_END: Final = "--- end of what was pasted ---"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def block_with(words: str, language: str = "sh") -> str:
    """The one block of README that has these words."""
    (found,) = (block for block in blocks(language) if words in block)
    return found


class Terminal:
    """A shell in the project's folder. `scratch` is for its files; it ends at the first command that fails."""

    def __init__(self, shell: str, scratch: Path, env: Mapping[str, str]) -> None:
        self._scratch, self._pasted = scratch, 0
        self._errors = (scratch / "stderr").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [shell, "-eu"],
            cwd=ROOT,
            env={**inherited(os.environ), **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def paste(self, block: str) -> list[str]:
        """The lines that it printed, blank ones left out."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pasted += 1
        file = self._scratch / f"block-{self._pasted}.sh"
        file.write_text(block, encoding="utf-8")
        # Read from a file, so that no program takes the rest of the block for its input.
        self._process.stdin.write(f". {file} </dev/null; printf '\\n%s\\n' '{_END}'\n")
        self._process.stdin.flush()
        lines: list[str] = []
        while (line := self._process.stdout.readline().rstrip("\n")) != _END:
            assert self._process.poll() is None or line, f"{block}\nprinted {lines}, then failed:\n{self.errors()}"
            lines += [line] if line else []
        return lines

    def environment(self) -> dict[str, str]:
        """What a program started in it gets."""
        file = self._scratch / "environment"
        self.paste(f"env -0 > {file}\n")
        return dict(entry.split("=", 1) for entry in file.read_text(encoding="utf-8").split("\0") if entry)

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._errors.close()
