"""WAV files written byte by byte, so that a test can say what is odd about one; and the shared odd files, if there."""

import struct
from pathlib import Path

PCM, FLOAT, MULAW, IMA_ADPCM, EXTENSIBLE = 1, 3, 7, 0x11, 0xFFFE
SHARED_AUDIO = Path(__file__).parents[4] / "shared" / "data"


def chunk(name: bytes, body: bytes, *, size: int | None = None, pad: bool = True, order: str = "<") -> bytes:
    stated = len(body) if size is None else size
    return name + struct.pack(f"{order}I", stated) + body + (b"\0" if pad and len(body) % 2 else b"")


def fmt(
    tag: int = PCM,
    channels: int = 1,
    rate_hz: int = 8000,
    bits: int = 16,
    *,
    align: int | None = None,
    more: bytes = b"",
    order: str = "<",
) -> bytes:
    block = channels * ((bits + 7) // 8) if align is None else align
    head = struct.pack(f"{order}HHIIHH", tag, channels, rate_hz, rate_hz * block, block, bits)
    return chunk(b"fmt ", head + more, order=order)


def extensible(
    channels: int, rate_hz: int, bits: int, *, valid: int, align: int | None = None, tag: int = PCM, order: str = "<"
) -> bytes:
    guid = struct.pack(f"{order}IHH", tag, 0, 16) + bytes.fromhex("800000aa00389b71")
    more = struct.pack(f"{order}HHI", 22, valid, 3) + guid
    return fmt(EXTENSIBLE, channels, rate_hz, bits, align=align, more=more, order=order)


def riff(*chunks: bytes, kind: bytes = b"RIFF", form: bytes = b"WAVE") -> bytes:
    body = b"".join(chunks)
    order = ">" if kind == b"RIFX" else "<"
    return kind + struct.pack(f"{order}I", (4 + len(body)) & 0xFFFFFFFF) + form + body


def shared_files(*names: str) -> list[Path]:
    """Those of the shared recordings that are there: none in a plain checkout."""
    return [path for name in names if (path := SHARED_AUDIO / name).exists()]
