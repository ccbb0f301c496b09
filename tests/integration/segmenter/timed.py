"""Recordings of noise whose packets have the time stamps that a case wants, and where a stretch of it is found again.

Noise is unlike itself at every other place, so the place that correlates best is where a decoder put it.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np

Keep = Callable[[int, Fraction], bool]  # a packet's number (0-based) and its second in the sound

VIDEO = {"flv": "flv", "mpegts": "mpeg2video", "mpeg": "mpeg2video", "webm": "libvpx", "dv": "mpeg4"}
PLAYED_SECONDS = 30
FRAME = 1024


@dataclass(frozen=True)
class Timed:
    """`PLAYED_SECONDS` of noise in `container`, of which `keep` chooses packets.

    They begin `late` seconds after the container's 0; with `video`, a film begins there. `shake` is added to each
    packet's stamp, in seconds.
    """

    container: str
    codec: str
    rate_hz: int = 48_000
    keep: Keep = lambda n, at: True
    late: float = 0
    video: bool = False
    shake: Callable[[int], float] = lambda n: 0.0
    options: tuple[tuple[str, str], ...] = ()
    muxer: tuple[tuple[str, str], ...] = ()


@cache
def noise(rate_hz: int, seconds: int = PLAYED_SECONDS, seed: int = 7) -> np.ndarray:
    """Mono float32 of 300 to 3,500 Hz: what every codec keeps."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.normal(0, 1, seconds * rate_hz))
    hertz = np.fft.rfftfreq(seconds * rate_hz, 1 / rate_hz)
    spectrum[(hertz < 300) | (hertz > 3_500)] = 0
    sound = np.fft.irfft(spectrum, seconds * rate_hz)
    return np.asarray(sound / np.abs(sound).max() * 0.7, np.float32)


def muxed(case: Timed) -> bytes:
    file = io.BytesIO()
    file.name = "recording"
    with av.open(file, "w", format=case.container, options=dict(case.muxer)) as out:
        film = _film(out, case) if case.video else None
        stream: Any = out.add_stream(case.codec, rate=case.rate_hz, layout="mono", options=dict(case.options))
        stream.bit_rate = 96_000
        queues = [list(_packets(stream, case))] + ([film] if film else [])
        packets = sorted((p for queue in queues for p in queue), key=lambda p: p.dts * p.time_base)
        for packet in packets:
            out.mux(packet)
    return file.getvalue()


def _packets(stream: Any, case: Timed) -> Iterator[Any]:
    base = Fraction(1, case.rate_hz)
    late = round(case.late * case.rate_hz)
    for n, packet in enumerate(_encoded(stream, case)):
        at = packet.pts * packet.time_base
        if not case.keep(n, at):
            continue
        packet.pts = round(at / base) + late + round(case.shake(n) * case.rate_hz)
        packet.dts, packet.time_base = packet.pts, base
        yield packet


def _encoded(stream: Any, case: Timed) -> Iterator[Any]:
    sound = np.rint(noise(case.rate_hz) * 32_767).astype(np.int16)
    for first in range(0, len(sound), FRAME):  # PCM's packets are as long as what they are made from
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis, first : first + FRAME], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = case.rate_hz, first, Fraction(1, case.rate_hz)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _film(out: Any, case: Timed) -> list[Any]:
    stream = out.add_stream(VIDEO.get(case.container, "mpeg4"), rate=25)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    packets: list[Any] = []
    for n in range((PLAYED_SECONDS + round(case.late)) * 25):
        frame = av.VideoFrame(64, 64, "yuv420p")
        frame.pts, frame.time_base = n, Fraction(1, 25)
        packets += stream.encode(frame)
    packets += stream.encode(None)
    return packets


def place_of(second: float, decoded: np.ndarray, rate_hz: int, seconds: float = 0.4) -> tuple[int, float]:
    """At which frame of `decoded` the sound of `second` begins, and how well it correlates there (1: the same)."""
    first = round(second * rate_hz)
    wanted = noise(rate_hz)[first : first + round(seconds * rate_hz)].astype(np.float64)
    size = 1 << (len(decoded) + len(wanted)).bit_length()
    spectrum = np.fft.rfft(decoded.astype(np.float64), size) * np.conj(np.fft.rfft(wanted, size))
    products = np.fft.irfft(spectrum, size)[: len(decoded) - len(wanted) + 1]
    at = int(np.argmax(products))
    found = decoded[at : at + len(wanted)].astype(np.float64)
    norm = np.sqrt((found**2).sum() * (wanted**2).sum())
    return at, float(products[at] / norm) if norm else 0.0
