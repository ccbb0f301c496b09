"""Which pairs are datasets already: as the output folder remembers, else as the server's list tells.

A dataset's description has its pair's sha256, so that an upload whose answer was lost is found instead of made twice.
"""

import re
from pathlib import Path
from typing import Final

from cuecutter import AsyncClient
from cuecutter.cli import state as states
from cuecutter.cli.state import Known, State
from cuecutter.errors import Problem
from cuecutter.values import Dataset

_KEY: Final = re.compile(r"\bcuecutter-pair ([0-9a-f]{64})\b")
_NOT_FOUND: Final = 404


def description_of(key: str) -> str:
    return f"Uploaded by cuecutter cut. cuecutter-pair {key}"


class KnownDatasets:
    """`remember` is kept at once."""

    def __init__(self, client: AsyncClient, folder: Path, state: State) -> None:
        self._client, self._folder, self._state = client, folder, state
        self._listed: dict[str, str] | None = None

    async def find(self, key: str) -> Dataset | None:
        """The pair's dataset, as the server has it now."""
        if (known := self._state.pairs.get(key)) and (dataset := await self._there(known.dataset)):
            return dataset
        found = (await self._list()).get(key)
        return await self._there(found) if found else None

    def remember(self, key: str, dataset: Dataset, name: str) -> None:
        """Raises: CliError."""
        entry = Known(dataset.id, name)
        if self._state.pairs.get(key) != entry:
            self._state.pairs[key] = entry
            states.save(self._folder, self._state)

    def forget_list(self) -> None:
        """The next unknown pair is looked for in a fresh list: an upload may have arrived."""
        self._listed = None

    def before(self, key: str, name: str) -> str | None:
        """The dataset of an earlier content of the pair of this name."""
        return next(
            (old.dataset for other, old in self._state.pairs.items() if old.name == name and other != key), None
        )

    async def _there(self, dataset_id: str) -> Dataset | None:
        try:
            return await self._client.dataset(dataset_id)
        except Problem as exc:
            if exc.status == _NOT_FOUND:
                return None
            raise

    async def _list(self) -> dict[str, str]:
        if self._listed is None:
            listed: dict[str, str] = {}
            async for dataset in self._client.datasets():
                if found := _KEY.search(dataset.description):
                    listed.setdefault(found[1], dataset.id)  # newest first
            self._listed = listed
        return self._listed
