"""All of a `cut`: pairs become datasets, several at once, and datasets become folders. The report is the caller's."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from cuecutter import AsyncClient
from cuecutter.cli import locking, wish
from cuecutter.cli import state as states
from cuecutter.cli.collecting import Collected, Collector
from cuecutter.cli.exits import Exit, worst
from cuecutter.cli.known import KnownDatasets
from cuecutter.cli.making import Maker
from cuecutter.cli.outcome import Outcome
from cuecutter.cli.pairs import Found, Pair
from cuecutter.cli.patience import Patience
from cuecutter.cli.screen import Screen
from cuecutter.cli.told import Told, told
from cuecutter.cli.wish import Wish
from cuecutter.errors import Problem

_NOBODYS: Final = "00000000-0000-0000-0000-000000000000"
_NOT_FOUND: Final = 404


class Result(Struct, frozen=True, kw_only=True):
    """`error` is that of the archive; each outcome has its own."""

    outcomes: Sequence[Outcome]
    collected: Sequence[Collected] = ()
    error: Told | None = None

    def exit_code(self, found: Found, is_strict: bool) -> Exit:
        exits = [one.exit_code(is_strict) for one in self.outcomes]
        exits += [Exit.FAILED] if found.ambiguous else []
        return worst(exits + ([self.error.exit_code] if self.error else []))


async def cut(client: AsyncClient, server: str, pairs: Sequence[Pair], wanted: Wish, screen: Screen) -> Result:
    """What can be done is done, whatever fails beside it.

    Raises: CliError, CuecutterError, OSError where nothing can be begun.
    """
    wish.check_format(wanted.form, await client.server())
    await _try_parameters(client, wanted)
    wanted.out.mkdir(parents=True, exist_ok=True)
    with locking.alone_in(wanted.out):
        state, word = states.load(wanted.out, server)
        if word:
            screen.say(word)
        screen.expect(len(pairs) + 1)
        patience = Patience()
        maker = Maker(client, KnownDatasets(client, wanted.out, state), wanted.options, screen, patience)
        outcomes = await _several(maker, pairs, wanted.jobs)
        return await _collected(outcomes, Collector(client, state, wanted, screen, patience))


async def _try_parameters(client: AsyncClient, wanted: Wish) -> None:
    """Asks for an archive of a dataset that nobody has: what the server then finds wrong is how it is asked for.

    Raises: Problem.
    """
    try:
        await client.check([_NOBODYS], wanted.form, name=wanted.name, **wanted.parameters())
    except Problem as exc:
        if exc.status != _NOT_FOUND:
            raise


async def _several(maker: Maker, pairs: Sequence[Pair], jobs: int) -> list[Outcome]:
    places = asyncio.Semaphore(jobs)

    async def one(pair: Pair) -> Outcome:
        async with places:
            return await maker.make(pair)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(pair)) for pair in pairs]
    return [task.result() for task in tasks]


async def _collected(outcomes: Sequence[Outcome], collector: Collector) -> Result:
    ready = [one.dataset for one in outcomes if one.is_ready and one.dataset]
    if not ready:
        return Result(outcomes=outcomes)
    try:
        return Result(outcomes=outcomes, collected=await collector.collect(ready))
    except Exception as exc:
        if (error := told(exc)) is None:
            raise
        return Result(outcomes=outcomes, error=error)
