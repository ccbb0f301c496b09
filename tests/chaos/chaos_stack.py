"""`python -m tests.chaos.chaos_stack run`: `make run` with our programs altered and behind our wires.

The wires' ports come as JSON in CHAOS_WIRES: the name of a variable → the port that stands in its URL instead.
"""

import dataclasses
import json
import os
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

from stack import __main__ as entry
from stack.ports import HOST
from stack.services import OURS, Program, Programs

WIRES = "CHAOS_WIRES"


class Wired(Program):
    def environment(self, everything: Mapping[str, str]) -> dict[str, str]:
        ports = json.loads(os.environ[WIRES])
        return {
            name: _through(value, ports[name]) if name in ports else value
            for name, value in super().environment(everything).items()
        }


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    who = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{who[0]}{who[1]}{HOST}:{port}").geturl()


def altered(program: Program) -> Wired:
    given = {field.name: getattr(program, field.name) for field in dataclasses.fields(program)}
    return Wired(**given | {"arguments": ("-m", "tests.chaos.altered", program.name)})


if __name__ == "__main__":
    if os.environ.get("CUECUTTER_FOLLOWS") == "parent":
        entry.follow_parent()
    programs = Programs(setup=altered(OURS.setup), services=tuple(altered(program) for program in OURS.services))
    sys.exit(entry.main(sys.argv[1:], os.environ, programs))
