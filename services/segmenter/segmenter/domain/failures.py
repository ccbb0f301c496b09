"""From what went wrong with a source to the failure that its user sees."""

from contracts.failure import RunFailure
from segmenter.domain.errors import AudioError
from transcripts import TranscriptError


def audio_failure(error: AudioError) -> RunFailure:
    return RunFailure(
        code=error.code,
        title="The audio can't be used",
        detail=str(error),
        stage="segmenter",
        remedy=error.remedy,
    )


_CORRECT = "Correct the transcript, or name its `transcript_encoding`, and upload again."


def _sentence(text: str) -> str:
    """The library's texts begin in lower case and end without a full stop."""
    return f"{text[0].upper()}{text[1:].removesuffix('.')}." if text else ""


def transcript_failure(error: TranscriptError) -> RunFailure:
    line = f" (line {error.line})" if error.line else ""
    return RunFailure(
        code=error.code,
        title="The transcript can't be used",
        detail=f"{error}{line}",
        stage="segmenter",
        remedy=_sentence(error.remedy) or _CORRECT,
    )


def run_failure(reason: str) -> RunFailure:
    """For an unforeseen failure, which was tried repeatedly and is kept as a dead letter."""
    return RunFailure(
        code="internal-error",
        title="The run could not be completed",
        detail=f"Processing failed repeatedly: {reason.split(':', 1)[0]}.",
        stage="segmenter",
        remedy="Process the dataset again; if it fails again, give the operator the dataset's id.",
        retryable=True,
    )
