"""`python -m benchmarks.serving_system`: a system that serves what is there and processes nothing."""

import os
import sys
from dataclasses import replace
from typing import Final

from stack.__main__ import follow_parent, main
from stack.services import OURS, Programs

ARGUMENTS: Final = ("-m", "benchmarks.serving_system")

_SERVING: Final = ("gateway", "catalog")  # without a catalog the gateway is not ready


def programs() -> Programs:
    return replace(OURS, services=tuple(program for program in OURS.services if program.name in _SERVING))


if __name__ == "__main__":
    follow_parent()
    sys.exit(main(["run"], os.environ, programs()))
