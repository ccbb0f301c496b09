"""What goes wrong on this side of the line: each with a code, what to do about it, and the exit code it leads to."""

from cuecutter.cli.exits import Exit


class CliError(Exception):
    """`detail` is one sentence; `remedy` says what to do; `code` is stable, as those of the server are."""

    def __init__(self, code: str, detail: str, remedy: str, exit_code: Exit = Exit.FAILED) -> None:
        super().__init__(detail)
        self.code, self.detail, self.remedy, self.exit_code = code, detail, remedy, exit_code


def wrong_call(code: str, detail: str, remedy: str) -> CliError:
    """The call itself can't be carried out; nothing was done."""
    return CliError(code, detail, remedy, Exit.WRONG_CALL)
