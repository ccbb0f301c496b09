"""Files with secrets: readable by their owner only, from the first byte on, and never seen half written."""

import os
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Replaces `path` by rename; a reader sees the old text or the new one."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
