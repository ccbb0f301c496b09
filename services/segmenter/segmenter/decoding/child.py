"""The decoder process: FFmpeg with one recording after another, where a crash or lack of memory harms no other.

It can open no file and no connection and look into no process (`sandbox.py`), and holds no secret; the recording's
bytes and its samples cross memory it shares with the segmenter, and messages its standard input and output. It ends
with its segmenter. Everything it will ever import is imported here, because later it can read no file.
"""

import os
import resource
import signal
import sys
from time import monotonic
from typing import BinaryIO, Final, NoReturn

import av.subtitles.codeccontext
import av.subtitles.stream  # noqa: F401 - av.open imports both when it first meets a file

from runtime.tuning import tune_malloc
from segmenter.decoding import kernel, sandbox, wire
from segmenter.decoding.ring import Ring
from segmenter.decoding.shared_memory import BLOCK_BYTES, CHUNK_BYTES, RING_BYTES, VARIABLE, SharedMemory
from segmenter.domain.cancelling import powers
from segmenter.domain.errors import AudioEndsEarly, AudioError, UnsupportedAudio
from segmenter.domain.pcm import mono
from segmenter.domain.ports import Pcm
from segmenter.domain.timeline import Silence
from segmenter.ffmpeg.decoder import batches, samples_of
from segmenter.probing.length import measure

MEMORY_BYTES: Final = 512 * 2**20  # of data; ordinary recordings need 60 MiB, the largest sane ones 150
ALIVE_SECONDS: Final = 1.0
_FILES: Final = 64


class Segmenter:
    """The other side: blocking messages, and the shared memory. This process ends when the segmenter has ended."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO, memory: SharedMemory) -> None:
        self._incoming, self._outgoing, self._memory = incoming, outgoing, memory
        self._ring = Ring(RING_BYTES)
        self._sent_at = monotonic()

    def next_request(self) -> wire.Request:
        while True:
            message = self._receive()
            if isinstance(message, wire.Request):
                return message

    def fetch(self, k: int) -> memoryview:
        """Block `k` of the recording; it is there until the next one is fetched."""
        self.send(wire.Fetch(k))
        while True:
            message = self._receive()
            if isinstance(message, wire.Block):
                return self._memory.block[: message.size]

    def send_pcm(self, pcm: Pcm, *, cancel: bool) -> None:
        """Waits while the ring is full."""
        step = CHUNK_BYTES // pcm.itemsize
        for first in range(0, len(pcm), step):
            chunk = pcm[first : first + step]
            while (offset := self._ring.take(chunk.nbytes)) is None:
                self._receive()
            self._memory.ring[offset : offset + chunk.nbytes] = chunk.data.cast("B")
            self.send(wire.PcmChunk(len(chunk), offset, chunk.nbytes, cancel=cancel))

    def send(self, message: wire.Reply) -> None:
        try:
            self._outgoing.write(wire.packed(message))
            self._outgoing.flush()
        except OSError:
            _end()
        self._sent_at = monotonic()

    def send_alive(self) -> None:
        if monotonic() - self._sent_at > ALIVE_SECONDS:
            self.send(wire.Alive())

    def _receive(self) -> wire.Message:
        message: wire.Message = wire.message_decoder.decode(
            self._exactly(wire.LENGTH.unpack(self._exactly(wire.LENGTH.size))[0])
        )
        if isinstance(message, wire.Taken):
            self._ring.give_back()
        return message

    def _exactly(self, count: int) -> bytes:
        data = self._incoming.read(count)
        if len(data) < count:
            _end()
        return data


class RemoteFile:
    """The recording as the seekable file that FFmpeg reads, its blocks fetched from the segmenter."""

    def __init__(self, segmenter: Segmenter, size_bytes: int) -> None:
        self._segmenter, self._size = segmenter, size_bytes
        self._position = 0
        self._k = -1  # of the block in hand
        self._block = memoryview(b"")

    def read(self, count: int) -> bytes:
        """At most `count` bytes and never across a block's border; empty at the end of the recording."""
        k, start = divmod(self._position, BLOCK_BYTES)
        if k != self._k:
            self._block, self._k = self._segmenter.fetch(k), k
        data = bytes(self._block[start : start + count])
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
        """Called for every packet, to say that this process is alive."""
        self._segmenter.send_alive()


def main() -> NoReturn:
    """Serves requests until standard input ends."""
    _confine()
    tune_malloc()
    descriptor = int(os.environ[VARIABLE])
    segmenter = Segmenter(sys.stdin.buffer, sys.stdout.buffer, SharedMemory(descriptor))
    os.close(descriptor)
    segmenter.send(wire.Started(sandbox.enter()))
    while True:
        segmenter.send(_outcome(segmenter, segmenter.next_request()))


def _outcome(segmenter: Segmenter, request: wire.Request) -> wire.Reply:
    try:
        if isinstance(request, wire.Measure):
            audio = measure(RemoteFile(segmenter, request.size_bytes), request.most_seconds, request.selection)
            segmenter.send(wire.Measured(audio))
        else:
            _decode(segmenter, request)
        return wire.Ended()
    except AudioEndsEarly as error:
        return wire.Failed(type(error).__name__, str(error), error.seconds, error.stated_seconds)
    except AudioError as error:
        return wire.Failed(type(error).__name__, str(error))
    except MemoryError:
        return wire.Failed(UnsupportedAudio.__name__, "Decoding the audio takes more memory than is given to it.")


def _decode(segmenter: Segmenter, request: wire.Decode) -> None:
    end, selection = 0, request.selection
    for frame in batches(RemoteFile(segmenter, request.size_bytes), selection):
        if isinstance(frame, Silence):
            end += frame.samples
            segmenter.send(wire.PcmChunk(frame.samples, hole=True))
            continue
        if frame.sample_rate != request.rate_hz:
            raise UnsupportedAudio(f"The sound has {frame.sample_rate} Hz, not {request.rate_hz} Hz as planned.")
        end += frame.samples
        if end > request.first_frame:
            samples, channel = samples_of(frame), selection.channel_of(frame.layout.nb_channels)
            cancel = channel is None and powers(samples).cancel
            segmenter.send_pcm(mono(samples, as_float=request.as_float, channel=channel), cancel=cancel)
        else:
            segmenter.send(wire.PcmChunk(frame.samples))  # before the first wanted frame, counting is enough


def _confine() -> None:
    """Ends with the segmenter, writes no file, takes no more memory than a sane recording needs."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the segmenter to handle
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
