"""What can go wrong in the gateway, in its own words. Nothing here knows HTTP; `http/problem_types.py` maps it.

A `detail` is shown to the client: it names what to change and never what is inside.
"""

from dataclasses import dataclass
from typing import Final

from contracts import life
from gateway.domain.wording import summary

NO_DATASET: Final = "There is no dataset of yours with this id."
NO_ADDRESS: Final = "There is nothing at this address."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one `field` of the request. `code` is stable; `line` is 1-based in that field's text."""

    field: str
    code: str
    detail: str
    line: int | None = None


class GatewayError(Exception):
    """Base of everything this package raises."""

    def __init__(self, detail: str, *faults: Fault) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults


class InvalidRequest(GatewayError):
    """A part, parameter or member is missing, unknown, repeated or has a value that is not allowed."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(summary(faults), *faults)


class MalformedRequest(GatewayError):
    """What HTTP leaves open to be read in two ways, so that somebody in between may have read it in the other."""


class MalformedBody(GatewayError):
    """The body is not what its type says, or ends too early."""


class Unauthenticated(GatewayError):
    """No bearer token, or one that does not hold. `challenge` says which."""

    def __init__(self, detail: str, challenge: str) -> None:
        super().__init__(detail)
        self.challenge = challenge


class NotFound(GatewayError):
    """There is no such dataset, or it is somebody else's, or the id is none: these are never told apart."""

    def __init__(self, detail: str = NO_DATASET) -> None:
        super().__init__(detail)


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


class NotAudio(GatewayError):
    """The first bytes belong to no audio or video format we know."""


class NoAudio(GatewayError):
    """The first bytes say that there is no stream of sound in the file."""


class UnsupportedAudio(GatewayError):
    """The first bytes say that the sound is there, and that it can't be read."""


class EmptyAudio(GatewayError):
    """The recording has no bytes."""


class UploadTimedOut(GatewayError):
    """The upload took longer than a client may take."""


class UploadTooSlow(GatewayError):
    """The upload brings too little to keep its place."""


class TooManyUploads(GatewayError):
    """The user has as many uploads under way as one may have."""


class NoRoom(GatewayError):
    """There is no memory for the upload now."""


class Stopping(GatewayError):
    """The gateway stops before the upload is complete."""


class BodyTimedOut(GatewayError):
    """A body that is no upload did not come in time."""


class ClientGone(GatewayError):
    """The client stopped sending before its body was complete. Mostly nobody is there any more to be answered."""


class CatalogUnavailable(GatewayError):
    """The catalog gave no answer, or said that it has none now."""
