"""What a segmenter and its decoder process say to each other: MessagePack, each message behind its length.

Sound and the recording's bytes lie in the memory they share; the messages say where. The decoder reads hostile files,
so nothing of what it says is ever executed or unpickled: every answer is one of the structs below, or it is not
understood.
"""

import struct
from typing import Final

import msgspec
from msgspec import Struct

from contracts.events import AudioFacts

LENGTH: Final = struct.Struct("<I")


class Measure(Struct, frozen=True, tag=True):
    """Order: how long is the recording of `size_bytes`? More than `most_seconds` are refused."""

    size_bytes: int
    most_seconds: int


class Decode(Struct, frozen=True, tag=True):
    """Order: its samples as one channel, float64 with `as_float`, else int16; silent until frame `first_frame`."""

    size_bytes: int
    rate_hz: int
    first_frame: int
    as_float: bool


class Block(Struct, frozen=True, tag=True):
    """The answer to `Fetch`: the block's `size` bytes are in the shared memory."""

    size: int


class Taken(Struct, frozen=True, tag=True):
    """The oldest sound in the ring has been copied; its place is free again."""


class Started(Struct, frozen=True, tag=True):
    """Said once, before the first order is read: which guards of `sandbox.py` this system does not have."""

    missing: tuple[str, ...]


class Fetch(Struct, frozen=True, tag=True):
    """Asks for block `k` of the recording, each of BLOCK_BYTES."""

    k: int


class Alive(Struct, frozen=True, tag=True):
    """Still at work; said once a second when there is nothing else to say."""


class Sound(Struct, frozen=True, tag=True):
    """The next `frames` frames: `size` bytes from `offset` of the ring, 0 where nobody asked for them."""

    frames: int
    offset: int = 0
    size: int = 0


class Measured(Struct, frozen=True, tag=True):
    audio: AudioFacts


class Ended(Struct, frozen=True, tag=True):
    """The recording ends here."""


class Failed(Struct, frozen=True, tag=True):
    """`error` is the name of an AudioError's class; `seconds` are AudioEndsEarly's."""

    error: str
    detail: str
    seconds: float | None = None
    stated_seconds: float | None = None


Order = Measure | Decode
Message = Order | Block | Taken
Answer = Started | Fetch | Alive | Sound | Measured | Ended | Failed

_encoder = msgspec.msgpack.Encoder()
message_decoder: Final = msgspec.msgpack.Decoder(Message)
answer_decoder: Final = msgspec.msgpack.Decoder(Answer)


def packed(message: Message | Answer) -> bytes:
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body
