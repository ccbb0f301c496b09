"""login, doctor, completion: which server, and who one is there."""

import base64
import binascii
import os
import sys
from datetime import UTC, datetime

import click
import msgspec
from click.shell_completion import get_completion_class
from msgspec import Struct

from cuecutter import Client
from cuecutter.cli import options
from cuecutter.cli.exits import Exit, worst
from cuecutter.cli.printing import printable
from cuecutter.cli.told import Told, told
from cuecutter.errors import CuecutterError
from cuecutter.login import TOKEN, URL, Login, find_login, login_file, write_login


class Finding(Struct, frozen=True):
    """One line of the doctor's."""

    what: str
    good: bool
    said: str


@click.command(epilog="\b\nExamples:\n  cuecutter login http://127.0.0.1:8000\n  cuecutter login URL < token.txt")
@click.argument("url", required=False)
def login(url: str | None) -> None:
    """Keep the server's URL and your token, after trying them.

    The token is asked for, or read from standard input; it is in no command line. It is kept in a file that only you
    can read. CUECUTTER_URL and CUECUTTER_TOKEN win over it.
    """
    url = url or os.environ.get(URL) or click.prompt("Server", err=True)
    token = click.prompt("Token", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    with Client(url, token, retry_seconds=2) as client:
        version = client.server().version
        next(iter(client.datasets()), None)  # refuses a token that is not good
    write_login(Login(url, token), login_file())
    print(f"logged in at {printable(url)}, version {printable(version)}; kept in {printable(str(login_file()))}")


@click.command(epilog="\b\nExample:\n  cuecutter doctor")
@options.as_json
def doctor(as_json: bool) -> Exit:
    """Is the server there, which version is it, and is the token good?"""
    findings, errors = _findings()
    if as_json:
        options.print_json(findings)
    else:
        for one in findings:
            print(f"{'ok  ' if one.good else 'BAD '} {one.what:8} {printable(one.said, 600)}")
        for error in errors:
            print(*error.lines(), sep="\n", file=sys.stderr)
    return worst(error.exit_code for error in errors)


@click.command(epilog='\b\nExample:\n  eval "$(cuecutter completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes the shell complete commands, options and formats."""
    kind = get_completion_class(shell)
    assert kind is not None  # the choice has only those that there are
    context = click.get_current_context()
    print(kind(context.find_root().command, {}, "cuecutter", "_CUECUTTER_COMPLETE").source())


def _findings() -> tuple[list[Finding], list[Told]]:
    findings: list[Finding] = []
    try:
        found = find_login()
        findings.append(Finding("login", True, f"{found.url}, {_source()}"))
        with Client(found.url, found.token, retry_seconds=2) as client:
            server = client.server()
            findings.append(Finding("server", True, f"version {server.version}; {len(server.formats)} formats"))
            next(iter(client.datasets()), None)
            findings.append(Finding("token", True, _expiry(found.token)))
    except (CuecutterError, OSError) as exc:
        error = told(exc)
        assert error is not None  # both kinds can be told
        what = ("login", "server", "token")[len(findings)]
        return [*findings, Finding(what, False, error.detail)], [error]
    return findings, []


def _source() -> str:
    names = [name for name in (URL, TOKEN) if os.environ.get(name)]
    return "from " + " and ".join(names + ([] if len(names) == 2 else [str(login_file())]))


def _expiry(token: str) -> str:
    """When it ends, by its own words: the server alone knows whether they are true."""
    try:
        body = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=dict[str, object])
        ends = datetime.fromtimestamp(float(str(claims["exp"])), UTC)
    except (IndexError, KeyError, ValueError, OverflowError, OSError, binascii.Error, msgspec.DecodeError):
        return "the server takes it"
    days = (ends - datetime.now(UTC)).days
    return f"valid until {ends:%Y-%m-%d %H:%M} UTC, {days} days from now"
