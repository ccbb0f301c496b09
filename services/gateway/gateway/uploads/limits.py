"""What an upload may be, and what all uploads of this process may hold together."""

from typing import Final

from msgspec import Struct

from gateway.domain.fields import FIELDS, MAX_FIELD_BYTES
from gateway.domain.pace import MinRate

MEBIBYTE: Final = 1024 * 1024
PART_BYTES: Final = 8 * MEBIBYTE  # of a recording; a part is sent to the store when it is full
PARTS_SHARE: Final = 4  # a fourth of the memory is for parts that are being sent to the store
MIN_PARTS_IN_FLIGHT: Final = 2
MARGIN_BYTES: Final = 256 * 1024  # boundaries and headers of a body's parts


class Capacity(Struct, frozen=True, kw_only=True):
    """The memory of all uploads in bytes, how many of them a user may have at once, and how slow one may be."""

    memory_bytes: int
    per_user: int
    min_rate: MinRate

    @property
    def parts_in_flight(self) -> int:
        """How many parts may be sent to the store at once."""
        return max(MIN_PARTS_IN_FLIGHT, self.memory_bytes // PARTS_SHARE // PART_BYTES)


class Limits(Struct, frozen=True, kw_only=True):
    """The largest parts accepted, in bytes; how long an upload may take; and the capacity for all uploads together."""

    audio_bytes: int
    transcript_bytes: int
    upload_seconds: float
    capacity: Capacity

    @property
    def body_bytes(self) -> int:
        """No body longer than this can be valid: two full parts, every text field, and what separates them."""
        return self.audio_bytes + self.transcript_bytes + len(FIELDS) * MAX_FIELD_BYTES + MARGIN_BYTES
