"""The command for dead letters: list them, replay one, drop one.

`python -m bus.dead_letters list | replay N | drop N`, with a NATS_URL of the user `topology`.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import Final

from bus.connection import connected
from bus.dead_letter_store import DeadLetters
from bus.errors import BusError
from contracts import envelope

CONNECT_SECONDS: Final = 15.0
USAGE: Final = "usage: python -m bus.dead_letters list | replay N | drop N"


async def run(url: str, arguments: list[str]) -> int:
    """One command; prints what there is and what it did, and returns the exit code.

    Raises: BusError.
    """
    async with connected(url, "dead-letters", within_seconds=CONNECT_SECONDS) as client:
        letters = DeadLetters(client)
        match arguments:
            case ["list"]:
                return await _list(letters)
            case ["replay" | "drop" as action, number] if number.isdecimal():
                return await _act(letters, action, int(number))
        print(USAGE, file=sys.stderr)
        return 2


async def _list(letters: DeadLetters) -> int:
    count = 0
    async for letter in letters.every():
        count += 1
        print(letter.line())
    print(f"{count} dead letters")
    return 0


async def _act(letters: DeadLetters, action: str, number: int) -> int:
    letter = await letters.next(number)
    if letter is None or letter.number != number:
        print(f"there is no letter {number}; `list` shows which there are", file=sys.stderr)
        return 1
    if action == "drop":
        await letters.drop(letter)
        print(f"dropped letter {number}")
        return 0
    try:
        outcome = await letters.replay(letter)
    except envelope.UndecodableEvent:
        outcome = "not replayed: this version can't read the message"
    print(outcome)
    return 1 if outcome.startswith("not replayed") else 0


def main(arguments: list[str], env: Mapping[str, str]) -> int:
    try:
        return asyncio.run(run(env["NATS_URL"], arguments))
    except KeyError:
        print("missing setting: NATS_URL, with the user topology", file=sys.stderr)
        return 2
    except BusError as exc:
        print(f"dead letters: {exc}; run it again once that is repaired", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
