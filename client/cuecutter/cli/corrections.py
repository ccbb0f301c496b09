"""cues get, cues put: the text and times of a dataset, in a file and back."""

from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from cuecutter.cli import options
from cuecutter.cli.errors import wrong_call
from cuecutter.cli.printing import json_text, printable
from cuecutter.values import Cue, Cues


@click.group()
def cues() -> None:
    """Read and correct the cues of a dataset."""


@cues.command(epilog="\b\nExample:\n  cuecutter cues get ID -o cues.json")
@click.argument("dataset_id", metavar="ID")
@click.option("-o", "--output", "file", type=click.Path(dir_okay=False, path_type=Path), help="Instead of printing it.")
def get(dataset_id: str, file: Path | None) -> None:
    """Every cue as JSON, with the ETag that lets them be put back."""
    with options.quick_client() as client:
        text = json_text(client.cues(dataset_id))
    if file:
        file.write_text(f"{text}\n", encoding="utf-8")
    else:
        print(text)


@cues.command(epilog="\b\nExample:\n  cuecutter cues put ID cues.json && cuecutter process ID --wait")
@click.argument("dataset_id", metavar="ID")
@click.argument("file", type=click.File("rb"))
@click.option("--if-match", "etag", metavar="ETAG", help="Instead of the one in the file; * overwrites any version.")
def put(dataset_id: str, file: BinaryIO, etag: str | None) -> None:
    """Replace all cues by those in FILE (- is standard input), if nobody else has changed them since they were read."""
    found = _read(file.read())
    etag = etag or found.etag
    if not etag:
        raise wrong_call("no-etag", "The file has no ETag.", "Begin with `cues get`, or give --if-match.")
    with options.quick_client() as client:
        dataset = client.replace_cues(dataset_id, found.cues, etag)
    print(f"{printable(dataset.id)}: replaced; its result is {'outdated' if dataset.result_outdated else 'none yet'}")


def _read(body: bytes) -> Cues:
    """What `get` wrote, or a bare list as the server has it. Raises: CliError."""
    try:
        whole = msgspec.json.decode(body, type=Cues | list[Cue])
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        remedy = "Compare it with what `cues get` writes."
        raise wrong_call("cues-file", f"The file is no list of cues: {printable(str(exc))}.", remedy) from exc
    return whole if isinstance(whole, Cues) else Cues("", whole)
