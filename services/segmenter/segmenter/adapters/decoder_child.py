"""The decoder process: FFmpeg alone with one recording after another, where its crash or its hunger hurts nobody.

It opens no file and no connection, and holds no secret; the bytes come over its standard input from the segmenter,
and samples go back over its standard output. It ends with its segmenter.
"""

import ctypes
import fcntl
import os
import resource
import signal
import sys
from contextlib import suppress
from time import monotonic
from typing import BinaryIO, Final, NoReturn

from objects import keep_large_blocks
from segmenter.adapters import wire
from segmenter.adapters.decoder import batches, samples_of
from segmenter.adapters.length import measure
from segmenter.domain.errors import AudioEndsEarly, AudioError, UnsupportedAudio
from segmenter.domain.pcm import mono

MEMORY_BYTES: Final = 512 * 2**20  # of data; ordinary recordings need 60 MiB, the largest sane ones 150
ALIVE_SECONDS: Final = 1.0
_PIPE_BYTES: Final = 2**20  # as much as Linux gives to anybody; with less the two processes wait for each other
_FILES: Final = 64
_PR_SET_PDEATHSIG: Final = 1


class Pipe:
    """Blocking messages; the process ends when the other side has gone."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._said = monotonic()

    def receive(self) -> bytes:
        return self._exactly(wire.LENGTH.unpack(self._exactly(wire.LENGTH.size))[0])

    def send(self, message: wire.Answer) -> None:
        try:
            self._outgoing.write(wire.packed(message))
            self._outgoing.flush()
        except OSError:
            _end()
        self._said = monotonic()

    def send_alive(self) -> None:
        if monotonic() - self._said > ALIVE_SECONDS:
            self.send(wire.Alive())

    def _exactly(self, count: int) -> bytes:
        data = self._incoming.read(count)
        if len(data) < count:
            _end()
        return data


class RemoteFile:
    """The recording as the seekable file that FFmpeg reads, its blocks fetched from the segmenter."""

    def __init__(self, pipe: Pipe, size_bytes: int) -> None:
        self._pipe, self._size = pipe, size_bytes
        self._position = 0
        self._k = -1  # of the block in hand
        self._block = b""

    def read(self, count: int) -> bytes:
        """At most `count` bytes and never across a block's border; empty at the end of the recording."""
        k, start = divmod(self._position, wire.BLOCK_BYTES)
        if k != self._k:
            self._pipe.send(wire.Fetch(k))
            self._block, self._k = wire.block_decoder.decode(self._pipe.receive()).data, k
        data = self._block[start : start + count]
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = max(0, offset + (0, self._position, self._size)[whence])
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def check(self) -> None:
        """Called for every packet: says that the work goes on."""
        self._pipe.send_alive()


def main() -> NoReturn:
    """Serves orders until standard input ends."""
    _confine()
    keep_large_blocks()
    pipe = Pipe(sys.stdin.buffer, sys.stdout.buffer)
    while True:
        order = wire.order_decoder.decode(pipe.receive())
        pipe.send(_outcome(pipe, order))


def _outcome(pipe: Pipe, order: wire.Order) -> wire.Answer:
    try:
        if isinstance(order, wire.Measure):
            pipe.send(wire.Measured(measure(RemoteFile(pipe, order.size_bytes), order.most_seconds)))
        else:
            _decode(pipe, order)
        return wire.Ended()
    except AudioEndsEarly as error:
        return wire.Failed(type(error).__name__, str(error), error.seconds, error.stated_seconds)
    except AudioError as error:
        return wire.Failed(type(error).__name__, str(error))
    except MemoryError:
        return wire.Failed(UnsupportedAudio.__name__, "Decoding the audio takes more memory than is given to it.")


def _decode(pipe: Pipe, order: wire.Decode) -> None:
    end = 0
    for frame in batches(RemoteFile(pipe, order.size_bytes)):
        if frame.sample_rate != order.rate_hz:
            raise UnsupportedAudio(f"The sound has {frame.sample_rate} Hz, not {order.rate_hz} Hz as planned.")
        end += frame.samples
        # Before the first frame that may be asked for, counting is enough.
        wanted = end > order.first_frame
        pipe.send(wire.Sound(frame.samples, mono(samples_of(frame), exact=order.exact).tobytes() if wanted else b""))


def _confine() -> None:
    """Ends with the segmenter, writes no file, takes no more memory than a sane recording needs."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # the user may have too many already
            fcntl.fcntl(sys.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the segmenter to answer
    _limit(resource.RLIMIT_DATA, MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _FILES)


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))


def _end() -> NoReturn:
    os._exit(0)
