"""Everything that is wrong with one upload, so that one answer reports it all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gateway import errors as e

# What can be wrong with one part of an upload. Every other error ends the upload.
_OF_A_PART: Final = (
    e.InvalidRequest,
    e.NotAudio,
    e.NoAudio,
    e.UnsupportedAudio,
    e.EmptyAudio,
    e.AudioTooLarge,
    e.TranscriptTooLarge,
)


class UploadErrors:
    """Collects errors; begins with those found elsewhere, such as those of the query. True once there is one."""

    def __init__(self, *field_errors: e.FieldError) -> None:
        self._errors: list[e.GatewayError] = [e.InvalidRequest(*field_errors)] if field_errors else []

    def __bool__(self) -> bool:
        return bool(self._errors)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Within it, what is wrong with a part is collected and not raised."""
        try:
            yield
        except _OF_A_PART as exc:
            self._errors.append(exc)

    @contextmanager
    def reported_if_unreadable(self) -> Iterator[None]:
        """Within it, a body that can't be read any further raises what `report` does, its own error included."""
        try:
            yield
        except e.MalformedBody as exc:
            self._errors.append(exc)
            self.report()

    def add(self, *field_errors: e.FieldError) -> None:
        if field_errors:
            self._errors.append(e.InvalidRequest(*field_errors))

    def report(self) -> None:
        """Raises: the one error that was collected, or InvalidRequest with the field errors of all of them."""
        match self._errors:
            case []:
                return
            case [error]:
                raise error
        raise e.InvalidRequest(*(each for error in self._errors for each in error.field_errors))
