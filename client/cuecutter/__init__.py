"""Cuecutter's client: from recordings and their transcripts to a folder that a TTS trainer loads.

`Client` blocks, `AsyncClient` is for asyncio; both have the same calls. `python -m pydoc cuecutter.Client` shows them.
"""

from cuecutter.awaiting.client import AsyncClient
from cuecutter.blocking.client import Client
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
from cuecutter.release import VERSION as __version__
from cuecutter.values import (
    ArchiveCheck,
    CheckedDataset,
    CheckNote,
    CheckRow,
    Cue,
    Cues,
    Dataset,
    Finding,
    Progress,
    RunProblem,
    Segment,
    Server,
    Warning,
    Warnings,
)

__all__ = [
    "ArchiveCheck",
    "AsyncClient",
    "CheckNote",
    "CheckRow",
    "CheckedDataset",
    "Client",
    "Cue",
    "CuecutterError",
    "Cues",
    "Dataset",
    "DownloadDamaged",
    "FileChanged",
    "Finding",
    "NotConfigured",
    "Problem",
    "Progress",
    "RunProblem",
    "Segment",
    "Server",
    "ServerTooOld",
    "StillProcessing",
    "Unreachable",
    "UnusableAnswer",
    "Warning",
    "Warnings",
    "__version__",
]
