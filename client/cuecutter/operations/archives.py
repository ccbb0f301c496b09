"""Archives: what a trainer would make of one, and one as a file."""

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from cuecutter import addresses, verifying
from cuecutter.addresses import quoted
from cuecutter.decoding import decoded, problem_of
from cuecutter.errors import DownloadDamaged, ServerTooOld, Unreachable
from cuecutter.operations.asking import is_missing, succeeded
from cuecutter.part_file import PartFile
from cuecutter.steps import Answer, Ask, OnProgress, Operation, Work
from cuecutter.values import ArchiveCheck

ARCHIVE: Final = "/tts/archive"
CHECK: Final = f"{ARCHIVE}/check"

_PINNED: Final = 307
_NO_SUCH_BYTES: Final = 416
# Results can be replaced while they are downloaded; each time, the download begins anew.
_MOST_BEGINNINGS: Final = 5


def path_of(path: str, ids: Iterable[str], form: str, parameters: Mapping[str, str | None]) -> str:
    """`path` with its query; parameters that are None or empty are left out."""
    every = [ids] if isinstance(ids, str) else ids
    pairs = [*(("dataset", one) for one in every), ("format", form), *parameters.items()]
    return f"{path}?" + "&".join(f"{name}={quoted(value)}" for name, value in pairs if value)


def check(path: str) -> Operation[ArchiveCheck]:
    answer = yield from succeeded(Ask("GET", path, is_slow=True, call=CHECK))
    return decoded(answer, ArchiveCheck)


def download(path: str, server: str, to: Path, on_progress: OnProgress | None) -> Operation[Path]:
    part: PartFile = yield Work(lambda: PartFile(to, f"{server}{path}", on_progress))
    with contextlib.closing(part):
        beginnings = 0
        while not part.is_complete:
            if beginnings > _MOST_BEGINNINGS:
                raise DownloadDamaged(f"{to.name} is another one each time the server is asked for it")
            answer = yield from _more_of(part, path)
            if answer is None or answer.status in (200, 206):
                continue
            beginnings += 1
            if answer.status == _PINNED and not part.pinned:
                pinned = addresses.path_of(answer.headers.get("location", ""), server)
                yield Work(lambda pinned=pinned: part.begin_at(pinned))  # type: ignore[misc]
            elif answer.status == _NO_SUCH_BYTES or (part.pinned and problem_of(answer).code == "result-removed"):
                yield Work(part.forget)
            elif answer.status in (404, 405) and (yield from is_missing(ARCHIVE)):
                raise ServerTooOld(ARCHIVE)
            else:
                raise problem_of(answer)
        yield Work(lambda: part.finish(verifying.verify))
    return to


def _more_of(part: PartFile, path: str) -> Operation[Answer | None]:
    """What was answered; None where the line broke after some more bytes had come.

    Raises: Unreachable, where not one came.
    """
    before = part.done_bytes
    try:
        answer: Answer = yield Ask("GET", part.pinned or path, sink=part, is_slow=True)
    except Unreachable:
        if part.done_bytes <= before:
            raise
        return None
    return answer


def parameters(
    validation: float | None, skip: Iterable[str] | None, name: str | None, language: str | None
) -> dict[str, str | None]:
    """As they stand in a query. A share has plain digits there."""
    share = None if validation is None else f"{validation:.8f}".rstrip("0").rstrip(".")
    flags = None if skip is None else skip if isinstance(skip, str) else ",".join(skip)
    return {"validation": share, "skip": flags, "name": name, "language": language}
