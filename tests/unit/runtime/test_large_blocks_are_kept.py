"""A body's memory serves the next body: the system is asked for it once, not for every one."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from runtime.tuning import tune_malloc
if sys.argv[1] == "kept":
    tune_malloc()
b"x" * (8 * 2**20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    b"x" * (8 * 2**20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_asked_for(how: str) -> int:
    """How many pages the system has to hand over for a hundred bodies of 8 MiB, one after another."""
    told = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True)
    return int(told.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of others keeps blocks as it likes")
def test_a_block_is_handed_over_once() -> None:
    assert pages_asked_for("kept") < pages_asked_for("given back") / 10
