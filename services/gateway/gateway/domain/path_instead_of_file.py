"""A path where a file was meant: `curl -F audio=a.wav` sends the text of the path, `-F audio=@a.wav` the file."""

import re
from typing import Final

from gateway.domain.quoting import printable, quoted
from gateway.errors import FieldError, InvalidRequest

MAX_PATH_BYTES: Final = 1_024

_TRANSCRIPT_PATH: Final = re.compile(r"(\S+|.*[/\\].*)\.(srt|vtt|txt|text)", re.IGNORECASE)


def check(field: str, content: bytes) -> None:
    """`content` is the whole content of the part `field`, which has no file name.

    Raises: InvalidRequest where that is a path. No recording is a line of text. A transcript may be one, so there only
    what ends like the name of a text file counts as a path.
    """
    line = _single_line(content)
    if line and (field == "audio" or _TRANSCRIPT_PATH.fullmatch(line)):
        detail = (
            f"The part '{field}' is the text {quoted(line)} and no file. With curl, @ before the path sends the file: "
            f"-F {field}=@{printable(line, 60)}"
        )
        raise InvalidRequest(FieldError(field, "not-a-file", detail))


def _single_line(content: bytes) -> str:
    """The one line of printable text that `content` is; empty where it is something else."""
    if len(content) > MAX_PATH_BYTES:
        return ""
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""
