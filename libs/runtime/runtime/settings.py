"""Settings from the environment: all of them at once, checked before anything connects, never shown."""

import sys
from collections.abc import Mapping
from typing import Annotated, NoReturn, TypeVar

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65_535)]

S = TypeVar("S", bound=msgspec.Struct)


def load(env: Mapping[str, str], kind: type[S]) -> S:
    """`kind`'s fields in upper case, from `env`; an empty variable counts as missing.

    Raises: SystemExit (status 2) naming the variables that are missing, or the first that is malformed, by name only:
    a value may be a secret. `kind` may check more in `__post_init__`; its ValueError names the variable itself.
    """
    given = {name: value for name, value in env.items() if value}
    fields = msgspec.structs.fields(kind)
    required = [field.encode_name for field in fields if field.required]
    missing = [name for name in required if name not in given]
    if missing:
        _stop(f"missing settings: {', '.join(missing)}")
    for field in fields:
        if field.encode_name in given:
            _check(field.encode_name, given[field.encode_name], field.type)
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as exc:
        _stop(f"malformed setting: {exc}")


def _check(name: str, value: str, kind: object) -> None:
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as exc:
        wanted = str(exc).split(" - at")[0]
        # msgspec's text describes the type; one that quotes the value is not shown.
        _stop(f"malformed setting: {name}" + ("" if value in wanted else f" ({wanted})"))


def _stop(why: str) -> NoReturn:
    print(f"{why}; set them in the environment and start again (README, Settings)", file=sys.stderr)
    raise SystemExit(2)
