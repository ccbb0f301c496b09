"""Names of files: unique, readable, and safe in every file system, shell and trainer. Pure.

A dataset's name is whatever a client wrote; of it only ASCII letters, digits and single hyphens reach a file's name.
"""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from gateway.archives.clip import DatasetFacts

MAX_SLUG_CHARS: Final = 50
NAMELESS: Final = "clips"  # for a name that has no ASCII letter or digit

_NAME_CHARS: Final = 40  # and a letter more for each of the words below
_FEWEST_HASH_CHARS: Final = 8
_FEWEST_DIGITS: Final = 5
_OTHER: Final = re.compile(r"[^a-z0-9]+")
# Hugging Face's loader takes a file with one of these words in its name for a part of the set, and loses all others.
_SPLIT_WORDS: Final = re.compile(
    r"(?<![a-z])(train|training|validation|valid|val|dev|test|testing|eval|evaluation)(?![a-z])"
)


class Stems:
    """Base names for all clips of an archive of `datasets`, none of which may be there twice.

    Within a dataset they ascend bytewise with n. They name the run, too: another run's files never have the same names,
    so that what a trainer has cached by name is never taken for them.
    """

    def __init__(self, datasets: Sequence[DatasetFacts]) -> None:
        hashes = [sha256(f"{dataset.id}@{dataset.run}".encode()).hexdigest() for dataset in datasets]
        length = _unique_length(hashes)
        self._heads = [
            f"{slug(dataset.name)}-{digest[:length]}" for dataset, digest in zip(datasets, hashes, strict=True)
        ]
        self._digits = [max(_FEWEST_DIGITS, len(str(dataset.segment_count))) for dataset in datasets]

    def stem(self, dataset: int, n: int) -> str:
        """Of segment `n` of the dataset at the 0-based place `dataset`."""
        return f"{self._heads[dataset]}-{n:0{self._digits[dataset]}}"


def slug(name: str, nothing: str = NAMELESS) -> str:
    """What of `name` can be in a file's name: at most 50 of [a-z0-9-], a letter or digit at either end."""
    ascii_only = unicodedata.normalize("NFKD", name[:1_000]).encode("ascii", "ignore").decode("ascii")
    words = _OTHER.sub("-", ascii_only.lower()).strip("-")
    return _SPLIT_WORDS.sub(r"\1x", words[:_NAME_CHARS].rstrip("-")) or nothing


def archive_name(given: str | None, datasets: Sequence[DatasetFacts]) -> str:
    """The archive's own name: what the client wishes, as far as it can be one, else from the datasets' names."""
    if given is not None and (wished := slug(given, "")):
        return wished
    first = slug(datasets[0].name) if datasets else NAMELESS
    return first if len(datasets) < 2 else f"{first}-and-{len(datasets) - 1}-more"


def _unique_length(hashes: Sequence[str]) -> int:
    """How many digits tell them apart.

    Raises: ValueError where two are the same.
    """
    if len(set(hashes)) < len(hashes):
        raise ValueError("a dataset is there twice")
    length = _FEWEST_HASH_CHARS
    while len({digest[:length] for digest in hashes}) < len(hashes):
        length += 1
    return length
