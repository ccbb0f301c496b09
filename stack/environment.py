"""The environment of a running stack, and the two private files that make it known to other programs.

`stack.env` is for integrators: what a client needs and no key of ours. `admin.env` is for the operator and holds every
secret. Both exist only while everything answers; where `stack.env` is, `admin.env` is too. A supervisor that is killed
leaves them behind until the next start.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from stack import nats, postgres, private_files, s3, tokens
from stack.errors import NotRunning
from stack.ports import HOST
from stack.state import State

FILE: Final = "stack.env"
ADMIN_FILE: Final = "admin.env"
BUCKET: Final = "cuecutter"
OBSERVER: Final = "observer"
PURGER: Final = "purger"
OPERATOR: Final = "topology"  # the NATS user that may do everything: it also lists and replays dead letters


def everything(state: State, nats_user: str) -> dict[str, str]:
    """All names that services know, with the NATS_URL of this user."""
    ports, secrets = state.ports, state.secrets
    return {
        "DATABASE_URL": postgres.url(ports["postgres"], secrets["postgres"]),
        "JWT_SECRET_KEY": secrets["jwt"],
        "NATS_URL": nats.url(nats_user, ports["nats"], secrets[f"nats-{nats_user}"]),
        "NATS_PURGE_URL": nats.url(PURGER, ports["nats"], secrets[f"nats-{PURGER}"]),
        "AWS_ACCESS_KEY_ID": secrets["s3-access-key"],
        "AWS_SECRET_ACCESS_KEY": secrets["s3-secret-key"],
        "AWS_REGION": s3.REGION,
        "AWS_ENDPOINT_URL_S3": s3.url(ports["s3"]),
        "S3_BUCKET_NAME": BUCKET,
    }


def public(state: State) -> dict[str, str]:
    """What `stack.env` says: the API, a token for it, and a NATS user that may read every event and write none."""
    return {
        "GATEWAY_URL": _gateway_url(state),
        "NATS_URL": everything(state, OBSERVER)["NATS_URL"],
        "TOKEN": tokens.issue(tokens.USER, state.secrets["jwt"], lifetime_seconds=tokens.DAYS * tokens.DAY_SECONDS),
    }


def admin(state: State) -> dict[str, str]:
    """What `admin.env` says: all that services know, with the NATS user that may do everything."""
    return {"GATEWAY_URL": _gateway_url(state), **everything(state, OPERATOR)}


def write(folder: Path, public: Mapping[str, str], admin: Mapping[str, str]) -> None:
    """`stack.env` last: a program that waits for it finds `admin.env` complete."""
    for file, values in ((ADMIN_FILE, admin), (FILE, public)):
        private_files.write(folder / file, "".join(f"{name}={value}\n" for name, value in values.items()))


def read(folder: Path) -> dict[str, str]:
    return _read(folder / FILE)


def read_admin(folder: Path) -> dict[str, str]:
    """Raises: NotRunning."""
    try:
        return _read(folder / ADMIN_FILE)
    except FileNotFoundError as exc:
        remedy = "start it with make run, or pass DATA= with the folder of one that runs"
        raise NotRunning(f"no stack runs on {folder}", remedy=remedy) from exc


def remove(folder: Path) -> None:
    for file in (FILE, ADMIN_FILE):
        (folder / file).unlink(missing_ok=True)


def _gateway_url(state: State) -> str:
    return f"http://{HOST}:{state.ports['gateway']}"


def _read(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines())
