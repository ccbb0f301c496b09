"""A path where a file was meant: `curl -F audio=a.wav` sends the letters of the path, `-F audio=@a.wav` the file."""

import re
from typing import Final

from gateway.domain.wording import quoted, shown
from gateway.errors import Fault, InvalidRequest

MAX_PATH_BYTES: Final = 1_024

_TRANSCRIPT: Final = re.compile(r"(\S+|.*[/\\].*)\.(srt|vtt|txt|text)", re.IGNORECASE)


def check(field: str, whole: bytes) -> None:
    """`whole` is all that the part `field`, which names no file, holds.

    Raises: InvalidRequest where that is a path. No recording is a line of text; a transcript may be one, so there only
    what ends like a file of text is taken for a path.
    """
    line = _line(whole)
    if line and (field == "audio" or _TRANSCRIPT.fullmatch(line)):
        detail = (
            f"The part '{field}' is the text {quoted(line)} and no file. With curl, @ before the path sends the file: "
            f"-F {field}=@{shown(line, 60)}"
        )
        raise InvalidRequest(Fault(field, "not-a-file", detail))


def _line(whole: bytes) -> str:
    """The one line of printable text that `whole` is; empty where it is something else."""
    if len(whole) > MAX_PATH_BYTES:
        return ""
    try:
        text = whole.decode("utf-8").strip()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""
