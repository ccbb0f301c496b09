"""Decoder processes, as the segmenter sees them: a recording in, its length or its samples out.

A file that crashes FFmpeg, or makes it take all memory, costs its own dataset and nothing else. One that lets it hang
is noticed after HANG_SECONDS. A process serves requests one after another and is ended after any that did not end well.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from contracts.events import AudioFacts
from segmenter.decoding import wire
from segmenter.decoding.byte_blocks import ByteBlocks
from segmenter.decoding.shared_memory import BLOCK_BYTES, RING_BYTES, VARIABLE, SharedMemory, create
from segmenter.domain.errors import AudioEndsEarly, AudioError, DecoderCrashed, UnsupportedAudio
from segmenter.domain.ports import ByteSource
from segmenter.domain.selection import DEFAULT, Selection
from segmenter.metrics import show_guards

MOST_SECONDS: Final = 48 * 3600  # a decode cannot be resumed, and a span's job lives as long
HANG_SECONDS: Final = 60.0  # without a message, though it sends one every second
MAX_IDLE: Final = 2  # planning and cutting at the same time
MAX_REQUESTS: Final = 50  # what FFmpeg may leak is bounded
MAX_REPLY_BYTES: Final = 64 * 2**10  # an error's text is the longest
_AHEAD: Final = 1
_KEEP: Final = 4  # FFmpeg goes back to places it has been: an index at the end, a block again after probing
# The module's name travels in the environment, because a command line must name the service only for its worker.
_MODULE: Final = "CUECUTTER_DECODER"
_CHILD: Final = "segmenter.decoding.child"
_COMMAND: Final = (
    f"from importlib import import_module; from os import environ; import_module(environ['{_MODULE}']).main()"
)
_INHERITED: Final = ("PATH", "PYTHON", "LANG", "LC_", "LD_", "TMPDIR", "CUECUTTER_")  # names begin so; no secret does
# A file that makes FFmpeg end so will do it again; any other end has a cause outside of the file.
_CRASHES: Final = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS}
)
_log = logging.getLogger(__name__)
_ERRORS: Final = {kind.__name__: kind for kind in AudioError.__subclasses__() if kind is not AudioEndsEarly}


class DecoderLost(Exception):
    """The decoder process was ended from outside, or hung; another try may well succeed."""


@dataclass(frozen=True, slots=True)
class PcmChunk:
    """The next `frames` frames as samples in `pcm`, which is empty for those before the first wanted frame.

    Of a `hole` it is empty, too: they are silence.
    """

    frames: int
    pcm: bytes
    hole: bool = False
    cancel: bool = False  # the channels that they are the average of cancel each other


class Decoders:
    """Async context manager; leaving it ends every process. Recordings of more than `most_seconds` are refused."""

    def __init__(self, most_seconds: int = MOST_SECONDS) -> None:
        self._most_seconds = most_seconds
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._missing: tuple[str, ...] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in [*self._idle, *self._busy]:
            await process.end()

    async def measure(self, source: ByteSource, selection: Selection = DEFAULT) -> AudioFacts:
        """Raises: AudioError; DecoderLost; what the byte source raises."""
        request = wire.Measure(source.size_bytes, self._most_seconds, selection)
        async with aclosing(self._replies(request, source)) as replies:
            (audio,) = [reply.audio async for reply in replies if isinstance(reply, wire.Measured)]
        return audio

    def decode(
        self,
        source: ByteSource,
        *,
        rate_hz: int,
        first_frame: int,
        as_float: bool,
        selection: Selection = DEFAULT,
    ) -> AsyncGenerator[PcmChunk, None]:
        """The recording from its beginning, about a second at a time, as float64 or int16. The caller closes it.

        Raises: AudioError; DecoderLost; what the byte source raises.
        """
        return self._chunks(wire.Decode(source.size_bytes, rate_hz, first_frame, as_float, selection), source)

    async def _chunks(self, request: wire.Decode, source: ByteSource) -> AsyncGenerator[PcmChunk, None]:
        async with aclosing(self._replies(request, source)) as replies:
            async for reply in replies:
                if isinstance(reply, PcmChunk):
                    yield reply

    async def _replies(self, request: wire.Request, source: ByteSource) -> AsyncGenerator[wire.Reply | PcmChunk, None]:
        """All replies up to Ended, except those that ask for blocks."""
        blocks = ByteBlocks(source, BLOCK_BYTES, ahead=_AHEAD, keep=_KEEP)
        try:
            async with self._process() as process:
                await process.send(request)
                while not isinstance(reply := await process.receive(), wire.Ended):
                    match reply:
                        case wire.Started(missing=missing):
                            self._report_missing(missing)
                        case wire.Fetch(k=k):
                            await process.give(await blocks.get(k))
                        case wire.PcmChunk():
                            yield await process.take(reply)
                        case wire.Failed():
                            raise _error_of(reply)
                        case _:
                            yield reply
        finally:
            await blocks.aclose()

    def _report_missing(self, missing: tuple[str, ...]) -> None:
        """In a figure, and where a guard is missing in a line, once: the next decoder will say the same."""
        show_guards(missing)
        if missing and missing != self._missing:
            _log.warning("decoder guards missing", extra={"fields": {"missing": ", ".join(missing)}})
        self._missing = missing

    @asynccontextmanager
    async def _process(self) -> AsyncIterator["_Process"]:
        process = self._idle.pop() if self._idle else await _Process.start()
        self._busy.add(process)
        well = False
        try:
            yield process
            well = True
        finally:
            self._busy.discard(process)
            if well and process.requests < MAX_REQUESTS and len(self._idle) < MAX_IDLE:
                self._idle.append(process)
            else:
                await process.end()


class _Process:
    """One decoder process, the pipes to it and the memory it shares."""

    def __init__(self, process: asyncio.subprocess.Process, memory: SharedMemory) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._to, self._from = process, process.stdin, process.stdout
        self._memory = memory
        self.requests = 0

    @classmethod
    async def start(cls) -> "_Process":
        env = {name: value for name, value in os.environ.items() if name.startswith(_INHERITED)}
        env |= {_MODULE: _CHILD, "OPENBLAS_NUM_THREADS": "1"}
        descriptor = create()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _COMMAND,
                env=env | {VARIABLE: str(descriptor)},
                pass_fds=(descriptor,),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            return cls(process, SharedMemory(descriptor))
        finally:
            os.close(descriptor)

    async def give(self, block: bytes) -> None:
        """Puts a block of the recording where the decoder reads it. Raises: DecoderCrashed, DecoderLost."""
        self._memory.block[: len(block)] = block
        await self.send(wire.Block(len(block)))

    async def take(self, chunk: wire.PcmChunk) -> PcmChunk:
        """Copies what the decoder says is in the ring. Raises: DecoderCrashed, DecoderLost."""
        if not 0 <= chunk.offset <= chunk.offset + chunk.size <= RING_BYTES:
            raise DecoderLost(f"the decoder names {chunk.size} bytes from {chunk.offset} of its memory")
        pcm = bytes(self._memory.ring[chunk.offset : chunk.offset + chunk.size])
        if pcm:
            await self.send(wire.Taken())
        return PcmChunk(chunk.frames, pcm, chunk.hole, chunk.cancel)

    async def send(self, message: wire.Message) -> None:
        """Raises: DecoderCrashed, DecoderLost."""
        self.requests += isinstance(message, wire.Request)
        try:
            self._to.write(wire.packed(message))
            await self._to.drain()
        except OSError as exc:
            raise await self._why_it_ended() from exc

    async def receive(self) -> wire.Reply:
        """Raises: DecoderCrashed, DecoderLost."""
        try:
            async with asyncio.timeout(HANG_SECONDS):
                size = wire.LENGTH.unpack(await self._from.readexactly(wire.LENGTH.size))[0]
                if size > MAX_REPLY_BYTES:
                    raise DecoderLost(f"the decoder announces a reply of {size} bytes")
                reply: wire.Reply = wire.reply_decoder.decode(await self._from.readexactly(size))
                return reply
        except TimeoutError as exc:
            raise DecoderLost(f"no message from the decoder for {HANG_SECONDS:g} s") from exc
        except (asyncio.IncompleteReadError, ConnectionError) as exc:
            raise await self._why_it_ended() from exc

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def _why_it_ended(self) -> Exception:
        number = -await self._process.wait()
        if number in _CRASHES:
            return DecoderCrashed(f"The audio makes the decoder crash ({signal.Signals(number).name}).")
        return DecoderLost(f"the decoder process ended by itself (status {-number})")


def _error_of(failed: wire.Failed) -> AudioError:
    if failed.error == AudioEndsEarly.__name__ and failed.seconds is not None:
        return AudioEndsEarly(failed.seconds, failed.stated_seconds)
    return _ERRORS.get(failed.error, UnsupportedAudio)(failed.detail)
