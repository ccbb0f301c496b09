"""upload, process, watch, ls, show, cancel, rm: single datasets."""

import itertools
import sys
from pathlib import Path

import click
import msgspec

from cuecutter import Client
from cuecutter.cli import options, screen
from cuecutter.cli.exits import Exit
from cuecutter.cli.outcome import Outcome
from cuecutter.cli.printing import clock, counted, printable
from cuecutter.cli.screen import Work
from cuecutter.cli.tables import aligned
from cuecutter.cli.wish import options_of
from cuecutter.values import TRANSCRIPT_TYPES, Dataset

_STATUSES = click.Choice(["pending", "processing", "ready", "failed"])


@click.command(epilog="\b\nExample:\n  cuecutter upload talk.mp3 talk.srt --process")
@click.argument("audio", type=options.FILE)
@click.argument("transcript", type=options.FILE)
@click.option("--name", help="By default, that of the recording.")
@click.option("--description", help="For you.")
@click.option("--type", "transcript_type", type=click.Choice(TRANSCRIPT_TYPES), help="By default, found by content.")
@click.option("--encoding", help="Of a transcript that is no UTF-8, such as cp1252.")
@click.option("--process", "auto_process", is_flag=True, help="Begin to process it at once.")
@options.run_options
@options.as_json
def upload(
    audio: Path,
    transcript: Path,
    name: str | None,
    description: str | None,
    transcript_type: str | None,
    encoding: str | None,
    auto_process: bool,
    given: tuple[str, ...],
    as_json: bool,
) -> None:
    """Upload one recording with its transcript, and print its id."""
    with Client() as client, screen.on(sys.stderr) as shown:
        work = shown.work(audio.name)
        dataset = client.upload(
            audio,
            transcript,
            name=name,
            description=description,
            transcript_type=transcript_type,
            transcript_encoding=encoding,
            options=options_of(given) or None,
            auto_process=auto_process,
            on_progress=lambda done, of: work.at("uploading", done, of, "B"),
        )
        work.end("uploaded")
    options.print_json(dataset) if as_json else print(dataset.id)


@click.command(epilog="\b\nExample:\n  cuecutter process ID -O sample_rate=24000 --wait")
@options.ids
@options.run_options
@click.option("--wait", "waits", is_flag=True, help="Until it is ready, as watch does.")
def process(ids: tuple[str, ...], given: tuple[str, ...], waits: bool) -> Exit:
    """Begin a run of each dataset. Without options, those of its last run are taken."""
    wanted = options_of(given) or None
    with options.quick_client() as client:
        exit_code = options.each(ids, lambda one: _say(client.process(one, wanted)))
    return exit_code if exit_code or not waits else _watch(ids)


@click.command(epilog="\b\nExample:\n  cuecutter watch ID")
@options.ids
def watch(ids: tuple[str, ...]) -> Exit:
    """Show the progress of runs until they end. Ctrl-C leaves them going on."""
    return _watch(ids)


@click.command(epilog="\b\nExamples:\n  cuecutter ls --status failed\n  cuecutter ls --json | jq -r '.[].id'")
@click.option("--status", type=_STATUSES, help="Only these.")
@click.option("--limit", type=click.IntRange(1), help="The newest so many.")
@options.as_json
def ls(status: str | None, limit: int | None, as_json: bool) -> None:
    """List your datasets, newest first."""
    with options.quick_client() as client:
        found = list(itertools.islice(client.datasets(status=status), limit))
    if as_json:
        options.print_json(found)
        return
    rows = [(one.id, one.status, str(one.segment_count or 0), _date(one), printable(one.name, 60)) for one in found]
    print(*aligned([("id", "status", "segments", "created", "name"), *rows]), sep="\n")


@click.command(epilog="\b\nExample:\n  cuecutter show ID")
@click.argument("dataset_id", metavar="ID")
@options.as_json
def show(dataset_id: str, as_json: bool) -> None:
    """One dataset: its state, what was kept, dropped and changed, and why a run failed."""
    with options.quick_client() as client:
        dataset = client.dataset(dataset_id)
    if as_json:
        options.print_json(dataset)
        return
    rows = [(name, text) for name, text in _facts(dataset) if text]
    print(*aligned(rows), sep="\n")


@click.command(epilog="\b\nExample:\n  cuecutter cancel ID")
@options.ids
def cancel(ids: tuple[str, ...]) -> Exit:
    """End the runs of datasets; the results before stay."""
    with options.quick_client() as client:
        return options.each(ids, lambda one: _say(client.cancel(one)))


@click.command(epilog="\b\nExample:\n  cuecutter rm ID ID --yes")
@options.ids
@click.option("--yes", is_flag=True, help="Don't ask.")
def rm(ids: tuple[str, ...], yes: bool) -> Exit:
    """Delete datasets from the server, with their recordings. There is no way back."""
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("Without a terminal, rm needs --yes.")
    if not yes:
        click.confirm(f"Delete {len(ids)} dataset{'s' * (len(ids) > 1)} from the server?", abort=True, err=True)

    def delete(one: str) -> None:
        client.delete(one)
        print(f"{printable(one)}: deleted")

    with options.quick_client() as client:
        return options.each(ids, delete)


def _watch(ids: tuple[str, ...]) -> Exit:
    with Client() as client, screen.on(sys.stderr) as shown:

        def until_it_ends(one: str) -> Exit:
            work = shown.work(one)
            dataset = client.wait(one, on_change=lambda now: _show_run(work, now))
            work.end(dataset.status)
            return _say(dataset)

        return options.each(ids, until_it_ends)


def _show_run(work: Work, dataset: Dataset) -> None:
    progress = dataset.progress
    work.at(dataset.status, progress.segments if progress else 0, progress.of if progress else None, "segments")


def _say(dataset: Dataset) -> Exit:
    error = dataset.error
    said = f": {printable(error.detail or error.title)} ({printable(error.code)})" if error else ""
    print(f"{printable(dataset.id)}: {printable(dataset.status)}{said}")
    if error and error.remedy:
        print(f"what to do: {printable(error.remedy)}", file=sys.stderr)
    return Exit.FAILED if dataset.status == "failed" else Exit.OK


def _facts(dataset: Dataset) -> list[tuple[str, str]]:
    outcome = Outcome(name=dataset.name, audio="", transcript="", dataset=dataset)
    error = dataset.error
    return [
        ("id", printable(dataset.id)),
        ("name", printable(dataset.name)),
        ("description", printable(dataset.description)),
        ("status", printable(dataset.status)),
        ("created", _date(dataset)),
        ("options", printable(msgspec.json.encode(dataset.options).decode())),
        ("segments", str(outcome.kept) if dataset.segment_count is not None else ""),
        ("seconds", clock(dataset.total_duration_seconds) if dataset.total_duration_seconds else ""),
        ("dropped", counted(outcome.dropped)),
        ("changed", counted(outcome.changed)),
        ("result", "of an earlier transcript; process it again" if dataset.result_outdated else ""),
        ("error", f"{printable(error.detail or error.title)} ({printable(error.code)})" if error else ""),
        ("what to do", printable(error.remedy) if error else ""),
    ]


def _date(dataset: Dataset) -> str:
    return f"{dataset.created_at:%Y-%m-%d %H:%M}" if dataset.created_at else ""
