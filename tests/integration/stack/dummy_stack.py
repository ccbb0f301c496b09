"""`python -m stack` with dummies for our services and the real servers: fast, and independent of the services."""

import dataclasses
import os
import sys
from pathlib import Path

from stack import __main__ as entry
from stack.services import OURS, Program, Programs

HERE = Path(__file__).parent


def dummy(program: Program) -> Program:
    if program.name == "gateway" and sys.argv[1:] == ["demo"]:
        return dataclasses.replace(program, arguments=("-m", "tests.integration.stack.dummy_gateway"))
    return dataclasses.replace(program, arguments=(str(HERE / "dummy_service.py"), program.name))


DUMMIES = Programs(
    setup=dataclasses.replace(OURS.setup, arguments=(str(HERE / "dummy_setup.py"),)),
    services=tuple(dummy(program) for program in OURS.services),
)

if __name__ == "__main__":
    if os.environ.get("CUECUTTER_FOLLOWS") == "parent":
        entry.follow_parent()
    sys.exit(entry.main(sys.argv[1:], os.environ, DUMMIES))
