"""Options that several commands share, and what they do with them."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.shell_completion import CompletionItem

from cuecutter import Client
from cuecutter.cli.exits import Exit, worst
from cuecutter.cli.printing import json_text, printable
from cuecutter.cli.told import told
from cuecutter.errors import CuecutterError

F = TypeVar("F", bound=Callable[..., Any])

_COMPLETION_SECONDS: Final = 2.0
_QUICK_SECONDS: Final = 4.0

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
PLACE: Final = click.Path(path_type=Path)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
run_options = click.option(
    "--option", "-O", "given", multiple=True, metavar="KEY=VALUE", help="How to cut, such as sample_rate=24000."
)
ids = click.argument("ids", nargs=-1, required=True, metavar="ID...")


def _formats(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    try:
        with Client(timeout_seconds=_COMPLETION_SECONDS, retry_seconds=0) as client:
            return [CompletionItem(name) for name in client.formats() if name.startswith(begun)]
    except (CuecutterError, OSError):
        return []


def for_trainer(command: F) -> F:
    """--for, --validation, --skip, --name, --language: what an archive is asked for with."""
    for option in (
        click.option("--language", help="Of all texts; gpt-sovits only."),
        click.option("--name", help="Of the folder that the trainer loads."),
        click.option("--skip", metavar="FLAGS", help="Leave out segments with a flag, such as too-fast,clipped."),
        click.option("--validation", type=click.FloatRange(0, 0.5), help="Share of clips to set apart, such as 0.05."),
        click.option(
            "--for",
            "form",
            required=True,
            metavar="FORMAT",
            shell_complete=_formats,
            help="The trainer, such as piper.",
        ),
    ):
        command = option(command)
    return command


def quick_client() -> Client:
    """For calls that a person waits for: a server that is away is said to be so after seconds, not after many."""
    return Client(retry_seconds=_QUICK_SECONDS)


def flags_of(skip: str | None) -> tuple[str, ...] | None:
    return tuple(flag.strip() for flag in skip.split(",") if flag.strip()) if skip else None


def each(ids: Iterable[str], act: Callable[[str], Exit | None]) -> Exit:
    """Acts on every id, whatever becomes of the others; errors are printed with their id."""
    exits = []
    for one in ids:
        try:
            exits.append(act(one) or Exit.OK)
        except CuecutterError as exc:
            error = told(exc)
            assert error is not None  # every CuecutterError can be told
            print(*error.lines(), f"  for: {printable(one)}", sep="\n", file=sys.stderr)
            exits.append(error.exit_code)
    return worst(exits)


def print_json(value: Any) -> None:
    """Structs, and whatever JSON has."""
    print(json_text(value))
