"""What a path names, for one caller; what is not the caller's, or not there, is refused."""

from collections.abc import Mapping
from contextlib import suppress

import msgspec
from litestar.response.base import ASGIResponse
from msgspec import Struct

from bus.errors import BusError
from contracts import keys, life
from contracts.dataset import Result
from contracts.envelope import UndecodableEvent
from gateway.datasets.lives import Lives
from gateway.domain.reference import Reference, reference_of, segment_number_of
from gateway.errors import NoResult, NotFound, ObjectDamaged, ResultRemoved
from gateway.http.auth import Caller
from gateway.results import downloads, objects
from gateway.results.delivery import Gone, Watch
from gateway.results.manifests import Manifests
from gateway.results.objects import Kind, StoredObject
from gateway.shutdown import Shutdown
from objects import ObjectMissing, ObjectStore


class _SliceFacts(Struct, frozen=True):
    """Of a row: what is needed to serve its slice. Rows of older results don't say the size, in bytes."""

    sha256: str
    size: int | None = None


_facts = msgspec.json.Decoder(_SliceFacts)


class Reader(Struct, frozen=True):
    """Made for each request."""

    caller: Caller
    lives: Lives
    store: ObjectStore
    manifests: Manifests
    shutdown: Shutdown

    async def dataset(self, name: str) -> life.Alive:
        """The dataset with the id `name`.

        Raises: NotFound; BusUnavailable.
        """
        reference = reference_of(name)
        if reference is None or reference.run is not None:
            raise NotFound
        return await self._state(reference)

    async def result(self, name: str) -> tuple[str, Result]:
        """The result that `name` names as `<id>` or `<id>@<run>`, and the second of these names.

        Raises: NotFound; NoResult; ResultRemoved where a later one has taken its place; BusUnavailable.
        """
        state, result = await self.dataset_and_result(name)
        return f"{state.dataset_id}@{result.run}", result

    async def dataset_and_result(self, name: str) -> tuple[life.Alive, Result]:
        """Raises: as `result`."""
        reference = reference_of(name)
        if reference is None:
            raise NotFound
        state = await self._state(reference)
        if state.result is None:
            raise NoResult("No run of this dataset has made a result yet.")
        return state, _of_run(state.result, reference.run)

    async def manifest(self, result: Result) -> StoredObject:
        """Raises: ObjectDamaged; StoreError."""
        index = await self.manifests.index(result)
        return StoredObject(
            kind=Kind.MANIFEST,
            key=result.training_data_key,
            size_bytes=index.manifest_bytes,
            sha256=result.training_data_sha256,
            content_type=objects.MANIFEST_TYPE,
            file_name="training_data.jsonl",
            attachment=True,
        )

    async def row(self, result: Result, number: str) -> tuple[int, bytes]:
        """The segment of this number, and its line.

        Raises: NotFound where the result has none; ObjectDamaged; StoreError.
        """
        n = segment_number_of(number)
        line = None if n is None else await self.manifests.row(result, n)
        if n is None or line is None:
            raise NotFound(f"This result has {result.segment_count} segments, which are numbered from 0.")
        return n, line

    async def slice(self, result: Result, number: str) -> StoredObject:
        """Raises: as `row`."""
        n, line = await self.row(result, number)
        try:
            facts = _facts.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise ObjectDamaged(f"row {n} of the manifest can't be read") from exc
        key = keys.segment(result.prefix, n)
        return StoredObject(
            kind=Kind.SEGMENT,
            key=key,
            size_bytes=await self.store.size(key) if facts.size is None else facts.size,
            sha256=facts.sha256,
            content_type=objects.SLICE_TYPE,
            file_name=key.rpartition("/")[2],
        )

    async def download(self, name: str, stored: StoredObject, method: str, headers: Mapping[str, str]) -> ASGIResponse:
        """The answer to a GET or HEAD of `stored`, which is of what `name` names.

        Raises: RangeNotSatisfiable; ObjectDamaged; StoreError.
        """

        return await downloads.answer(self.store, stored, method, headers, self.watch(name))

    def watch(self, *names: str) -> Watch:
        """For a download that is made of these datasets, or of results of theirs."""

        async def why_gone() -> Gone | None:
            why = None
            try:
                for name in names:
                    with suppress(ResultRemoved):
                        await self._stands(name)
                        continue
                    why = Gone.REPLACED
            except NotFound:
                return Gone.DELETED
            except (BusError, UndecodableEvent):
                return None  # it is asked again; each of 150 datasets would wait four seconds for a bus that is away
            return why

        named = {"dataset_id": names[0].partition("@")[0]} if len(names) == 1 else {}
        return Watch(why_gone, self.shutdown, named | {"correlation_id": self.caller.request_id})

    async def explain(self, name: str, missing: ObjectMissing) -> Exception:
        """What it means that an object is missing: its dataset or result went a moment ago, or it is damage."""
        try:
            await self._stands(name)
        except (NotFound, ResultRemoved) as exc:
            return exc
        return ObjectDamaged(str(missing))

    async def _stands(self, name: str) -> None:
        """Raises: NotFound where the dataset is gone; ResultRemoved where the result is; BusUnavailable."""
        reference = reference_of(name)
        if reference is None:
            raise NotFound
        state = await self._state(reference)
        if reference.run is not None and state.result is not None:
            _of_run(state.result, reference.run)

    async def _state(self, reference: Reference) -> life.Alive:
        return (await self.lives.last(reference.dataset_id, self.caller.user_id)).state


def _of_run(result: Result, run: int | None) -> Result:
    if run is None or run == result.run:
        return result
    if run < result.run:
        raise ResultRemoved(f"The current result is that of run {result.run}; none of run {run} is kept.")
    raise NotFound(f"Run {run} has no result; the current one is that of run {result.run}.")
