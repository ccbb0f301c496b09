"""`make dead-letters` and `make replay`: the bus's own command, with the rights that `admin.env` gives."""

from collections.abc import Mapping, Sequence

from bus import dead_letters
from stack import choices, environment
from stack.errors import BadSetting
from stack.settings import Settings


def run(settings: Settings, arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """The exit code. `replay` without a number takes the one that LETTER names.

    Raises: NotRunning, BadSetting.
    """
    if list(arguments) == ["replay"]:
        arguments = ["replay", str(_letter(env))]
    return dead_letters.main(list(arguments), environment.read_admin(settings.folder))


def _letter(env: Mapping[str, str]) -> int:
    number = choices.whole(env, "LETTER", 1, 10**12 - 1, example=3)
    if number is None:
        raise BadSetting("LETTER is missing, for example LETTER=3", remedy="make dead-letters shows the numbers")
    return number
