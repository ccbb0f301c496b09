"""Every error that a command may end with, as what a person is told: a sentence, a code, and what to do."""

import errno
from typing import Final

from msgspec import Struct

from cuecutter.cli.errors import CliError
from cuecutter.cli.exits import Exit
from cuecutter.cli.printing import printable
from cuecutter.errors import (
    CuecutterError,
    DownloadDamaged,
    FileChanged,
    NotConfigured,
    Problem,
    ServerTooOld,
    StillProcessing,
    Unreachable,
    UnusableAnswer,
)

_MOST_CHARS: Final = 600
_MOST_FIELDS: Final = 5
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
# By exception: code, remedy, exit code. The first that fits.
_TOLD: Final[tuple[tuple[type[Exception], str, str, Exit], ...]] = (
    (NotConfigured, "not-configured", "Run: cuecutter login", Exit.NOT_ALLOWED),
    (Unreachable, "unreachable", "See whether it runs and the address is right: cuecutter doctor", Exit.UNREACHABLE),
    (ServerTooOld, "server-too-old", "Ask whoever runs the server for a newer release.", Exit.FAILED),
    (StillProcessing, "still-processing", "Look again later: cuecutter watch", Exit.FAILED),
    (UnusableAnswer, "not-cuecutter", "Check the address: cuecutter doctor", Exit.UNREACHABLE),
    (FileChanged, "file-changed", "Run it again when nothing writes to the file.", Exit.FAILED),
    (DownloadDamaged, "download-damaged", "Run it again, which downloads it anew.", Exit.FAILED),
    (CuecutterError, "failed", "Run it again.", Exit.FAILED),
)


# What the server's remedies say in calls, said in commands.
_IN_COMMANDS: Final = {
    "invalid-request": "Correct what is named, and run it again.",
    "not-found": "Look the id up: cuecutter ls",
    "no-result": "Make one: cuecutter process ID --wait",
    "already-processing": "Wait for the run (cuecutter watch ID), or end it (cuecutter cancel ID).",
    "not-processing": "There is nothing to cancel; cuecutter process ID begins a run.",
    "precondition-failed": "Read it again (cuecutter cues get ID), and make your change in the new version.",
    "result-removed": "Run it again, which takes the current result.",
    "result-too-old": "Process the dataset again: cuecutter process ID --wait",
    "result-damaged": "Process the dataset again: cuecutter process ID --wait",
}


class Told(Struct, frozen=True, kw_only=True):
    """`request` is the id under which the server's log has it. Texts are as they came: `lines` makes them printable."""

    detail: str
    code: str
    remedy: str
    request: str | None = None
    fields: tuple[str, ...] = ()
    exit_code: Exit = Exit.FAILED

    def lines(self) -> list[str]:
        """What is printed on stderr."""
        where = f"code {printable(self.code)}" + (f", request {printable(self.request)}" if self.request else "")
        lines = [f"error: {printable(self.detail, _MOST_CHARS)} ({where})"]
        lines += [f"  {printable(field)}" for field in self.fields]
        return [*lines, f"what to do: {printable(self.remedy, _MOST_CHARS)}"]


def told(exc: Exception) -> Told | None:
    """None for what nobody expected: a fault of ours."""
    match exc:
        case Problem():
            return _of_problem(exc)
        case CliError(code=code, detail=detail, remedy=remedy, exit_code=exit_code):
            return Told(detail=detail, code=code, remedy=remedy, exit_code=exit_code)
        case CuecutterError():
            _, code, remedy, exit_code = next(entry for entry in _TOLD if isinstance(exc, entry[0]))
            return Told(detail=_sentence(str(exc)), code=code, remedy=remedy, exit_code=exit_code)
        case OSError():
            return _of_file(exc)
    return None


def _of_problem(exc: Problem) -> Told:
    refused, is_wrong = exc.status in (401, 403), exc.code == "invalid-request"
    fields = [str(error.get("detail", "")) for error in exc.errors]
    more = len(fields) - _MOST_FIELDS
    shown = fields[:_MOST_FIELDS] + ([f"and {more} more"] if more > 0 else [])
    detail = exc.detail or exc.title
    return Told(
        detail=_sentence(detail),
        code=exc.code,
        remedy="Get a new token, and run: cuecutter login" if refused else _IN_COMMANDS.get(exc.code, exc.remedy),
        request=exc.request_id,
        fields=() if fields == [detail] else tuple(shown),
        exit_code=Exit.NOT_ALLOWED if refused else Exit.WRONG_CALL if is_wrong else Exit.FAILED,
    )


def _of_file(exc: OSError) -> Told:
    place = f"{exc.filename}: " if exc.filename else ""
    detail = _sentence(f"{place}{exc.strerror or exc}")
    if exc.errno in _FULL:
        return Told(detail=detail, code="disk-full", remedy="Make room, and run the same command again.")
    return Told(detail=detail, code="file", remedy="Look at the file and its rights.")


def _sentence(text: str) -> str:
    text = text.strip()
    is_name = any(char in ":/." for char in text.partition(" ")[0])  # an address or a file begins as it does
    return (text if is_name else text[:1].upper() + text[1:]) + ("" if text.endswith((".", "!", "?", "…")) else ".")
