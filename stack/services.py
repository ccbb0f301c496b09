"""Our own programs: which there are, and which part of the environment each may see."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stack.settings import Settings

_AWS: Final = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "AWS_ENDPOINT_URL_S3",
    "S3_BUCKET_NAME",
)


@dataclass(frozen=True)
class Program:
    """`needs` are names of the public environment, `takes` of what is passed on where it was chosen; `nats_user` is the
    user in its NATS_URL.

    `arguments` follow the interpreter; they name this program and no other.
    """

    name: str
    arguments: tuple[str, ...]
    nats_user: str
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()

    @property
    def argv(self) -> tuple[str, ...]:
        return (sys.executable, *self.arguments)

    def environment(self, everything: Mapping[str, str]) -> dict[str, str]:
        taken = {name: everything[name] for name in self.takes if name in everything}
        return {name: everything[name] for name in ("NATS_URL", *self.needs)} | taken


@dataclass(frozen=True)
class Programs:
    """`setup` runs to its end before `services` start."""

    setup: Program
    services: tuple[Program, ...]


OURS: Final = Programs(
    setup=Program("migrations", ("-m", "migrations"), "topology", ("DATABASE_URL", *_AWS)),
    services=(
        Program("gateway", ("-m", "gateway"), "gateway", ("JWT_SECRET_KEY", *_AWS)),
        Program(
            "segmenter",
            ("-m", "segmenter"),
            "segmenter",
            ("NATS_PURGE_URL", *_AWS),
            ("SWEEP_SECONDS", "KEEP_SUPERSEDED_SECONDS"),
        ),
        Program("manifest", ("-m", "manifest"), "manifest", _AWS),
        Program("catalog", ("-m", "catalog"), "catalog", ("DATABASE_URL",)),
    ),
)


def replicas(programs: Programs, settings: Settings) -> dict[str, Program]:
    """Every process by its own name: `segmenter`, `segmenter-2`, … in order of the table."""
    counts = {"segmenter": settings.segmenters, "manifest": settings.manifests, "catalog": settings.catalogs}
    return {
        program.name if number == 1 else f"{program.name}-{number}": program
        for program in programs.services
        for number in range(1, counts.get(program.name, 1) + 1)
    }
