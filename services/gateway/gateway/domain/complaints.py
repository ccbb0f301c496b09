"""All that is wrong with one request, so that it is told at once and not one fault a try."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gateway import errors as e

# What is wrong with one part of an upload. Everything else ends the upload.
_OF_A_PART: Final = (
    e.InvalidRequest,
    e.NotAudio,
    e.NoAudio,
    e.UnsupportedAudio,
    e.EmptyAudio,
    e.AudioTooLarge,
    e.TranscriptTooLarge,
)


class Complaints:
    """Begins with the faults found elsewhere, such as those of the query. True once there is any."""

    def __init__(self, *faults: e.Fault) -> None:
        self._problems: list[e.GatewayError] = [e.InvalidRequest(*faults)] if faults else []

    def __bool__(self) -> bool:
        return bool(self._problems)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Within it, what is wrong with a part is noted and not raised."""
        try:
            yield
        except _OF_A_PART as exc:
            self._problems.append(exc)

    @contextmanager
    def completing(self) -> Iterator[None]:
        """Within it, a body that can't be read on ends the search, and what was found before is told with it."""
        try:
            yield
        except e.MalformedBody as exc:
            self._problems.append(exc)
            self.tell()

    def add(self, *faults: e.Fault) -> None:
        if faults:
            self._problems.append(e.InvalidRequest(*faults))

    def tell(self) -> None:
        """Raises: the one problem that was noted, or InvalidRequest with the faults of all of them."""
        match self._problems:
            case []:
                return
            case [problem]:
                raise problem
        raise e.InvalidRequest(*(fault for problem in self._problems for fault in problem.faults))
