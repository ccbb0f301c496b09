"""The service of the next release: the same code, whose plans have another version."""

import sys

from segmenter.__main__ import main
from segmenter.domain import plan

plan.PLAN_VERSION = "next"  # type: ignore[misc]

if __name__ == "__main__":
    sys.exit(main([]))
