"""`make compose-env`: the secrets that compose.yaml asks for, drawn once into a private .env file."""

import secrets
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
    """Never replaces a file that is there: the data of running containers opens only with its secrets."""
    path = folder / FILE
    if path.exists():
        say.plain(f"{path} is there already and stays as it is; next: docker compose up --build --wait")
        return
    # A letter first: nats-server reads a variable's value as it reads its configuration, digits as a number.
    values = {name: f"s{secrets.token_hex(24)}" for name in names()}
    private_files.write(path, "".join(f"{name}={value}\n" for name, value in values.items()))
    token = tokens.issue(tokens.USER, values["JWT_SECRET_KEY"], lifetime_seconds=tokens.DAYS * tokens.DAY_SECONDS)
    say.plain(f"{path} is written, readable by you only")
    say.plain(f"a token of the user '{tokens.USER}', valid for {tokens.DAYS} days: {token}")
    say.plain("next: docker compose up --build --wait")
