"""`python -m segmenter` serves; `python -m segmenter sweep [--dry-run]` sweeps once and tells what it did."""

import asyncio
import os
import sys

from bus.connection import connected
from bus.errors import BusError
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from objects import StoreError, open_store
from segmenter import settings
from segmenter.app import SERVICE, run
from segmenter.sweeping import Sweep, Sweeper

CONNECT_SECONDS = 15.0
USAGE = "usage: python -m segmenter [sweep [--dry-run]]"


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            run(settings.load(os.environ))
        case ["sweep"] | ["sweep", "--dry-run"]:
            dry_run = arguments[1:] == ["--dry-run"]
            return _sweep(settings.load_for_sweep(os.environ), dry_run)
        case _:
            print(USAGE, file=sys.stderr)
            return 2
    return 0


def _sweep(given: settings.SweepSettings, dry_run: bool) -> int:
    try:
        _print(asyncio.run(_sweep_once(given, dry_run)), dry_run)
    except (StoreError, BusError) as exc:
        print(f"sweep: {exc}; run it again when that is mended", file=sys.stderr)
        return 1
    return 0


async def _sweep_once(given: settings.SweepSettings, dry_run: bool) -> Sweep:
    async with (
        connected(given.nats_url, SERVICE, within_seconds=CONNECT_SECONDS) as client,
        open_store(given.s3()) as store,
    ):
        return await Sweeper(store, LifeLog(Stream(client), MessageFactory(SERVICE))).sweep(dry_run=dry_run)


def _print(swept: Sweep, dry_run: bool) -> None:
    for prefix in swept.prefixes:
        print(prefix)
    did = "would remove" if dry_run else "removed"
    print(f"{did} {len(swept.prefixes)} prefixes ({swept.objects} objects), {swept.uploads} open uploads")
    if dry_run:
        print("next: python -m segmenter sweep")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
