"""What a request asks an archive to be. Everything in the archive follows from it: the same order, the same bytes."""

import hashlib
from functools import cached_property
from typing import Final

import msgspec
from msgspec import Struct

from contracts.dataset import Result
from gateway.archives.clip import DatasetFacts
from gateway.archives.formats import Format

# Raised by any change of an archive's bytes, so that no client completes one archive with another's bytes.
LAYOUT_VERSION: Final = 1
VERSION_CHARS: Final = 16


class Source(Struct, frozen=True):
    """One of the archive's datasets, and the result that is taken from it."""

    facts: DatasetFacts
    result: Result

    @property
    def name(self) -> str:
        """As an address names it: `<id>@<run>`."""
        return f"{self.facts.id}@{self.facts.run}"


class Order(Struct, frozen=True, kw_only=True, dict=True):
    """`validation` is the share of clips to validate with, 0 to 0.5; `skip` are flags of segments to leave out."""

    form: Format
    sources: tuple[Source, ...]
    validation: float
    skip: frozenset[str]
    name: str
    language: str | None

    @cached_property
    def sha256(self) -> str:
        """Of all that the bytes follow from, as lower-case hex."""
        asked = (self.form.name, self.language, self.validation, sorted(self.skip), self.name)
        parts = (LAYOUT_VERSION, asked, tuple(source.facts for source in self.sources))
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()

    @property
    def version(self) -> str:
        """For addresses: another one, other bytes. A dataset that is renamed changes it, too."""
        return self.sha256[:VERSION_CHARS]

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.form.container.value}"
