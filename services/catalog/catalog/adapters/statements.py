"""Statements composed with SQLAlchemy and run by the driver itself: written once, not again for each request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import asyncpg

_DIALECT: Final = asyncpg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` has $1, $2 …, whose names are `parameters`, in this order."""

    text: str
    parameters: Sequence[str]

    @classmethod
    def of(cls, query: Select[Any]) -> Self:
        compiled = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        literals = {name for name, value in compiled.params.items() if value is not None}
        assert not literals, f"the statement contains a value: {literals}"
        return cls(str(compiled), tuple(compiled.positiontup or ()))

    def values(self, named: Mapping[str, Any]) -> list[Any]:
        """What to pass for $1, $2 …"""
        return [named[name] for name in self.parameters]
