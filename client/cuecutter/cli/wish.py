"""What a `cut` is to make, as its command line says."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from cuecutter.cli.errors import CliError, wrong_call
from cuecutter.cli.printing import printable
from cuecutter.values import Server

MOST_DATASETS: Final = 150  # in one archive, by the server's rule
_MOST_NAME_CHARS: Final = 90  # of the server's 100, so that a number can follow


class Wish(Struct, frozen=True, kw_only=True):
    """`name` is that of the folder in `out`; `validation` a share, `skip` flags."""

    form: str
    out: Path
    name: str
    options: Mapping[str, Any] = {}
    validation: float | None = None
    skip: tuple[str, ...] | None = None
    language: str | None = None
    is_strict: bool = False
    jobs: int = 4
    keeps_archive: bool = False

    def parameters(self) -> dict[str, Any]:
        """Of the archive, besides datasets, format and name."""
        given = {"validation": self.validation, "skip": self.skip, "language": self.language}
        return {name: value for name, value in given.items() if value is not None}


def options_of(given: Iterable[str]) -> dict[str, Any]:
    """`key=value`: the value is JSON where it can be read as such, else a text; `a.b=1` is `b` in the object `a`.

    Raises: CliError.
    """
    options: dict[str, Any] = {}
    for one in given:
        key, separator, text = one.partition("=")
        parts = key.split(".")
        if not separator or not all(parts):
            raise wrong_call("option", f"{printable(one)} is no option.", "Write: --option sample_rate=24000")
        inner = options
        for part in parts[:-1]:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise wrong_call("option", f"{printable(key)} is given as a value and as an object.", "Leave one out.")
        inner[parts[-1]] = _value(text)
    return options


def default_name(paths: Iterable[Path], form: str) -> str:
    """`<folder or recording>-<format>`, so that archives of several formats have room in one output folder."""
    first = next(iter(paths)).resolve()
    stem = first.name if first.is_dir() else first.stem
    clean = "".join(char if char.isprintable() else " " for char in stem.encode("utf-8", "replace").decode("utf-8"))
    return f"{clean.strip()[: _MOST_NAME_CHARS - len(form)] or 'recordings'}-{form}"


def check_format(form: str, server: Server) -> None:
    """Raises: CliError, before anything is uploaded."""
    if not server.formats:
        detail = f"This server (version {printable(server.version)}) makes no archives; it is older than they are."
        remedy = "Ask whoever runs the server for a newer release."
        raise CliError("server-too-old", detail, remedy)
    if form not in server.formats:
        known = ", ".join(printable(one) for one in server.formats)
        raise wrong_call("unknown-format", f"The server does not know the format {printable(form)}.", f"Use: {known}")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
