"""What may be asked of a dataset's life. Ids and times arrive in the command; deciding reads no clock."""

from datetime import datetime

from contracts.dataset import Options, Result, Source, TranscriptFile
from contracts.failure import RunFailure
from contracts.identity import Identified


class Command(Identified, frozen=True, kw_only=True):
    at: datetime


class Upload(Command, frozen=True, kw_only=True):
    source: Source
    options: Options


class RequestProcess(Command, frozen=True, kw_only=True):
    """`options` None means those that the dataset has: its last result's, last request's, or upload's."""

    options: Options | None = None


class CancelProcess(Command, frozen=True, kw_only=True):
    pass


class DeleteDataset(Command, frozen=True, kw_only=True):
    pass


class ReplaceTranscript(Command, frozen=True, kw_only=True):
    """`seen_seq` is the life sequence and `seen_sha256` the transcript that the user saw; None accepts any."""

    transcript: TranscriptFile
    seen_seq: int | None = None
    seen_sha256: str | None = None


class RenameDataset(Command, frozen=True, kw_only=True):
    """`seen_seq` as in ReplaceTranscript. A `name` or `description` of None stays as it is."""

    name: str | None = None
    description: str | None = None
    seen_seq: int | None = None


class FinishRun(Command, frozen=True, kw_only=True):
    run: int
    result: Result


class FailRun(Command, frozen=True, kw_only=True):
    run: int
    error: RunFailure


AnyCommand = (
    Upload | RequestProcess | CancelProcess | DeleteDataset | ReplaceTranscript | RenameDataset | FinishRun | FailRun
)
