"""What can go wrong, as exceptions. None of their texts has the token in it.

Texts of a server are what it sent: escape them before they are shown in a terminal.
"""

from pathlib import Path
from typing import Any, Final

GENERAL_REMEDY: Final = "Look at the server's log; a proxy in front of it may have answered."


class CuecutterError(Exception):
    """Every error of this library. Errors of the disk are OSError, as everywhere."""


class NotConfigured(CuecutterError):
    """No address, no token, or one that can't be used; the text says which, and what to do.

    >>> try:
    ...     Client("cuecutter.example.org", token)
    ... except NotConfigured as exc:
    ...     print(exc)
    the server's address must look like https://cuecutter.example.org
    """


class Problem(CuecutterError):
    """The server refused. `code` is stable and programs may depend on it; `http-<status>` where it gave none.

    `errors` are the faulty fields, each an object with `field`, `code` and `detail`. `retry_after_seconds` is None
    where the server names no time. `run` is the run in the way, of a 409.

    >>> try:
    ...     client.upload(audio, transcript, options={"sample_rate": 1})
    ... except Problem as problem:
    ...     print(problem.status, problem.code, problem.errors[0]["field"])
    400 invalid-request options.sample_rate
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        remedy: str = GENERAL_REMEDY,
        errors: tuple[dict[str, Any], ...] = (),
        request_id: str | None = None,
        retry_after_seconds: float | None = None,
        run: int | None = None,
    ) -> None:
        super().__init__(f"{title} ({code}): {detail}" if detail else f"{title} ({code})")
        self.status, self.code, self.title, self.detail, self.remedy = status, code, title, detail, remedy
        self.errors, self.request_id, self.retry_after_seconds, self.run = errors, request_id, retry_after_seconds, run


class Unreachable(CuecutterError):
    """No answer. `may_have_happened`: the server may have got all of the request, so a command may have been obeyed.

    >>> nobody = Client("http://127.0.0.1:9", token, retry_seconds=0)
    >>> try:
    ...     nobody.process(ready.id)
    ... except Unreachable as exc:
    ...     print(exc.may_have_happened)
    False
    """

    def __init__(self, text: str, *, may_have_happened: bool = True) -> None:
        super().__init__(text)
        self.may_have_happened = may_have_happened


class UnusableAnswer(CuecutterError):
    """It answered what is not Cuecutter's: another program, another release, or a redirection to another server."""


class ServerTooOld(CuecutterError):
    """The server has no such call: `call` is its path."""

    def __init__(self, call: str) -> None:
        super().__init__(f"this server has no {call}; it is older than what is asked of it")
        self.call = call


class StillProcessing(CuecutterError):
    """`wait` ended by its time limit; the run goes on. `dataset` is as it was seen last.

    >>> run = client.process(pending.id)
    >>> try:
    ...     client.wait(pending.id, timeout_seconds=0)
    ... except StillProcessing as exc:
    ...     print(exc.dataset.status)
    processing
    """

    def __init__(self, dataset: Any) -> None:
        super().__init__(f"dataset {dataset.id} is still {dataset.status}; its run goes on")
        self.dataset = dataset


class FileChanged(CuecutterError):
    """A file became shorter while it was uploaded; the server keeps nothing of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} changed while it was read")
        self.path = path


class DownloadDamaged(CuecutterError):
    """What was downloaded is not what was announced. It has been removed; a download from the beginning may do."""
