"""What was acknowledged is on the disk, what is secret is its owner's: asked of the running system."""

import json
import stat
from pathlib import Path

import asyncpg

from stack import state
from tests.stacks import RunningStack

_STORES = ("postgres", "s3", "store")  # the servers' own data, in folders of mode 0700


async def test_postgres_writes_through(running_stack: RunningStack) -> None:
    connection = await asyncpg.connect(running_stack.admin["DATABASE_URL"])
    names = ("fsync", "full_page_writes", "synchronous_commit")
    found = {name: await connection.fetchval(f"SHOW {name}") for name in names}
    await connection.close()
    assert found == dict.fromkeys(names, "on")


def test_nats_writes_through(running_stack: RunningStack) -> None:
    config = json.loads((running_stack.folder / "nats" / "server.conf").read_text())
    assert config["jetstream"]["sync_interval"] == "always"


def test_no_secret_is_readable_by_others_or_stands_in_a_log(running_stack: RunningStack) -> None:
    folder = running_stack.folder
    secrets = [secret.encode() for secret in state.load(folder).secrets.values()]
    holders = {path for path in _files(folder) if any(secret in path.read_bytes() for secret in secrets)}
    assert {path.name for path in holders} == {"state.json", "stack.env", "admin.env", "server.conf"}
    assert [path for path in holders if stat.S_IMODE(path.stat().st_mode) != 0o600] == []
    assert any(path.suffix == ".log" for path in _files(folder))
    stores = [path for path in folder.rglob("*") if path.name in _STORES and path.is_dir() and path.parent != folder]
    for path in (folder, folder / "postgres", folder / "nats", folder / "s3", *stores):
        assert stat.S_IMODE(path.stat().st_mode) & 0o066 == 0, path


def _files(folder: Path) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and not set(path.relative_to(folder).parts) & {*_STORES}
    ]
