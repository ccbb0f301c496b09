"""The programs that people unpack archives with, and what they say of one."""

import shutil
import subprocess
from pathlib import Path

import pytest

SEVEN_ZIP = next((found for name in ("7zz", "7z", "7za") if (found := shutil.which(name))), None)
BSDTAR = shutil.which("bsdtar")

needs_seven_zip = pytest.mark.skipif(SEVEN_ZIP is None, reason="no 7-Zip on PATH; Debian's package is `7zip`")
needs_bsdtar = pytest.mark.skipif(BSDTAR is None, reason="no bsdtar on PATH; Debian's package is `libarchive-tools`")


def said_by(*command: str | Path | None) -> str:
    """Both outputs together, of a program that found no fault; names in UTF-8."""
    assert command[0] is not None
    words = [str(word) for word in command]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    ran = subprocess.run(words, check=False, capture_output=True, timeout=240, env=environment)
    said = (ran.stdout + ran.stderr).decode()
    assert ran.returncode == 0, said
    return said
