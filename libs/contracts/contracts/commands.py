"""What may be asked of a dataset's life. Ids and times arrive in the command; deciding reads no clock."""

from datetime import datetime

from contracts.dataset import Options, Result, Source
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


class FinishRun(Command, frozen=True, kw_only=True):
    run: int
    result: Result


class FailRun(Command, frozen=True, kw_only=True):
    run: int
    error: RunFailure


AnyCommand = Upload | RequestProcess | CancelProcess | DeleteDataset | FinishRun | FailRun
