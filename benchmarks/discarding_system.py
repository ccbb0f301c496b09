"""`python -m benchmarks.discarding_system`: the whole system, with a store for slices that forgets them."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.discarding import PORT_VARIABLE
from stack.__main__ import follow_parent, main
from stack.ports import HOST
from stack.services import OURS, Program, Programs

ARGUMENTS: Final = ("-m", "benchmarks.discarding_system")


@dataclass(frozen=True)
class Redirected(Program):
    """A program whose store is the forgetful one."""

    def environment(self, everything: Mapping[str, str]) -> dict[str, str]:
        store = f"http://{HOST}:{os.environ[PORT_VARIABLE]}"
        return {**super().environment(everything), "AWS_ENDPOINT_URL_S3": store}


def programs() -> Programs:
    services = {program.name: program for program in OURS.services}
    segmenter = services["segmenter"]
    redirected = Redirected(segmenter.name, segmenter.arguments, segmenter.nats_user, segmenter.needs)
    store = Program("discarding", ("-m", "benchmarks.discarding"), "observer", segmenter.needs)
    return replace(OURS, services=(store, *(services | {"segmenter": redirected}).values()))


if __name__ == "__main__":
    follow_parent()
    sys.exit(main(["run"], os.environ, programs()))
