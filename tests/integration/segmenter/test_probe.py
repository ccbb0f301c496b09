"""What a recording is found to be, and that its planned length is what decoding gives, for every format there is."""

import asyncio
import random
from functools import cache
from pathlib import Path

import pytest

from segmenter.audio.source import open_reader
from segmenter.decoding.process import Decoders
from segmenter.domain.errors import AudioEndsEarly, AudioError, NoAudio, NotAudio, TruncatedHeader, UnsupportedAudio
from segmenter.probing.length import measure_without_decoding
from segmenter.probing.probe import probe
from tests.integration.segmenter.recordings import (
    RECIPES,
    FailingSource,
    MemorySource,
    Recipe,
    StoreGone,
    StuckSource,
    decoder_pids,
    encode,
    ffmpegs_own_decode,
    silent_film,
)
from tests.unit.segmenter.memory_file import File
from tests.unit.segmenter.wav_files import MULAW, PCM, chunk, fmt, riff, shared_files

pytestmark = pytest.mark.apart

recorded = cache(lambda name: encode(RECIPES[name]))

# Measured with FFmpeg's own tools and libsndfile.
FRAMES = {
    "audio/cbr_trailing_id3v1.mp3": 46_080,
    "audio/early_eof_int32.wav": 236,
    "audio/float64_mono.wav": 45_056,
    "audio/fmt_chunk_extra_bytes.wav": 4,
    "audio/gapless_info_header.mp3": 44_100,
    "audio/granule_gap.ogg": 131_568,
    "audio/ima_adpcm.wav": 44_902,
    "audio/inconsistent_block_align_24bit_3ch.wav": 5,
    "audio/list_chunk_in_header_24bit.wav": 15_318,
    "audio/mulaw_stereo.wav": 4410,
    "audio/no_total_samples.flac": 131_568,
    "audio/odd_metadata_chunk_size.wav": 44_100,
    "audio/pcm_u8_mono.wav": 44_100,
    "audio/riff_extra_zero.wav": 5120,
    "audio/silence_22k_mono.wav": 22_032,
    "audio/stereo_with_picture.flac": 131_568,
    "audio/vbr_xing_header_short.mp3": 529,
    "audio/wavex_24bit_mono.wav": 44_100,
    "audio/wavex_24in32bit_48k_stereo.wav": 2,
    "pairs/capitan_veneno_es.mp3": 3_097_403,
    "pairs/cold_corpus3_en.wav": 394_368,
    "pairs/common_voice_22058266_en.mp3": 112_896,
    "pairs/hi_short_en.mp3": 39_383,
    "pairs/hi_short_en.wav": 39_383,
    "pairs/librispeech_61-70968-0000_en.flac": 78_480,
    "pairs/nst_sv_4utt.wav": 420_000,
    "pairs/sonnet001_en.wav": 852_266,
}
BROKEN = {
    "audio/fuzz_oom_22b.wav": "truncated-header",
    "audio/invalid_block_sizes.flac": "truncated-header",
    "audio/no_audio_packets.ogg": "no-audio",
    "audio/not_audio_incrementing_bytes.mp3": "not-audio",
    "audio/not_audio_text_path.mp3": "not-audio",
    "audio/one_byte.wav": "not-audio",
    "audio/truncated_header_22b.wav": "truncated-header",
    "audio/zero_bytes.ogg": "not-audio",
    "audio/zero_frames.wav": "no-audio",
}


def has_to_be_decoded(data: bytes) -> bool:
    """Whether neither a header nor a count of packets tells how long the recording is."""
    return measure_without_decoding(File(data)) is None


def stored(path: Path) -> MemorySource:
    return MemorySource(path.read_bytes())


KNOWN_FILES = shared_files(*FRAMES)
BROKEN_FILES = shared_files(*BROKEN)


@pytest.mark.parametrize("name", RECIPES)
async def test_every_format_is_planned_with_the_frames_it_decodes_to(name: str, decoders: Decoders) -> None:
    data, recipe = recorded(name), RECIPES[name]
    facts = await probe(MemorySource(data), decoders)
    samples, _ = ffmpegs_own_decode(data)
    assert (facts.kind, facts.rate_hz, facts.channels) == ("decoded", recipe.rate_hz, recipe.channels)
    assert facts.frames == len(samples)
    assert facts.declared_frames == 0 or abs(facts.declared_frames - facts.frames) < recipe.rate_hz // 10
    assert not facts.broken_off


async def test_a_pcm_wav_is_known_by_its_header_alone(decoders: Decoders) -> None:
    data = riff(fmt(PCM, 2, 44_100, 24), chunk(b"data", bytes(6 * 1_000_000)))
    source = MemorySource(data)
    facts = await probe(source, decoders)
    assert (facts.kind, facts.frames, facts.declared_frames, facts.codec) == ("wav", 1_000_000, 1_000_000, "s24")
    assert (facts.ffmpeg, source.furthest) == ("", 65_536)


async def test_a_decoded_recording_names_the_libraries_its_samples_depend_on(decoders: Decoders) -> None:
    data = recorded("flac")
    facts = await probe(MemorySource(data), decoders)
    names = facts.ffmpeg.split()[::2]
    assert (names, facts.codec) == (["libavcodec", "libavformat"], "flac")
    assert not has_to_be_decoded(data)


async def test_a_flac_that_was_cut_off_states_more_than_is_there(decoders: Decoders) -> None:
    data = recorded("flac")[: len(recorded("flac")) // 2]
    facts = await probe(MemorySource(data), decoders)
    assert (facts.declared_frames, has_to_be_decoded(data)) == (RECIPES["flac"].frames, False)
    assert facts.frames < 0.6 * RECIPES["flac"].frames


@pytest.mark.parametrize("name", ["wavpack", "tta"])
async def test_a_recording_that_was_cut_off_states_more_than_it_decodes_to(name: str, decoders: Decoders) -> None:
    data = recorded(name)[: len(recorded(name)) * 3 // 4]
    facts = await probe(MemorySource(data), decoders)
    assert (facts.declared_frames, has_to_be_decoded(data)) == (RECIPES[name].frames, True)
    assert facts.frames < 0.8 * RECIPES[name].frames


async def test_a_wavpack_whose_writer_never_came_back_states_nothing(decoders: Decoders) -> None:
    data, at = bytearray(recorded("wavpack")), -1
    while (at := data.find(b"wvpk", at + 1)) >= 0:
        data[at + 12 : at + 16] = b"\xff" * 4
    facts = await probe(MemorySource(bytes(data)), decoders)
    assert (facts.frames, facts.declared_frames) == (RECIPES["wavpack"].frames, 0)


@pytest.mark.parametrize("between", [b"", b"ID3\x04\x00\x00\x00\x00\x10\x00" + bytes(2048)], ids=["bare", "tagged"])
async def test_joined_mp3_files_are_one_recording(between: bytes, decoders: Decoders) -> None:
    one = recorded("mp3, constant rate")
    data = one + between + one
    facts = await probe(MemorySource(data), decoders)
    samples, unreadable = ffmpegs_own_decode(data)
    assert unreadable > 0
    assert (facts.frames, has_to_be_decoded(data)) == (len(samples), True)
    assert (facts.declared_frames, facts.broken_off) == (0, False)


async def test_a_damaged_mp3_is_counted_by_decoding_it(decoders: Decoders) -> None:
    data = bytearray(recorded("mp3, constant rate"))
    data[60_000:60_500] = bytes(500)
    facts = await probe(MemorySource(bytes(data)), decoders)
    samples, unreadable = ffmpegs_own_decode(bytes(data))
    assert unreadable > 0
    assert (facts.frames, has_to_be_decoded(bytes(data))) == (len(samples), True)


async def test_joined_mp3_files_of_different_rates_are_refused_with_the_second_of_the_change(
    decoders: Decoders,
) -> None:
    data = recorded("mp3 without a Xing header") + recorded("mp3 at 16 kHz")
    with pytest.raises(UnsupportedAudio, match=r"sample rate from 44100 to 16000 Hz at 6\.0\d\d s"):
        await probe(MemorySource(data), decoders)


async def test_a_hole_in_a_recording_is_named(decoders: Decoders) -> None:
    data = recorded("aac without a container")
    damaged = data[:60_000] + aac_headers_with_noise(data[60_000:70_000]) + data[70_000:]
    with pytest.raises(AudioEndsEarly, match="the file goes on") as caught:
        await probe(MemorySource(damaged), decoders)
    assert 3.6 < caught.value.seconds < 3.9  # at 128 kbit/s


async def test_a_recording_that_breaks_off_in_noise_ends_where_the_noise_begins(decoders: Decoders) -> None:
    data = recorded("aac without a container")
    facts = await probe(MemorySource(data[:60_000] + aac_headers_with_noise(data[60_000:70_000])), decoders)
    assert 3.6 < facts.frames / facts.rate_hz < 3.9
    assert facts.broken_off


def aac_headers_with_noise(data: bytes) -> bytes:
    """Keeps the seven bytes with which each frame begins, so that it is still a frame, of nothing."""
    out, at = bytearray(data), data.find(b"\xff\xf1")
    while 0 <= at < len(data) - 7:
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        out[at + 7 : at + length] = b"\xff" * (min(at + length, len(data)) - at - 7)
        at += length
    return bytes(out)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAudio),
        (b"This is a transcript, not a recording.\n" * 100, NotAudio),
        (bytes(range(256)) * 40, NotAudio),
        (riff(fmt(), chunk(b"data", b"")), NoAudio),
        (riff(fmt()), TruncatedHeader),
        (riff(fmt(MULAW, 1, 8000, 8), chunk(b"data", b"")), NoAudio),
        (riff(fmt(PCM, 65, 8000, 16), chunk(b"data", bytes(1300))), UnsupportedAudio),
        (riff(fmt(PCM, 1, 999, 16), chunk(b"data", bytes(1300))), UnsupportedAudio),
        (riff(fmt(PCM, 1, 768_001, 16), chunk(b"data", bytes(1300))), UnsupportedAudio),
    ],
)
async def test_what_cannot_be_cut_says_why_and_what_to_do(
    data: bytes, error: type[AudioError], decoders: Decoders
) -> None:
    with pytest.raises(error) as caught:
        await probe(MemorySource(data), decoders)
    assert str(caught.value).endswith(".")
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize("name", ["mu-law wav", "a-law wav", "microsoft adpcm wav", "ima adpcm wav", "mp3 wav"])
async def test_a_coded_wav_that_is_cut_off_tells_what_its_header_promised(name: str, decoders: Decoders) -> None:
    whole = await probe(MemorySource(recorded(name)), decoders)
    assert whole.declared_frames == 0
    cut = await probe(MemorySource(recorded(name)[: len(recorded(name)) * 3 // 4]), decoders)
    assert cut.frames < whole.frames * 0.8
    assert cut.declared_frames == pytest.approx(whole.frames, rel=0.01)
    assert not cut.broken_off  # how much is missing is known


async def test_a_video_without_sound_has_no_audio_track(decoders: Decoders) -> None:
    with pytest.raises(NoAudio, match="no audio track"):
        await probe(MemorySource(silent_film()), decoders)


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile {path}\n",
        "ffconcat version 1.0\nfile other.flac\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{path}\n#EXT-X-ENDLIST\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    ],
)
async def test_a_playlist_never_makes_ffmpeg_open_another_file(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decoders: Decoders
) -> None:
    other = tmp_path / "other.flac"
    other.write_bytes(recorded("flac"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotAudio):
        await probe(MemorySource(text.format(path=other).encode()), decoders)


@pytest.mark.parametrize(
    "name", ["mp3, variable rate", "m4a", "flac", "vorbis", "opus in webm", "ima adpcm wav", "alac in caf"]
)
async def test_no_damage_does_more_than_fail_cleanly(name: str, decoders: Decoders) -> None:
    data, dice = recorded(name), random.Random(name)
    for round_ in range(12):
        broken = bytearray(data[: dice.randrange(len(data))] if round_ % 2 else data)
        for _ in range(dice.randint(0, 40)):
            broken[dice.randrange(len(broken) or 1)] = dice.randrange(256)
        source = MemorySource(bytes(broken))
        try:
            facts = await probe(source, decoders)
            reader = open_reader(facts, source, decoders)
            try:
                assert len(await reader.read(0, facts.frames)) <= facts.frames
            finally:
                await reader.aclose()
        except AudioError as error:
            assert error.code  # noqa: PT017


async def test_what_the_store_raises_reaches_the_caller_unchanged(decoders: Decoders) -> None:
    with pytest.raises(StoreGone):
        await probe(FailingSource(recorded("flac")), decoders)
    with pytest.raises(StoreGone):
        await probe(FailingSource(riff(fmt(), chunk(b"data", bytes(20)))), decoders)
    long = encode(Recipe("ogg", "flac", seconds=60))
    with pytest.raises(StoreGone):
        await probe(FailingSource(long, good_bytes=2 * 2**20), decoders)


async def test_a_probe_that_is_given_up_leaves_no_decoder(decoders: Decoders) -> None:
    source = StuckSource(recorded("flac"), answers=1)  # the first is whether it is a WAV, asked without a decoder
    task = asyncio.create_task(probe(source, decoders))
    await source.waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert decoder_pids() == []


if KNOWN_FILES:

    @pytest.mark.parametrize("path", KNOWN_FILES, ids=lambda path: path.name)
    async def test_odd_files_found_elsewhere_have_the_frames_that_were_measured(path: Path, decoders: Decoders) -> None:
        facts = await probe(stored(path), decoders)
        assert facts.frames == FRAMES[f"{path.parent.name}/{path.name}"]


if BROKEN_FILES:

    @pytest.mark.parametrize("path", BROKEN_FILES, ids=lambda path: path.name)
    async def test_broken_files_found_elsewhere_say_what_is_wrong(path: Path, decoders: Decoders) -> None:
        with pytest.raises(AudioError) as caught:
            await probe(stored(path), decoders)
        assert caught.value.code == BROKEN[f"{path.parent.name}/{path.name}"]
