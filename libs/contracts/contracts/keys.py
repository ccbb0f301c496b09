"""Where a dataset's objects live, as keys without the bucket."""

import re
from typing import Final

USERS: Final = "users/"
USER_ID_RULE: Final = "1 to 128 letters, digits and . _ @ | : + -, the first one a letter or a digit"

# What runs write into their folder; nothing else lies under these names. Folders end with "/".
RUN_WRITES: Final = (
    "plan.jsonl",
    "report.html",
    "report.json",
    "segments/",
    "training_data.index",
    "training_data.jsonl",
)

_OF_RUN: Final = re.compile(r"/(?:runs/([1-9][0-9]{0,18})/|damage/([1-9][0-9]{0,18})\.json)\Z")
_USER_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@|:+-]{0,127}")


def is_user_id(text: str) -> bool:
    """Whether keys may be made of it: USER_ID_RULE. Letters and digits are those of ASCII."""
    return _USER_ID.fullmatch(text) is not None


def dataset_prefix(user_id: str, dataset_id: str) -> str:
    return f"{USERS}{user_id}/datasets/{dataset_id}/"


def user_of(key: str) -> str:
    """Whose dataset it is; `key` is that of an object, or a prefix."""
    return key.removeprefix(USERS).partition("/")[0]


def run_prefix(user_id: str, dataset_id: str, run: int) -> str:
    """The folder of a run whose plan does not own the root."""
    return f"{dataset_prefix(user_id, dataset_id)}runs/{run}/"


def runs(dataset_prefix: str) -> str:
    """The folder of the folders of runs."""
    return f"{dataset_prefix}runs/"


def run_of(place: str) -> int | None:
    """The run whose folder or note of damage it is; None for anything else."""
    found = _OF_RUN.search(place)
    return int(found[1] or found[2]) if found else None


def dataset_of(dataset_prefix: str) -> str:
    """The id in a dataset's prefix."""
    return dataset_prefix.rstrip("/").rpartition("/")[2]


def source_audio(prefix: str, extension: str) -> str:
    return f"{prefix}source_audio.{extension}"


def transcript(prefix: str, extension: str) -> str:
    return f"{prefix}transcript.{extension}"


def replaced_transcript(prefix: str, sha256: str, extension: str) -> str:
    """A transcript that replaced the uploaded one. The key follows from the content, so no two contents share one."""
    return f"{prefix}transcripts/{sha256}.{extension}"


def plan(prefix: str) -> str:
    return f"{prefix}plan.jsonl"


def segment_path(n: int) -> str:
    """Relative to the manifest's folder, as the manifest names it."""
    return f"segments/segment_{n:05d}.wav"


def segment(prefix: str, n: int) -> str:
    return prefix + segment_path(n)


def manifest(prefix: str) -> str:
    return f"{prefix}training_data.jsonl"


def damages(dataset_prefix: str) -> str:
    """The folder of the notes of damage."""
    return f"{dataset_prefix}damage/"


def damage(dataset_prefix: str, run: int) -> str:
    """Written when a slice of the result of `run` is found to be missing, or not what was stored."""
    return f"{damages(dataset_prefix)}{run}.json"


def manifest_index(prefix: str) -> str:
    return f"{prefix}training_data.index"
