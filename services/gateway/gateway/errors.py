"""What can go wrong in the gateway. Nothing here knows HTTP; `http/problem_types.py` maps every error to an answer.

A `detail` is shown to the client: it names what to change and never what is inside.
"""

from typing import Final

from msgspec import Struct

from contracts import life
from gateway.domain.quoting import summary

NO_DATASET: Final = "There is no dataset of yours with this id."
NO_SUCH_PATH: Final = "There is nothing at this address."


class FieldError(Struct, frozen=True, omit_defaults=True):
    """One thing wrong with one `field` of the request. `code` is stable; `line` is 1-based in that field's text."""

    field: str
    code: str
    detail: str
    line: int | None = None


class GatewayError(Exception):
    """Base of everything this package raises."""

    def __init__(self, detail: str, *field_errors: FieldError) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field_errors = field_errors


class InvalidRequest(GatewayError):
    """A part, parameter or member is missing, unknown, repeated or has a value that is not allowed."""

    def __init__(self, *field_errors: FieldError) -> None:
        super().__init__(summary(field_errors), *field_errors)


class MalformedRequest(GatewayError):
    """The request can be read in two ways, so that a proxy may have read it in the other one."""


class MalformedBody(GatewayError):
    """The body is not what its type says, or ends too early."""


class Unauthenticated(GatewayError):
    """No bearer token, or one that does not hold. `challenge` says which."""

    def __init__(self, detail: str, challenge: str) -> None:
        super().__init__(detail)
        self.challenge = challenge


class NotFound(GatewayError):
    """There is no such dataset, or it is another user's, or the id is not valid: all three are answered alike."""

    def __init__(self, detail: str = NO_DATASET, *field_errors: FieldError) -> None:
        super().__init__(detail, *field_errors)


class CommandRefused(GatewayError):
    """The dataset's state does not allow the command."""

    def __init__(self, refused: life.Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


class AudioTooLarge(GatewayError):
    """The recording is larger than this gateway takes."""


class TranscriptTooLarge(GatewayError):
    """The transcript is larger than this gateway takes."""


class UploadTooLarge(GatewayError):
    """The announced length is more than the largest parts could need."""


class PreconditionRequired(GatewayError):
    """A correction that does not say what its client saw."""


class UnsupportedMediaType(GatewayError):
    """The body says that it is something that this route does not take."""


class NotATranscript(GatewayError):
    """What should be a transcript is a recording."""


class NotAudio(GatewayError):
    """The first bytes belong to no audio or video format we know."""


class NoAudio(GatewayError):
    """The first bytes say that the file has no audio stream."""


class UnsupportedAudio(GatewayError):
    """The first bytes say that the file has audio, and that it can't be read."""


class EmptyAudio(GatewayError):
    """The recording has no bytes."""


class UploadTimedOut(GatewayError):
    """The upload took longer than a client may take."""


class UploadTooSlow(GatewayError):
    """The upload is slower than the least rate, or was evicted by one that is not."""


class TooManyUploads(GatewayError):
    """The user has as many uploads in progress as one may have."""


class UploadsFull(GatewayError):
    """There is no memory for the upload now."""


class Busy(GatewayError):
    """As many long answers as there is memory for are being made or sent."""


class Stopping(GatewayError):
    """The gateway stops before the upload is complete."""


class BodyTimedOut(GatewayError):
    """A body other than an upload's did not arrive in time."""


class ClientGone(GatewayError):
    """The client stopped sending before its body was complete. Mostly it can't be answered any more."""


class CatalogUnavailable(GatewayError):
    """The catalog did not answer, or answered that it is unavailable."""


class NoResult(GatewayError):
    """No run of the dataset has succeeded yet."""


class ResultTooOld(GatewayError):
    """The rows of this result lack a column that is asked for."""


class ResultRemoved(GatewayError):
    """A later result has replaced the one that is named."""


class ResultDamaged(GatewayError):
    """A slice of this result was found missing, or not to be what was stored."""


class ArchiveChanged(GatewayError):
    """The archive of this address has other bytes now, so that no download of it can be completed."""


class RangeNotSatisfiable(GatewayError):
    """All bytes that are asked for are outside the object, which has `size_bytes`."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__(f"There are {size_bytes} bytes, and none of those asked for.")
        self.size_bytes = size_bytes


class ObjectDamaged(GatewayError):
    """An object is missing, or not what was stored. `internal_detail` is for the log and names the key."""

    def __init__(self, internal_detail: str) -> None:
        super().__init__("The stored object is missing, or is not what was stored.")
        self.internal_detail = internal_detail

    def __str__(self) -> str:
        return self.internal_detail


class SliceDamaged(ObjectDamaged):
    """It is segment `n` of the dataset at the 0-based place `dataset` of an archive."""

    def __init__(self, internal_detail: str, dataset: int, n: int) -> None:
        super().__init__(internal_detail)
        self.dataset, self.n = dataset, n
