"""cut: from recordings and transcripts to a folder for the trainer, in one line."""

import asyncio
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from cuecutter import AsyncClient
from cuecutter.cli import options, pairs, report, screen
from cuecutter.cli.cutting import Result
from cuecutter.cli.cutting import cut as cut_all
from cuecutter.cli.errors import wrong_call
from cuecutter.cli.exits import Exit
from cuecutter.cli.pairs import Found, Pair
from cuecutter.cli.printing import printable
from cuecutter.cli.screen import Screen
from cuecutter.cli.wish import Wish, default_name, options_of

_FIRST_SECONDS = 4.0
_EXAMPLES = """\b
Examples:
  cuecutter cut chapters/ --for piper -o out/
  cuecutter cut talk.mp3 talk.srt --for xtts -o out/ -O sample_rate=22050
  cuecutter cut chapters/ --for f5-tts -o out/ --validation 0.05 --strict --json
"""


@click.command(epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@options.for_trainer
@click.option("-o", "--output", "out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder.")
@options.run_options
@click.option("--prefer", multiple=True, metavar="ENDING", help="Of several candidates this one, such as .en.srt.")
@click.option("--strict", is_flag=True, help="Exit with 5 when a cue was dropped.")
@click.option("--jobs", type=click.IntRange(1, 32), default=4, show_default=True, help="Pairs at once.")
@click.option("--keep-archive", is_flag=True, help="Keep the archive beside its folder.")
@click.option("--quiet", is_flag=True, help="No progress; the report comes in any case.")
@options.as_json
def cut(
    paths: tuple[Path, ...],
    form: str,
    validation: float | None,
    skip: str | None,
    name: str | None,
    language: str | None,
    out: Path,
    given: tuple[str, ...],
    prefer: tuple[str, ...],
    strict: bool,
    jobs: int,
    keep_archive: bool,
    quiet: bool,
    as_json: bool,
) -> Exit:
    """Make training data of recordings with transcripts: a folder of pairs, or the files of one.

    In a folder and below it, a recording and a transcript of one name are a pair. All of them are uploaded, processed,
    downloaded as one archive for the trainer, and unpacked into the output folder. The same command again does only
    what is missing. After Ctrl-C the server goes on with what it has, and the same command continues.
    """
    wanted = Wish(
        form=form,
        out=out,
        name=name or default_name(paths, form),
        options=options_of(given),
        validation=validation,
        skip=options.flags_of(skip),
        language=language,
        is_strict=strict,
        jobs=jobs,
        keeps_archive=keep_archive,
    )
    found = _found(paths, prefer, out)
    with screen.on(sys.stderr, quiet=quiet) as shown:
        _say_what_is_wrong(found, shown)
        result = _carried_out(found.pairs, wanted, shown)
    return _report(result, found, wanted, as_json)


def _carried_out(found: Sequence[Pair], wanted: Wish, shown: Screen) -> Result:
    async def carry_out() -> Result:
        async with AsyncClient(retry_seconds=_FIRST_SECONDS) as first:
            await first.server()  # one that is not there is said to be so at once, and one that goes away is waited for
        async with AsyncClient() as client:
            return await cut_all(client, client.url, found, wanted, shown)

    try:
        return asyncio.run(carry_out())
    except KeyboardInterrupt:
        shown.say("stopped; the server goes on with what it has. To go on here:")
        shown.say(f"  cuecutter {shlex.join(sys.argv[1:])}")
        raise SystemExit(Exit.INTERRUPTED) from None


def _found(paths: Sequence[Path], prefer: Sequence[str], out: Path) -> Found:
    """Raises: CliError where there is no pair at all."""
    folders = [path for path in paths if path.is_dir()]
    found = pairs.of_files([path for path in paths if not path.is_dir()], prefer)
    for folder in folders:
        inside = pairs.in_folder(folder, prefer, out)
        prefix = f"{folder.resolve().name}/" if len(folders) > 1 else ""
        found.pairs += [Pair(prefix + pair.name, pair.audio, pair.transcript) for pair in inside.pairs]
        found.ambiguous += inside.ambiguous
        found.unmatched += inside.unmatched
    if not found.pairs and not found.ambiguous:
        names = ", ".join(printable(file.name, 80) for file in found.unmatched[:5])
        alone = f" Without the other: {names}." if names else ""
        remedy = "Give both the same name, such as talk.mp3 and talk.srt."
        raise wrong_call("no-pairs", f"There is no recording with a transcript of its name.{alone}", remedy)
    return found


def _say_what_is_wrong(found: Found, shown: Screen) -> None:
    for one in found.ambiguous:
        files = ", ".join(printable(file.name, 80) for file in one.files)
        shown.say(f"error: {printable(one.name)} could be made of several files: {files} (code ambiguous)")
        shown.say("what to do: choose one, such as --prefer .srt, or move the others away")
    for file in found.unmatched:
        shown.say(f"not matched: {printable(str(file))}")


def _report(result: Result, found: Found, wanted: Wish, as_json: bool) -> Exit:
    exit_code = result.exit_code(found, wanted.is_strict)
    if as_json:
        print(report.json_of(result.outcomes, result.collected, found, result.error, exit_code))
    else:
        for line in report.lines_of(result.outcomes, result.collected):
            print(line)
    for name, error in [(one.name, one.error) for one in result.outcomes] + [(wanted.name, result.error)]:
        if error:
            first, *more = error.lines()
            print(first.replace("error: ", f"error: {printable(name)}: ", 1), *more, sep="\n", file=sys.stderr)
    return exit_code
