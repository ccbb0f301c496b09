"""The public environment of a running stack, and the file `stack.env` that tells it to others.

The file exists only while everything answers. A supervisor that is killed leaves it behind until the next start.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from stack import nats, postgres, private_files, s3
from stack.ports import HOST
from stack.state import State

FILE: Final = "stack.env"
BUCKET: Final = "cuecutter"
OBSERVER: Final = "observer"
PURGER: Final = "purger"


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
    """What `stack.env` says: for people and tests, with a NATS user that may read everything."""
    told = {**everything(state, OBSERVER), "GATEWAY_URL": f"http://{HOST}:{state.ports['gateway']}"}
    del told["NATS_PURGE_URL"]
    return told


def write(folder: Path, values: Mapping[str, str]) -> None:
    private_files.write(folder / FILE, "".join(f"{name}={value}\n" for name, value in values.items()))


def read(folder: Path) -> dict[str, str]:
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def remove(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)
