"""What a stored recording is: found by its bytes, never by its name."""

from segmenter.domain.errors import NoAudio
from segmenter.domain.ports import ByteSource, Length, Measures, SourceFacts
from segmenter.domain.wav import HeaderScan, Need, NotPcm, WavLayout
from segmenter.ffmpeg.decoder import check_form, ffmpeg_versions


async def probe(source: ByteSource, decoders: Measures) -> SourceFacts:
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


def _wav_facts(layout: WavLayout) -> SourceFacts:
    return SourceFacts(
        kind="wav",
        rate_hz=layout.rate_hz,
        channels=layout.channels,
        frames=layout.frames,
        declared_frames=layout.declared_frames,
        exact=True,
        container="wav",
        codec=layout.sample_format.value,
        layout=layout,
    )


def _decoded_facts(length: Length, header: NotPcm) -> SourceFacts:
    declared = length.declared_frames or header.stated_frames(length.frames)
    return SourceFacts(
        kind="decoded",
        rate_hz=length.rate_hz,
        channels=length.channels,
        frames=length.frames,
        declared_frames=declared,
        exact=length.exact,
        container=length.container,
        codec=length.codec,
        ffmpeg=ffmpeg_versions(),
        broken_off=length.broken_off and declared is None,
    )
