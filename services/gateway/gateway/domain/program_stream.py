"""MPEG program streams: packs of packets, each of which begins with a start code (ISO 13818-1, ISO 11172-1)."""

from typing import Final

_START: Final = b"\x00\x00\x01"
_PACK: Final = b"\x00\x00\x01\xba"
_SEQUENCE: Final = 0xB3  # of video alone, without packets
_PACKETS: Final = range(0xBB, 0xF0)  # a stream's header or map, private streams, sound, video
_PACK_BYTES: Final = {1: 12, 2: 14}
PACKS: Final = 2  # that prove a stream which begins in the middle, as one that was cut out of a longer one does


def is_program_stream(head: bytes) -> bool:
    """Whether `head` begins with a pack or a packet, or has packs after whatever it begins with."""
    if head.startswith(_START) and len(head) > 3 and (head[3] in _PACKETS or head[3] in (_PACK[3], _SEQUENCE)):
        return True
    found, at = 0, -1
    while found < PACKS and (at := head.find(_PACK, at + 1)) >= 0:
        found += _is_pack(head, at)
    return found == PACKS


def _is_pack(head: bytes, at: int) -> bool:
    """Whether marks in its header are right, and a packet follows it."""
    first = head[at + 4 : at + 5]
    version = 2 if first and first[0] & 0xC4 == 0x44 else 1 if first and first[0] & 0xF1 == 0x21 else 0
    if not version:
        return False
    end = at + _PACK_BYTES[version]
    if version == 2 and end <= len(head):
        end += head[end - 1] & 7  # bytes of stuffing
    following = head[end : end + 4]
    return len(following) == 4 and following.startswith(_START) and following[3] in _PACKETS
