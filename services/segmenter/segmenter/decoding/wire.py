"""The messages between a segmenter and its decoder process: MessagePack, each message after its length.

Samples and the recording's bytes are in the memory they share; the messages say where. The decoder reads hostile files,
so nothing of what it says is ever executed or unpickled: every reply is one of the structs below, or it is not
understood.
"""

import struct
from typing import Final

import msgspec
from msgspec import Struct

from contracts.events import AudioFacts
from segmenter.domain.selection import Selection

LENGTH: Final = struct.Struct("<I")


class Measure(Struct, frozen=True, tag=True):
    """Request: how long is the recording of `size_bytes`? More than `most_seconds` are refused."""

    size_bytes: int
    most_seconds: int
    selection: Selection


class Decode(Struct, frozen=True, tag=True):
    """Request: its samples as one channel, float64 or int16; frames before `first_frame` are only counted."""

    size_bytes: int
    rate_hz: int
    first_frame: int
    as_float: bool
    selection: Selection


class Block(Struct, frozen=True, tag=True):
    """The reply to `Fetch`: the block's `size` bytes are in the shared memory."""

    size: int


class Taken(Struct, frozen=True, tag=True):
    """The oldest chunk in the ring has been copied; its bytes are free again."""


class Started(Struct, frozen=True, tag=True):
    """Sent once, before the first request is read: which guards of `sandbox.py` this system does not have."""

    missing: tuple[str, ...]


class Fetch(Struct, frozen=True, tag=True):
    """Asks for block `k` of the recording, each of BLOCK_BYTES."""

    k: int


class Alive(Struct, frozen=True, tag=True):
    """Still working; sent once a second if there is nothing else to send."""


class PcmChunk(Struct, frozen=True, tag=True):
    """The next `frames` frames: `size` bytes from `offset` of the ring, 0 for frames before the first wanted one.

    `hole`: there is no sound; they are silence, of which no byte is sent. `cancel`: the channels that they are the
    average of cancel each other.
    """

    frames: int
    offset: int = 0
    size: int = 0
    hole: bool = False
    cancel: bool = False


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


Request = Measure | Decode
Message = Request | Block | Taken
Reply = Started | Fetch | Alive | PcmChunk | Measured | Ended | Failed

_encoder = msgspec.msgpack.Encoder()
message_decoder: Final = msgspec.msgpack.Decoder(Message)
reply_decoder: Final = msgspec.msgpack.Decoder(Reply)


def packed(message: Message | Reply) -> bytes:
    body = _encoder.encode(message)
    return LENGTH.pack(len(body)) + body
