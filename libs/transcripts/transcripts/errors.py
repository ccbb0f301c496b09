"""Why a whole transcript cannot be used. Each error has a stable `code`, and the 1-based `line` where one is known."""

from typing import ClassVar

from transcripts.cues import DroppedCue


class TranscriptError(Exception):
    """Base of all errors of this package. `remedy` says what the person can do next."""

    code: ClassVar[str] = "transcript-error"

    def __init__(self, message: str, *, line: int | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.remedy = remedy


class UnknownEncoding(TranscriptError):
    """The named encoding is none that transcripts are written in."""

    code = "unknown-encoding"


class UndecodableText(TranscriptError):
    """The bytes are not text in the encoding they were read with. `offset` is a 0-based byte where one is known."""

    code = "undecodable-text"

    def __init__(self, message: str, *, line: int, offset: int | None, remedy: str) -> None:
        super().__init__(message, line=line, remedy=remedy)
        self.offset = offset


class NoText(TranscriptError):
    """A plain text holds nothing but white space."""

    code = "no-text"


class NoUsableCue(TranscriptError):
    """No cue is left. `dropped` names each one that was found, in file order; `line` is the first one's."""

    code = "no-usable-cue"

    def __init__(self, message: str, *, dropped: tuple[DroppedCue, ...], remedy: str) -> None:
        super().__init__(message, line=dropped[0].line if dropped else None, remedy=remedy)
        self.dropped = dropped


class TooManyCues(TranscriptError):
    """More cues, or more warnings about them, than any recording has: the file is broken or hostile."""

    code = "too-many-cues"


class UnsupportedTranscript(TranscriptError):
    """It is of a format that is not read here. The message names it, the remedy a way to one that is."""

    code = "unsupported-transcript"


class BrokenTranscript(TranscriptError):
    """It is of a format that is read here, and breaks its rules, so that nothing in it can be trusted."""

    code = "broken-transcript"


class NoFrameRate(TranscriptError):
    """The times are numbers of frames, and the file does not say how many make a second."""

    code = "no-frame-rate"


class NoSuchTier(TranscriptError):
    """The tier that was asked for is not there. The message names those that are."""

    code = "no-such-tier"
