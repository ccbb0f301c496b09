"""`cuecutter`: the table of commands, and how every one of them ends. No error is a traceback."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import click

from cuecutter import __version__
from cuecutter.cli import account, corrections, cut_command, datasets, results
from cuecutter.cli.exits import Exit
from cuecutter.cli.told import Told, told

_DEBUG: Final = "CUECUTTER_TRACEBACK"

_EXITS: Final = "\n".join(
    (
        "  0 all done; 1 something failed; 2 wrong call; 3 server not reachable;",
        "  4 no valid token; 5 --strict, and a cue was dropped; 130 Ctrl-C.",
    )
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"\b\nExamples:\n  cuecutter login https://cuecutter.example.org\n"
    f"  cuecutter cut chapters/ --for piper -o out/\n  cuecutter ls --status ready\n\n\b\nExit codes:\n{_EXITS}",
)
@click.version_option(__version__, prog_name="cuecutter")
def app() -> None:
    """From a folder of recordings and transcripts to a folder that a TTS trainer loads."""


for command in (
    cut_command.cut,
    account.login,
    datasets.upload,
    datasets.process,
    datasets.watch,
    datasets.ls,
    datasets.show,
    results.segments,
    corrections.cues,
    results.download,
    results.check,
    datasets.cancel,
    datasets.rm,
    account.doctor,
    account.completion,
):
    app.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """The process ends here, with one of `Exit`."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> Exit:
    """Carries out a command line; without one, that of the process."""
    try:
        ended = app.main(arguments, prog_name="cuecutter", standalone_mode=False)
        sys.stdout.flush()
        return ended if isinstance(ended, Exit) else Exit(ended or 0)
    except click.ClickException as exc:
        return _wrong_call(exc)
    except (click.Abort, KeyboardInterrupt):
        print("\nstopped; what the server has begun goes on there", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain about it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except Exception as exc:  # noqa: BLE001 - a person sees one line, whatever it is
        return _failed(exc)


def _wrong_call(exc: click.ClickException) -> Exit:
    context = getattr(exc, "ctx", None)
    command = context.command_path if context else "cuecutter"
    error = Told(detail=exc.format_message(), code="wrong-call", remedy=f"See: {command} --help")
    print(*error.lines(), sep="\n", file=sys.stderr)
    return Exit.WRONG_CALL


def _failed(exc: Exception) -> Exit:
    if os.environ.get(_DEBUG):
        traceback.print_exception(exc)
    error = told(exc) or Told(
        detail=f"This is a fault of cuecutter itself: {type(exc).__name__}.",
        code="internal",
        remedy=f"Report it with what {_DEBUG}=1 adds to this.",
    )
    print(*error.lines(), sep="\n", file=sys.stderr)
    return error.exit_code
