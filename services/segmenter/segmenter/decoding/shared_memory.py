"""Memory that the segmenter shares with a decoder process: the recording's bytes go in, samples come out.

A pipe copies everything four times on its way through Python, and wakes both sides for every 64 KiB; this is one copy
on each side. Only short messages cross the pipes, and say what lies where.
"""

import fcntl
import os
import tempfile
from mmap import mmap
from typing import Final

VARIABLE: Final = "CUECUTTER_DECODER_MEMORY"  # of the environment: the descriptor, for the decoder
BLOCK_BYTES: Final = 2 * 2**20  # of the recording, one at a time: the next is asked for when this one is read
RING_BYTES: Final = 4 * 2**20  # 47 s of 44.1 kHz, so that neither side waits for the other's pauses
CHUNK_BYTES: Final = RING_BYTES // 4  # the most that is put into the ring at once
_SIZE: Final = BLOCK_BYTES + RING_BYTES


class SharedMemory:
    """The memory behind a descriptor of `create`: `block` holds the block that was fetched last, `ring` samples."""

    def __init__(self, descriptor: int) -> None:
        view = memoryview(mmap(descriptor, _SIZE))
        self.block, self.ring = view[:BLOCK_BYTES], view[BLOCK_BYTES:]


def create() -> int:
    """A descriptor of new memory that has no name and lives as long as a process holds it. The caller closes it.

    Its size is sealed: a decoder that was taken over could otherwise shrink it, which would kill the segmenter.
    """
    if hasattr(os, "memfd_create"):  # Linux
        descriptor = os.memfd_create("decoded", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, _SIZE)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return descriptor
    with tempfile.TemporaryFile() as file:
        file.truncate(_SIZE)
        return os.dup(file.fileno())
