"""What a person may choose: where the state lives, the gateway's port, how many workers of each kind.

The choices travel in the environment and never in a command line, because counts like SEGMENTERS would put one
service's name into another process's arguments.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from stack.errors import BadSetting

Count = Annotated[int, Meta(ge=1, le=64)]
Port = Annotated[int, Meta(ge=1, le=65_535)]


class Settings(Struct, frozen=True, rename=str.upper):
    data: str = ".data"
    port: Port | None = None
    segmenters: Count = 1
    manifests: Count = 1
    catalogs: Count = 1

    @property
    def folder(self) -> Path:
        """Absolute: children are started in it and must find it from anywhere."""
        return Path(self.data).expanduser().absolute()


def load(env: Mapping[str, str]) -> Settings:
    """An empty value counts as absent, since make exports variables that nobody set.

    Raises: BadSetting naming the variable.
    """
    names = Settings.__struct_encode_fields__
    chosen = {name: env[name] for name in names if env.get(name)}
    try:
        return msgspec.convert(chosen, Settings, strict=False)
    except msgspec.ValidationError as exc:
        name = str(exc).rpartition("$.")[2].rstrip("`") or "environment"
        raise BadSetting(f"{name}={chosen.get(name)!r} cannot be used: {exc}") from exc
