"""segments, download, check: what a run made."""

import itertools
import sys
from pathlib import Path

import click

from cuecutter import Client
from cuecutter.cli import options, screen, unpacking
from cuecutter.cli.errors import wrong_call
from cuecutter.cli.printing import counted, json_line, printable
from cuecutter.cli.tables import aligned

_SORTS = click.Choice(["n", "duration", "-duration", "chars_per_second", "-chars_per_second", "worst"])


@click.command(
    epilog="\b\nExamples:\n  cuecutter segments ID --sort worst\n  cuecutter segments ID --flag too-fast --json"
)
@click.argument("dataset_id", metavar="ID")
@click.option("--flag", metavar="FLAGS", help="Only those that have one of these, such as too-fast,mojibake.")
@click.option("-q", "q", metavar="TEXT", help="Only those whose text contains it.")
@click.option("--sort", type=_SORTS, help="By default by number.")
@click.option("--limit", type=click.IntRange(1), help="The first so many.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each.")
def segments(
    dataset_id: str, flag: str | None, q: str | None, sort: str | None, limit: int | None, as_json: bool
) -> None:
    """The segments of a result."""
    with options.quick_client() as client:
        for one in itertools.islice(client.segments(dataset_id, flag=flag, q=q, sort=sort), limit):
            if as_json:
                print(json_line(one))
            else:
                flags = f"  [{printable(', '.join(one.flags))}]" if one.flags else ""
                print(f"{one.n:6} {one.start:10.3f} {one.duration:7.3f} s  {printable(one.text, 500)}{flags}")


@click.command(
    epilog="\b\nExamples:\n  cuecutter download ID --for piper\n  cuecutter download ID ID --for f5-tts --unpack out/"
)
@options.ids
@options.for_trainer
@click.option("-o", "--output", "file", type=options.PLACE, help="The archive's file.")
@click.option("--unpack", "folder", type=options.PLACE, help="Unpack it into this folder instead of keeping it.")
def download(
    ids: tuple[str, ...],
    form: str,
    validation: float | None,
    skip: str | None,
    name: str | None,
    language: str | None,
    file: Path | None,
    folder: Path | None,
) -> None:
    """Download the results of datasets as one archive for a trainer. What was interrupted is continued."""
    if file and folder:
        raise click.UsageError("Give either --output or --unpack.")
    ending = "tar" if form == "webdataset" else "zip"
    to = file or (folder or Path()) / f"{_stem(name or form)}.{ending}"
    to.parent.mkdir(parents=True, exist_ok=True)
    with Client() as client, screen.on(sys.stderr) as shown:
        work = shown.work(to.name)
        client.download(
            ids,
            form,
            to,
            validation=validation,
            skip=options.flags_of(skip),
            name=name,
            language=language,
            on_progress=lambda done, of: work.at("downloading", done, of, "B"),
        )
        work.end("downloaded")
    print(printable(str(_unpacked(to, folder, form) if folder else to), 4096))


@click.command(epilog="\b\nExample:\n  cuecutter check ID --for xtts")
@options.ids
@options.for_trainer
@options.as_json
def check(
    ids: tuple[str, ...],
    form: str,
    validation: float | None,
    skip: str | None,
    name: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Which clips the trainer would leave out, cut off or stop at, and the option that would save each."""
    with options.quick_client() as client:
        checked = client.check(
            ids, form, validation=validation, skip=options.flags_of(skip), name=name, language=language
        )
    if as_json:
        options.print_json(checked)
        return
    trainer = printable(checked.trainer or form)
    print(f"{trainer} takes {checked.kept} of {checked.clips} clips, {checked.kept_hours:.2f} of {checked.hours:.2f} h")
    if checked.reasons:
        print(f"why not the others: {counted(checked.reasons)}")
    rows = [
        (printable(row.dataset), str(row.n), printable(row.code), printable(row.remedy or "-")) for row in checked.rows
    ]
    print(*aligned([("dataset", "n", "code", "remedy"), *rows] if rows else []), sep="\n", end="\n" if rows else "")
    for note in checked.notes:
        print(f"{printable(note.code)}: {printable(note.detail)}")


def _unpacked(archive: Path, folder: Path, form: str) -> Path:
    to = folder / unpacking.folder_of(archive)
    unpacking.unpack(archive, to, form)
    archive.unlink()
    return to


def _stem(name: str) -> str:
    """Raises: CliError for a name that is no file's."""
    if any(char in "/\\\0" or not char.isprintable() for char in name) or name.strip(". ") == "":
        raise wrong_call("name", "The name can't be that of a file.", "Name the file with -o.")
    return name
