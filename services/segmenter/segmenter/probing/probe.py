"""What a stored recording is: found by its bytes, never by its name."""

from msgspec import structs

from contracts.events import AudioFacts
from segmenter.domain.errors import NoAudio
from segmenter.domain.ports import ByteSource, Measures
from segmenter.domain.wav import HeaderScan, Need, NotPcm, WavLayout
from segmenter.ffmpeg.decoder import check_form, ffmpeg_versions


async def probe(source: ByteSource, decoders: Measures) -> AudioFacts:
    """The recording's facts. Reads the header of a PCM WAV; of anything else up to all of it.

    Raises: AudioError when it cannot be cut; DecoderLost; what the byte source raises.
    """
    layout = await _wav_layout(source)
    if isinstance(layout, NotPcm):
        return _decoded_facts(await decoders.measure(source), layout)
    check_form(layout.rate_hz, layout.channels)
    if not layout.frames:
        raise NoAudio("The WAV file's header is complete and no sound follows it.")
    return _wav_facts(layout)


async def _wav_layout(source: ByteSource) -> WavLayout | NotPcm:
    scan = HeaderScan(source.size_bytes)
    step: WavLayout | NotPcm | Need = scan.start
    while isinstance(step, Need):
        count = min(step.count, source.size_bytes - step.offset)
        data = await source.get_range(step.offset, count) if count > 0 else b""
        step = scan.feed(step.offset, data)
    return step


def _wav_facts(layout: WavLayout) -> AudioFacts:
    return AudioFacts(
        kind="wav",
        rate_hz=layout.rate_hz,
        channels=layout.channels,
        frames=layout.frames,
        declared_frames=layout.declared_frames or 0,
        sample_format=layout.sample_format.value,
        data_offset=layout.data_offset,
        codec=layout.sample_format.value,
    )


def _decoded_facts(measured: AudioFacts, header: NotPcm) -> AudioFacts:
    """`header` knows what a coded WAV states. Which reader and which FFmpeg is not left to what the decoder says."""
    declared = measured.declared_frames or header.stated_frames(measured.frames) or 0
    return structs.replace(
        measured,
        kind="decoded",
        declared_frames=declared,
        ffmpeg=ffmpeg_versions(),
        broken_off=measured.broken_off and not declared,
    )
