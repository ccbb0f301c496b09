"""Recordings made here with FFmpeg's encoders, and byte sources in memory that can be slow, stuck or broken."""

import asyncio
import io
import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.plane import AudioPlane


@dataclass(frozen=True)
class Recipe:
    """How a recording is encoded; `seconds` of it, less a bit, so that no length is a round number."""

    container: str
    codec: str
    rate_hz: int = 44_100
    channels: int = 2
    sample_format: str | None = None
    kbits: int | None = None
    seconds: int = 6
    options: tuple[tuple[str, str], ...] = ()

    @property
    def frames(self) -> int:
        return self.seconds * self.rate_hz - 321


FRAGMENTS = (("movflags", "frag_keyframe+empty_moov"), ("frag_duration", "1000000"))
RECIPES = {
    "mp3, constant rate": Recipe("mp3", "libmp3lame", kbits=128),
    "mp3, variable rate": Recipe("mp3", "libmp3lame", channels=1),
    "mp3 without a Xing header": Recipe("mp3", "libmp3lame", kbits=64, options=(("write_xing", "0"),)),
    "mp3 at 16 kHz": Recipe("mp3", "libmp3lame", 16_000, 1, kbits=32),
    "m4a": Recipe("ipod", "aac", kbits=128),
    "mp4 in fragments": Recipe("mp4", "aac", 48_000, 1, kbits=96, options=FRAGMENTS),
    "m4a of six channels": Recipe("ipod", "aac", 48_000, 6, kbits=256, seconds=3),
    "aac in matroska": Recipe("matroska", "aac", kbits=128),
    "aac in flv": Recipe("flv", "aac", kbits=128),
    "aac in mpeg-ts": Recipe("mpegts", "aac", 48_000, kbits=128),
    "aac without a container": Recipe("adts", "aac", kbits=128),
    "flac": Recipe("flac", "flac"),
    "flac of 24 bits": Recipe("flac", "flac", 48_000, 1, "s32"),
    "flac of six channels": Recipe("flac", "flac", 48_000, 6, seconds=3),
    "flac in ogg": Recipe("ogg", "flac"),
    "flac in matroska": Recipe("matroska", "flac"),
    "vorbis": Recipe("ogg", "vorbis", options=(("strict", "-2"),)),
    "opus": Recipe("ogg", "libopus", 48_000, 1, kbits=48),
    "opus of six channels": Recipe("ogg", "libopus", 48_000, 6, kbits=256, seconds=3),
    "opus of eight channels": Recipe("ogg", "libopus", 48_000, 8, kbits=256, seconds=3),
    "m4a of eight channels": Recipe("ipod", "aac", 48_000, 8, kbits=384, seconds=3),
    "wavpack of sixteen channels": Recipe("wv", "wavpack", 48_000, 16, seconds=3),
    "opus in webm": Recipe("webm", "libopus", 48_000, kbits=64),
    "opus in mp4": Recipe("mp4", "libopus", 48_000, kbits=64),
    "mp3 in mp4": Recipe("mp4", "libmp3lame", kbits=128),
    "mp3 in matroska": Recipe("matroska", "libmp3lame", kbits=128),
    "mp2": Recipe("mp2", "mp2", 48_000, kbits=192),
    "ac3": Recipe("ac3", "ac3", 48_000, kbits=192),
    "alac": Recipe("ipod", "alac"),
    "alac in caf": Recipe("caf", "alac"),
    "aiff": Recipe("aiff", "pcm_s16be"),
    "aifc of floats": Recipe("aiff", "pcm_f32be", seconds=3),
    "caf": Recipe("caf", "pcm_s16le"),
    "w64 of 24 bits": Recipe("w64", "pcm_s24le"),
    "w64 of 8 bits": Recipe("w64", "pcm_u8", seconds=3),
    "au": Recipe("au", "pcm_s16be"),
    "pcm in mov": Recipe("mov", "pcm_s16le"),
    "pcm in matroska": Recipe("matroska", "pcm_s16le"),
    "mu-law wav": Recipe("wav", "pcm_mulaw", 8000, 1),
    "a-law wav": Recipe("wav", "pcm_alaw", 8000, 2),
    "64-bit wav": Recipe("wav", "pcm_s64le", 8000, 2),
    "microsoft adpcm wav": Recipe("wav", "adpcm_ms"),
    "ima adpcm wav": Recipe("wav", "adpcm_ima_wav"),
    "g726 wav": Recipe("wav", "g726", 8000, 1),
    "mp3 wav": Recipe("wav", "libmp3lame", kbits=128),
    "wavpack": Recipe("wv", "wavpack"),
    "tta": Recipe("tta", "tta", sample_format="s16"),
    "wma": Recipe("asf", "wmav2", kbits=128),
    "amr": Recipe("amr", "libopencore_amrnb", 8000, 1),
    "mp2 in a program stream": Recipe("mpeg", "mp2", 48_000, kbits=192),
    "ac3 in a program stream": Recipe("dvd", "ac3", 48_000, kbits=192),
    "pcm in a program stream": Recipe("vob", "pcm_s16be", 48_000),
    "mp3 in avi": Recipe("avi", "libmp3lame", kbits=128),
}
LOSSLESS = ("flac", "flac in ogg", "flac in matroska", "alac", "aiff", "caf", "au", "pcm in mov", "pcm in matroska")


def sound(frames: int, channels: int, seed: int = 1) -> np.ndarray:
    """Two tones under noise as (channels, frames) in int16; no two channels and no two seconds are the same."""
    rng = np.random.default_rng(seed)
    at = np.arange(frames) / frames
    tones = [6000 * np.sin(5655 * (1 + channel) * at * (1 + at)) for channel in range(channels)]
    return (np.stack(tones) + rng.normal(0, 900, (channels, frames))).astype(np.int16)


def encode(recipe: Recipe) -> bytes:
    return encode_sound(recipe, sound(recipe.frames, recipe.channels))


def encode_sound(recipe: Recipe, pcm: np.ndarray) -> bytes:
    file = io.BytesIO()
    file.name = "recording"
    layout = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1", 16: "hexadecagonal"}[recipe.channels]
    with av.open(file, "w", format=recipe.container, options=dict(recipe.options)) as out:
        stream = out.add_stream(recipe.codec, rate=recipe.rate_hz, layout=layout, options=dict(recipe.options))
        assert isinstance(stream, av.AudioStream)
        if recipe.kbits:
            stream.bit_rate = recipe.kbits * 1000
        if recipe.sample_format:
            stream.format = recipe.sample_format
        # Interleaved, because PyAV counts one plane too many where there are eight or more.
        packed = np.ascontiguousarray(pcm.T.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = recipe.rate_hz, 0, Fraction(1, recipe.rate_hz)
        for one in (frame, None):
            out.mux(stream.encode(one))
    return file.getvalue()


def with_a_gap(recipe: Recipe, *, seconds: int) -> bytes:
    """Half the sound, then the other half so much later, as where a recording was paused."""
    file = io.BytesIO()
    left, right = np.array_split(sound(recipe.frames, recipe.channels), 2, axis=1)
    with av.open(file, "w", format=recipe.container) as out:
        stream = out.add_stream(recipe.codec, rate=recipe.rate_hz, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        late = 0
        for part in (left, right):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), format="s16p", layout="stereo")
            frame.sample_rate, frame.time_base = recipe.rate_hz, Fraction(1, recipe.rate_hz)
            frame.pts = late
            for packet in stream.encode(frame):
                out.mux(packet)
            late = part.shape[1] + seconds * recipe.rate_hz
        out.mux(stream.encode(None))
    return file.getvalue()


def silent_film() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for n in range(5):
            frame = av.VideoFrame(32, 32, "yuv420p")
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def ffmpegs_own_decode(data: bytes) -> tuple[np.ndarray, int]:
    """(frames, channels) in FFmpeg's units, and how many packets it could not decode and left out."""
    parts, errors = [], 0
    with av.open(io.BytesIO(data), "r") as container:
        for packet in container.demux(audio=0):
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                errors += 1
                continue
            for frame in frames:
                channels = frame.layout.nb_channels
                planes = [AudioPlane(frame, n) for n in range(channels if frame.format.is_planar else 1)]
                samples = np.stack([np.frombuffer(bytes(plane), _dtype(frame)) for plane in planes])
                if frame.format.is_planar:
                    parts.append(samples[:, : frame.samples].T)
                else:
                    parts.append(samples[0, : frame.samples * channels].reshape(-1, channels))
    return np.concatenate(parts), errors


def _dtype(frame: av.AudioFrame) -> str:
    name = frame.format.name.removesuffix("p")
    return {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}[name]


@dataclass
class MemorySource:
    """An object in memory that remembers which ranges were asked for."""

    data: bytes
    asked: list[tuple[int, int]] = field(default_factory=list)

    @property
    def size_bytes(self) -> int:
        return len(self.data)

    @property
    def furthest(self) -> int:
        return max(first + count for first, count in self.asked)

    async def get_range(self, first: int, count: int) -> bytes:
        self.asked.append((first, count))
        await asyncio.sleep(0)
        return self.data[first : first + count]


class StoreGone(Exception):
    """What an object store raises is not ours to change."""


@dataclass
class FailingSource(MemorySource):
    """Fails for ranges that reach beyond `good_bytes`, `times` times."""

    good_bytes: int = 0
    times: int = 1_000_000

    async def get_range(self, first: int, count: int) -> bytes:
        if first + count > self.good_bytes and self.times:
            self.times -= 1
            raise StoreGone(first)
        return await super().get_range(first, count)


@dataclass
class StuckSource(MemorySource):
    """Answers so many times, then says that somebody waits and answers nobody before `release`."""

    answers: int = 0
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def get_range(self, first: int, count: int) -> bytes:
        if len(self.asked) >= self.answers:
            self.waiting.set()
            await self.release.wait()
        return await super().get_range(first, count)


def decoder_pids() -> list[int]:
    """The living decoder processes that this process started."""
    return [
        int(pid)
        for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        if _decodes(pid)
    ]


def _decodes(pid: str) -> bool:
    try:
        return b"CUECUTTER_DECODER" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
