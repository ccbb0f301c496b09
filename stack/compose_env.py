"""`make compose-env`: the secrets that compose.yaml asks for, drawn once into a private .env file."""

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from bus import accounts
from stack import private_files, tokens
from stack.progress import Progress

FILE: Final = ".env"


def names() -> tuple[str, ...]:
    return (
        "POSTGRES_PASSWORD",
        "JWT_SECRET_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        *(f"NATS_PASSWORD_{user.upper()}" for user in accounts.USERS),
    )


def write(folder: Path, say: Progress) -> None:
    """Adds what is missing and replaces nothing: the data of running containers opens only with its secrets."""
    path = folder / FILE
    if path.exists():
        _add_missing(path, say)
        return
    values = _drawn(names())
    private_files.write(path, _lines(values))
    token = tokens.issue(tokens.USER, values["JWT_SECRET_KEY"], lifetime_seconds=tokens.DAYS * tokens.DAY_SECONDS)
    say.plain(f"{path} is written, readable by you only")
    say.plain(f"a token of the user '{tokens.USER}', valid for {tokens.DAYS} days: {token}")
    say.plain("next: docker compose up --build --wait")


def _add_missing(path: Path, say: Progress) -> None:
    """What a newer release asks for and an older one did not write."""
    text = path.read_text(encoding="utf-8")
    missing = [name for name in names() if not any(line.startswith(f"{name}=") for line in text.splitlines())]
    if missing:
        private_files.write(path, f"{text.rstrip()}\n{_lines(_drawn(missing))}")
        say.plain(f"{path} is there already; added: {', '.join(missing)}")
    else:
        say.plain(f"{path} is there already and stays as it is")
    say.plain("next: docker compose up --build --wait")


def _drawn(wanted: Iterable[str]) -> dict[str, str]:
    # A letter first: nats-server reads a variable's value as it reads its configuration, digits as a number.
    return {name: f"s{secrets.token_hex(24)}" for name in wanted}


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())
