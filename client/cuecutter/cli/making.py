"""One pair becomes a dataset that is ready: hashed, uploaded, processed and looked through, whatever of it is missing.

Each step looks first at what is there, so all of it can be repeated after any interruption.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Final

from cuecutter import AsyncClient
from cuecutter.cli import state as states
from cuecutter.cli.known import KnownDatasets, description_of
from cuecutter.cli.outcome import Outcome
from cuecutter.cli.pairs import Pair
from cuecutter.cli.patience import Patience
from cuecutter.cli.screen import Screen, Work
from cuecutter.cli.told import Told, told
from cuecutter.errors import Problem, Unreachable
from cuecutter.values import Dataset

_MOST_NAME_CHARS: Final = 200
_ALREADY: Final = "already-processing"
_WITHOUT_FLAGS: Final = "result-too-old"  # of a release before there were any; the archive is made all the same


class Maker:
    """Makes datasets with one set of `options`."""

    def __init__(
        self,
        client: AsyncClient,
        known: KnownDatasets,
        options: Mapping[str, Any],
        screen: Screen,
        patience: Patience,
    ) -> None:
        self._client, self._known, self._options = client, known, options
        self._screen, self._patience = screen, patience
        # Pairs of the same content become one dataset, also where they are made at the same time.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def make(self, pair: Pair) -> Outcome:
        """Never raises what can be told: an error is part of the outcome."""
        work = self._screen.work(pair.name)
        try:
            outcome = await self._made(pair, work)
        except Exception as exc:
            if (error := told(exc)) is None:
                raise
            outcome = _outcome(pair, error=error)
        work.end(outcome.in_a_line())
        return outcome

    async def _made(self, pair: Pair, work: Work) -> Outcome:
        work.at("reading")
        key = await asyncio.to_thread(states.pair_key, pair.audio, pair.transcript, self._options)
        async with self._locks[key]:
            making = _Making(self, pair, key, work)
            dataset, flags = await self._patience.until_done(making.attempt, making.wait)
        error = None if dataset.status == "ready" else _of_run(dataset)
        return _outcome(pair, dataset=dataset, flags=flags, error=error, is_new=making.is_new)


class _Making:
    """The attempts for one pair. A failed run is begun again once in a call; so is one for a corrected transcript."""

    def __init__(self, maker: Maker, pair: Pair, key: str, work: Work) -> None:
        self._client, self._known, self._options = maker._client, maker._known, maker._options
        self._say = maker._screen.say
        self._pair, self._key, self._work = pair, key, work
        self.is_new, self._has_begun = False, False

    def wait(self, seconds: float) -> None:
        self._work.at("waiting for the server")

    async def attempt(self) -> tuple[Dataset, Mapping[str, int]]:
        dataset = await self._known.find(self._key) or await self._upload()
        self._known.remember(self._key, dataset, self._pair.name)
        if self._needs_run(dataset):
            await self._begin(dataset)
        if dataset.status != "ready" or self._has_begun:
            dataset = await self._client.wait(dataset.id, on_change=self._show)
        return dataset, await self._flags(dataset) if dataset.status == "ready" else {}

    async def _upload(self) -> Dataset:
        pair, self.is_new = self._pair, True
        if before := self._known.before(self._key, pair.name):
            self._say(f"{pair.name} has changed; its dataset before stays on the server: {before}")
        try:
            uploaded = await self._client.upload(
                pair.audio,
                pair.transcript,
                name=_name(pair.name),
                description=description_of(self._key),
                options=self._options or None,
                auto_process=True,
                on_progress=lambda done, of: self._work.at("uploading", done, of, "B"),
            )
        except (Problem, Unreachable):
            self._known.forget_list()
            raise
        self._has_begun = True
        return uploaded

    def _needs_run(self, dataset: Dataset) -> bool:
        undone = dataset.status in ("pending", "failed") or (dataset.status == "ready" and dataset.result_outdated)
        return undone and not self._has_begun

    async def _begin(self, dataset: Dataset) -> None:
        try:
            await self._client.process(dataset.id)
        except Problem as exc:
            if exc.code != _ALREADY:
                raise
        self._has_begun = self.is_new = True

    def _show(self, dataset: Dataset) -> None:
        self.is_new = self.is_new or dataset.status == "processing"
        if dataset.progress:
            self._work.at("processing", dataset.progress.segments, dataset.progress.of, "segments")
        else:
            self._work.at("processing")

    async def _flags(self, dataset: Dataset) -> Mapping[str, int]:
        """Segments by flag, in the server's order; the first that has none is the end of those that have."""
        counts: Counter[str] = Counter()
        try:
            async for segment in self._client.segments(dataset.id, sort="worst"):
                if not segment.flags:
                    break
                counts.update(segment.flags)
        except Problem as exc:
            if exc.code != _WITHOUT_FLAGS:
                raise
        return counts


def _outcome(
    pair: Pair,
    *,
    dataset: Dataset | None = None,
    flags: Mapping[str, int] = {},
    error: Told | None = None,
    is_new: bool = True,
) -> Outcome:
    return Outcome(
        name=pair.name,
        audio=str(pair.audio),
        transcript=str(pair.transcript),
        dataset=dataset,
        flags=flags,
        error=error,
        is_new=is_new,
    )


def _of_run(dataset: Dataset) -> Told:
    """Why there is no result."""
    if dataset.error is None:
        detail = f"The dataset is {dataset.status}: its run was cancelled."
        return Told(detail=detail, code="cancelled", remedy="Run the same command again.")
    error = dataset.error
    return Told(detail=error.detail or error.title, code=error.code, remedy=error.remedy)


def _name(name: str) -> str:
    """As the server takes it: valid UTF-8, on one line, with its end, which tells chapters apart."""
    valid = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else " " for char in valid)[-_MOST_NAME_CHARS:].strip() or "unnamed"
