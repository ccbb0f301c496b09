"""Datasets that are ready become folders that a trainer loads: checked, downloaded, unpacked, or found as they were."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from cuecutter import AsyncClient
from cuecutter.cli import state as states
from cuecutter.cli import unpacking
from cuecutter.cli.errors import CliError
from cuecutter.cli.patience import Patience
from cuecutter.cli.printing import printable
from cuecutter.cli.screen import Screen, Work
from cuecutter.cli.state import State, Unpacked
from cuecutter.cli.wish import MOST_DATASETS, Wish
from cuecutter.values import ArchiveCheck, Dataset

T = TypeVar("T")

_ARCHIVES: Final = ".cuecutter-archives"


class Collected(Struct, frozen=True, kw_only=True):
    """A folder for the trainer; `check` says what of it the trainer takes. `is_new`: it was not there in this form."""

    folder: Path
    check: ArchiveCheck
    is_new: bool


class Collector:
    """Keeps the state up to date after each folder."""

    def __init__(self, client: AsyncClient, state: State, wish: Wish, screen: Screen, patience: Patience) -> None:
        self._client, self._state, self._wish = client, state, wish
        self._screen, self._patience = screen, patience

    async def collect(self, datasets: Sequence[Dataset]) -> list[Collected]:
        """Folders of at most 150 datasets each, in the order given. Raises: CliError, CuecutterError, OSError."""
        unique = list({dataset.id: dataset for dataset in datasets}.values())
        groups = [unique[at : at + MOST_DATASETS] for at in range(0, len(unique), MOST_DATASETS)]
        names = [self._wish.name if len(groups) == 1 else f"{self._wish.name}-{n}" for n in range(1, len(groups) + 1)]
        return [await self._one(name, group) for name, group in zip(names, groups, strict=True)]

    async def _one(self, name: str, datasets: Sequence[Dataset]) -> Collected:
        work = self._screen.work(name)
        try:
            collected = await self._collected(name, datasets, work)
        except BaseException:
            work.end("failed")
            raise
        work.end("downloaded and unpacked" if collected.is_new else "there already")
        return collected

    async def _collected(self, name: str, datasets: Sequence[Dataset], work: Work) -> Collected:
        work.at("checking")
        ids, wish = [dataset.id for dataset in datasets], self._wish
        check = await self._patiently(work, lambda: self._client.check(ids, wish.form, **wish.parameters()))
        runs = {one.id: one.run for one in check.datasets}
        made_of = [(dataset.id, dataset.name, runs.get(dataset.id, 0)) for dataset in datasets]
        key = states.archive_key(made_of, wish.form, {**wish.parameters(), "name": name})
        last = self._state.folders.get(name)
        if last and last.archive == key and (wish.out / last.folder).is_dir():
            return Collected(folder=wish.out / last.folder, check=check, is_new=False)
        archive = await self._downloaded(name, key, ids, work)
        work.at("unpacking")
        folder = await asyncio.to_thread(self._unpacked, name, key, archive)
        return Collected(folder=folder, check=check, is_new=True)

    async def _downloaded(self, name: str, key: str, ids: Sequence[str], work: Work) -> Path:
        """A file that is there is complete and verified: it got its name last."""
        wish, archive = self._wish, self._wish.out / _ARCHIVES / f"{key[:32]}"
        if not archive.exists():
            archive.parent.mkdir(exist_ok=True)

            async def download() -> Path:
                return await self._client.download(
                    ids,
                    wish.form,
                    archive,
                    name=name,
                    on_progress=lambda done, of: work.at("downloading", done, of, "B"),
                    **wish.parameters(),
                )

            await self._patiently(work, download)
        return archive

    def _unpacked(self, name: str, key: str, archive: Path) -> Path:
        root, last = unpacking.folder_of(archive), self._state.folders.get(name)
        to = self._wish.out / root
        aside = self._aside(to, last) if to.exists() else None
        unpacking.unpack(archive, to, self._wish.form, aside)
        if aside and aside.name.startswith("."):
            shutil.rmtree(aside)
        self._state.folders[name] = Unpacked(key, states.print_of(to), root, self._wish.form)
        states.save(self._wish.out, self._state)
        self._put_away(archive, to)
        return to

    def _aside(self, to: Path, last: Unpacked | None) -> Path:
        """Where the folder from before goes: a hidden name where it is ours and untouched, which is then removed.

        Raises: CliError for a folder that we did not make, or made for another trainer.
        """
        if last is None or last.folder != to.name or last.format != self._wish.form:
            detail = f"{printable(to.name)} is there already, and is not from a call like this one."
            raise CliError("folder-exists", detail, "Move it away, or choose another --name or another output folder.")
        if states.print_of(to) == last.files:
            hidden = to.with_name(f".{to.name}.before")
            shutil.rmtree(hidden, ignore_errors=True)
            return hidden
        kept = next(place for n in range(1, 10_000) if not (place := to.with_name(f"{to.name}.before-{n}")).exists())
        self._screen.say(f"{to.name} has files that were changed or added: it is kept as {kept.name}")
        return kept

    def _put_away(self, archive: Path, to: Path) -> None:
        """The archive, and parts of earlier ones that nobody will continue."""
        if self._wish.keeps_archive:
            archive.replace(to.with_name(to.name + (".tar" if self._wish.form == "webdataset" else ".zip")))
        shutil.rmtree(archive.parent, ignore_errors=True)

    async def _patiently(self, work: Work, attempt: Callable[[], Awaitable[T]]) -> T:
        return await self._patience.until_done(attempt, lambda seconds: work.at("waiting for the server"))
