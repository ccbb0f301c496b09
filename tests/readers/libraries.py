"""The readers of `imported.py`, each in a process of its own, offline, with a home of its own for what it keeps."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.readers import wheels
from tests.readers.read_row import ReadRow

_PROGRAM: Final = Path(__file__).with_name("imported.py")


def read(reader: str, folder: Path, home: Path) -> list[ReadRow]:
    """What `reader` (a name of `imported.READERS`) makes of `folder`. If it fails, the error has its words."""
    # Relative paths are the user's, who stands in the folder.
    command = [sys.executable, "-I", "-S", str(_PROGRAM), str(wheels.libraries()), reader, str(folder)]
    offline = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HOME": str(home), "HOME": str(home)}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env={**os.environ, **offline}, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [_row(line, folder) for line in done.stdout.split("\n") if line]


def _row(line: str, folder: Path) -> ReadRow:
    row = json.loads(line)
    return ReadRow(
        text=row["text"],
        audio_path=folder / row["audio_path"] if "audio_path" in row else None,
        speaker=row.get("speaker"),
        duration=row.get("duration"),
        audio=bytes.fromhex(row["audio"]) if "audio" in row else None,
        part=row.get("part", "train"),
    )
