"""What a stored recording is: found by its bytes, never by its name."""

from msgspec import structs

from contracts.events import AudioFacts
from segmenter.domain.ports import ByteSource, Measures
from segmenter.domain.selection import DEFAULT, Selection
from segmenter.domain.wav import NotPcm
from segmenter.ffmpeg.decoder import ffmpeg_versions
from segmenter.probing.wav_probe import wav_facts, wav_layout


async def probe(source: ByteSource, decoders: Measures, selection: Selection = DEFAULT) -> AudioFacts:
    """The recording's facts. Reads the header of a PCM WAV, seldom some samples; of anything else up to all of it.

    Raises: AudioError when it cannot be cut; DecoderLost; what the byte source raises.
    """
    layout = await wav_layout(source)
    if isinstance(layout, NotPcm):
        return _decoded_facts(await decoders.measure(source, selection), layout)
    selection.check_only_track()
    selection.channel_of(layout.channels)
    return await wav_facts(source, layout)


def _decoded_facts(measured: AudioFacts, header: NotPcm) -> AudioFacts:
    """`header` knows what a coded WAV states. Which reader and which FFmpeg is not left to what the decoder says."""
    declared = measured.declared_frames or header.stated_frames(measured.frames, measured.codec) or 0
    return structs.replace(
        measured,
        kind="decoded",
        declared_frames=declared,
        ffmpeg=ffmpeg_versions(),
        broken_off=(measured.broken_off or header.is_cut_off) and not declared,
    )
