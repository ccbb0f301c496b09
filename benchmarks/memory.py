"""The most memory that each part of a system held at once, from a recording's upload until its dataset is ready."""

from collections.abc import Mapping
from typing import Final

from benchmarks import machine
from benchmarks.inputs import Recording
from benchmarks.ours import RunFailed, User
from benchmarks.session import pids

# A word of each part's command line. The decoder is the segmenter's child and has no such word in its own.
PARTS: Final[Mapping[str, str]] = {"gateway": "-m gateway", "segmenter": "-m segmenter", "decoder": "import_module"}
AIMS: Final[Mapping[str, str]] = {"gateway": "≤ 150", "segmenter": "≤ 200", "decoder": ""}


async def peaks(user: User, recording: Recording) -> dict[str, float]:
    """MiB by part, of its largest process; a part that did not run is missing. What was held before does not count.

    Raises: RunFailed, also when the dataset has not a segment for each cue.
    """
    for word in PARTS.values():
        for pid in pids(user.stack, word):
            machine.forget_peak(pid)
    dataset_id = await user.upload(recording)
    await user.processed(dataset_id)
    held = {part: [machine.peak_mebibytes(pid) for pid in pids(user.stack, word)] for part, word in PARTS.items()}
    if len(await user.manifest(dataset_id)) != len(recording.cues):
        raise RunFailed("another number of segments than of cues")
    return {part: max(mebibytes) for part, mebibytes in held.items() if mebibytes}
