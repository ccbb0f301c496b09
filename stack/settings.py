"""What a person may choose: where the state lives, the gateway's port, how many workers of each kind, what is kept.

The choices travel in the environment and never in a command line, because counts like SEGMENTERS would put one
service's name into another process's arguments.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from stack import choices
from stack.errors import BadSetting

_DATA: Final = ".data"
_FOLDER: Final = "a folder, or a path where one can be made"
_MOST_WORKERS: Final = 64  # of one kind, on one machine
_MOST_SECONDS: Final = 100 * 365 * 24 * 3600  # the most that a date can be put off


class Settings(Struct, frozen=True):
    """`port` None: a free one is chosen at the first start and kept. The last two: None leaves it to the segmenter."""

    data: str = _DATA
    port: int | None = None
    segmenters: int = 1
    manifests: int = 1
    catalogs: int = 1
    sweep_seconds: int | None = None
    keep_superseded_seconds: int | None = None

    @property
    def folder(self) -> Path:
        """Absolute: children are started in it and must find it from anywhere."""
        return Path(self.data).expanduser().absolute()

    @property
    def passed_on(self) -> dict[str, str]:
        """What is said to services as it was chosen, by variable."""
        chosen = {"SWEEP_SECONDS": self.sweep_seconds, "KEEP_SUPERSEDED_SECONDS": self.keep_superseded_seconds}
        return {name: str(value) for name, value in chosen.items() if value is not None}


def load(env: Mapping[str, str]) -> Settings:
    """An empty value counts as absent, since make exports variables that were not set.

    Raises: BadSetting naming every variable that cannot be used.
    """
    readers: dict[str, Callable[[], str | int | None]] = {
        "data": lambda: _data(env.get("DATA") or _DATA),
        "port": lambda: choices.whole(env, "PORT", 1, 65_535, example=8080),
        "segmenters": lambda: choices.whole(env, "SEGMENTERS", 1, _MOST_WORKERS, example=2),
        "manifests": lambda: choices.whole(env, "MANIFESTS", 1, _MOST_WORKERS, example=2),
        "catalogs": lambda: choices.whole(env, "CATALOGS", 1, _MOST_WORKERS, example=2),
        "sweep_seconds": lambda: choices.whole(env, "SWEEP_SECONDS", 1, _MOST_SECONDS, example=600),
        "keep_superseded_seconds": lambda: choices.whole(
            env, "KEEP_SUPERSEDED_SECONDS", 0, _MOST_SECONDS, example=86_400
        ),
    }
    chosen, problems = {}, []
    for name, read in readers.items():
        try:
            chosen[name] = read()
        except BadSetting as exc:
            problems.append(str(exc))
    if problems:
        raise BadSetting("\nerror: ".join(problems))
    return Settings(**{name: value for name, value in chosen.items() if value is not None})  # type: ignore[arg-type]


def _data(text: str) -> str:
    """Raises: BadSetting for what is not a folder and can't become one."""
    try:
        folder = Path(text).expanduser().absolute()
        file = next((path for path in (folder, *folder.parents) if path.exists() and not path.is_dir()), None)
    except RuntimeError as exc:
        raise choices.unusable("DATA", text, _FOLDER, _DATA, but="there is no such user") from exc
    except OSError as exc:
        raise choices.unusable("DATA", text, _FOLDER, _DATA, but=str(exc.strerror)) from exc
    if file is not None:
        raise choices.unusable("DATA", text, _FOLDER, _DATA, but=f"{file} is a file")
    return text
