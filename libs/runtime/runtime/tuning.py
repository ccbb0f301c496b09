"""What there is at the end of a start stays, so the garbage collector need not look at it again and again.

Looking at all that a service imports takes it 50 ms, in which the event loop stands still.
"""

import gc


def spare_what_is_there() -> None:
    """For the end of a process's start."""
    gc.collect()
    gc.freeze()
