"""`python -m segmenter` serves; `python -m segmenter sweep [--dry-run]` sweeps once and tells what it did."""

import asyncio
import os
import sys

from bus.connection import connected
from bus.errors import BusError
from bus.stream import Stream
from objects import StoreError, open_store
from segmenter import settings
from segmenter.app import SERVICE, run, sweeper_of
from segmenter.sweeping.removal import Removed

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
        asyncio.run(_sweep_once(given, dry_run))
    except (StoreError, BusError) as exc:
        print(f"sweep: {exc}; run it again when that is mended", file=sys.stderr)
        return 1
    return 0


async def _sweep_once(given: settings.SweepSettings, dry_run: bool) -> None:
    """Prints a line for each place as it goes: one that is interrupted has told what it did."""
    places = objects = size_bytes = 0
    async with (
        connected(given.nats_url, SERVICE, within_seconds=CONNECT_SECONDS) as client,
        open_store(given.s3()) as store,
    ):
        async for removed in sweeper_of(Stream(client), store, given).sweep(dry_run=dry_run):
            print(_line(removed), flush=True)
            places += 1
            objects, size_bytes = objects + removed.amount.objects, size_bytes + removed.amount.size_bytes
    print(f"{'would remove' if dry_run else 'removed'} {places} places: {objects} objects, {size_bytes} bytes")
    if dry_run and places:
        print("next: python -m segmenter sweep")


def _line(removed: Removed) -> str:
    amount = removed.amount
    return f"{removed.reason.value:<11} {amount.objects:>7} objects {amount.size_bytes:>14} bytes  {removed.place}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
