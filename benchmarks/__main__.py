"""`python -m benchmarks [case …]`: measures, prints a table of ratios, writes build/bench.json.

ROUNDS and QUICK come from the environment. A case that is run alone replaces its own figures in the file.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks import machine, table
from benchmarks.cases import (
    api,
    archive,
    clients,
    distance,
    fairness,
    formats,
    hour,
    length,
    many,
    memory,
    small,
    sweep,
    workers,
)
from benchmarks.session import Session
from benchmarks.table import Figure
from stack import choices
from stack.__main__ import follow_parent
from stack.errors import BadSetting

Case = Callable[[Session], Coroutine[Any, Any, list[Figure]]]

CASES: Final[Mapping[str, Case]] = {
    "hour": hour.run,
    "distance": distance.run,
    "small": small.run,
    "workers": workers.run,
    "formats": formats.run,
    "length": length.run,
    "memory": memory.run,
    "fairness": fairness.run,
    "datasets": many.small_ones,
    "segments": many.large_one,
    "api": api.run,
    "clients": clients.run,
    "archive": archive.run,
    "sweep": sweep.run,
}
QUICK: Final = ("hour", "small", "api")  # two minutes together

_BUILD: Final = Path(__file__).parent.parent / "build"
_RESULT: Final = _BUILD / "bench.json"


class Result(msgspec.Struct):
    machine: dict[str, str]
    cases: dict[str, list[Figure]]


def main(names: Sequence[str], env: Mapping[str, str]) -> int:
    """The exit code: 2 for a case that is none."""
    quick = bool(env.get("QUICK"))
    chosen = names or (QUICK if quick else tuple(CASES))
    if unknown := [name for name in chosen if name not in CASES]:
        allowed = f"there are {', '.join(CASES)}; for example CASES='hour api'"
        print(f"error: CASES names no case {', '.join(unknown)}: {allowed}", file=sys.stderr)
        return 2
    try:
        rounds = choices.whole(env, "ROUNDS", 1, 1000, example=5)
    except BadSetting as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 2
    session = Session(_BUILD / "bench", rounds or (3 if quick else 5), quick)
    session.folder.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        session.say(f"case {name}")
        figures = asyncio.run(CASES[name](session))
        _keep(name, figures)
        print(f"\n{table.table(figures)}\n", flush=True)
    return 0


def _keep(name: str, figures: list[Figure]) -> None:
    result = Result({}, {})
    if _RESULT.exists():
        result = msgspec.json.decode(_RESULT.read_bytes(), type=Result)
    result.machine = machine.facts()
    result.cases[name] = figures
    _RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(result)))


if __name__ == "__main__":
    follow_parent()
    sys.exit(main(sys.argv[1:], os.environ))
