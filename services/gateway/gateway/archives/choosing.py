"""From the datasets that a request names to the results its archive is made of, each of the caller's own."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from gateway.archives.clip import DatasetFacts
from gateway.archives.damage import Damages
from gateway.archives.order import Source
from gateway.domain.quoting import quoted
from gateway.errors import (
    FieldError,
    GatewayError,
    InvalidRequest,
    NoResult,
    NotFound,
    ResultDamaged,
    ResultRemoved,
)
from gateway.http.problem_types import problem_type_of
from gateway.results.reader import Reader
from runtime.tasks import cancel_and_wait

DATASET: Final = "dataset"  # the parameter that names them
AT_ONCE: Final = 16

# What is wrong with a dataset and not with the gateway; each that is, is named.
_OF_A_DATASET: Final = (NotFound, NoResult, ResultRemoved, ResultDamaged)


class Choosing(Struct, frozen=True):
    """Made for each request."""

    reader: Reader
    damages: Damages

    async def sources(self, names: Sequence[str]) -> tuple[Source, ...]:
        """The results that `names` name as `<id>` or `<id>@<run>`, in this order.

        Raises: as `Reader.result` and ResultDamaged, by the first that is wrong, naming all; InvalidRequest where one
        dataset is named twice; BusUnavailable; StoreError.
        """
        found = await self._found(names)
        self._refuse(names, found)
        sources = tuple(source for source in found if isinstance(source, Source))
        _refuse_twice([source.facts.id for source in sources])
        return sources

    async def _found(self, names: Sequence[str]) -> list[Source | GatewayError]:
        """What each name names, or what is wrong with it. The first other error ends it: while the bus is away, each
        dataset would be waited for in turn.
        """
        found: dict[int, Source | GatewayError] = {}
        left = iter(enumerate(names))  # shared: whoever is done takes the next

        async def ask() -> None:
            for place, name in left:
                try:
                    found[place] = await self._source(name)
                except _OF_A_DATASET as exc:
                    found[place] = exc

        asking = [asyncio.create_task(ask()) for _ in range(min(AT_ONCE, len(names)))]
        try:
            await asyncio.gather(*asking)
        finally:
            await cancel_and_wait(*asking)
        return [found[place] for place in range(len(names))]

    async def _source(self, name: str) -> Source:
        state, result = await self.reader.dataset_and_result(name)
        damage = await self.damages.found(state.user_id, state.dataset_id, result.run)
        if damage is not None:
            which = "A segment" if damage.n is None else f"Segment {damage.n}"
            raise ResultDamaged(f"{which} of run {result.run} is missing, or is not what was stored.")
        facts = DatasetFacts(
            id=state.dataset_id,
            run=result.run,
            name=state.source.name,
            audio_sha256=state.source.audio_sha256,
            transcript_sha256=result.transcript_sha256 or state.source.transcript_sha256,
            manifest_sha256=result.training_data_sha256,
            options=msgspec.to_builtins(result.options),
            segment_count=result.segment_count,
        )
        return Source(facts, result)

    def _refuse(self, names: Sequence[str], found: Sequence[Source | GatewayError]) -> None:
        errors = [
            (exc, FieldError(DATASET, problem_type_of(exc).code, f"{quoted(name)}: {exc.detail}"))
            for name, exc in zip(names, found, strict=True)
            if isinstance(exc, GatewayError)
        ]
        if errors:
            first = errors[0][0]
            raise type(first)(" ".join(error.detail for _, error in errors[:3]), *(error for _, error in errors))


def _refuse_twice(ids: Sequence[str]) -> None:
    twice = sorted({dataset_id for dataset_id in ids if ids.count(dataset_id) > 1})
    if twice:
        details = (f"Dataset {dataset_id} is named twice." for dataset_id in twice)
        raise InvalidRequest(*(FieldError(DATASET, "duplicate", detail) for detail in details))
