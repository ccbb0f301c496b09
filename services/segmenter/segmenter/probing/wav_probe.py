"""A PCM WAV by its header, and by some of its samples where the header can mean more than one thing."""

from math import lcm
from typing import Final

from contracts.events import AudioFacts, AudioNote
from segmenter.domain.errors import NoAudio
from segmenter.domain.ports import ByteSource
from segmenter.domain.sample_choice import choose
from segmenter.domain.sample_format import SampleFormat
from segmenter.domain.wav import HeaderScan, Need, NotPcm, WavLayout
from segmenter.ffmpeg.decoder import check_form

_PLACES: Final = 16  # of a recording that are looked at, all over it: its beginning may be silent
_PLACE_BYTES: Final = 64 * 2**10
_MEANINGS: Final = {
    SampleFormat.F24: "floats with full scale at 2^23",
    SampleFormat.F32: "floats",
    SampleFormat.S16: "16 bits in two bytes",
    SampleFormat.S24: "24 bits in three bytes",
    SampleFormat.S32: "whole numbers in the high bits of four bytes",
    SampleFormat.S16_IN_32: "whole numbers in the low 16 bits of four bytes",
    SampleFormat.S20_IN_32: "whole numbers in the low 20 bits of four bytes",
    SampleFormat.S24_IN_32: "whole numbers in the low 24 bits of four bytes",
}


async def wav_layout(source: ByteSource) -> WavLayout | NotPcm:
    """Raises: TruncatedHeader; what the byte source raises."""
    scan = HeaderScan(source.size_bytes)
    step: WavLayout | NotPcm | Need = scan.start
    while isinstance(step, Need):
        count = min(step.count, source.size_bytes - step.offset)
        data = await source.get_range(step.offset, count) if count > 0 else b""
        step = scan.feed(step.offset, data)
    return step


async def wav_facts(source: ByteSource, layout: WavLayout) -> AudioFacts:
    """Raises: NoAudio, UnsupportedAudio; what the byte source raises."""
    check_form(layout.rate_hz, layout.channels)
    stated = layout
    if layout.choices:
        samples = await _some_samples(source, layout)
        layout = layout.as_format(choose(samples, layout.choices, layout.channels))
    if not layout.frames:
        raise NoAudio("The WAV file's header is complete and no sound follows it.")
    return AudioFacts(
        kind="wav",
        rate_hz=layout.rate_hz,
        channels=layout.channels,
        frames=layout.frames,
        declared_frames=layout.declared_frames or 0,
        sample_format=layout.sample_format.value,
        data_offset=layout.data_offset,
        codec=layout.sample_format.value,
        notes=_notes(stated, layout),
    )


async def _some_samples(source: ByteSource, layout: WavLayout) -> bytes:
    """Whole frames in each of the forms that the layout may have, from all over the recording, in its order."""
    unit = layout.channels * lcm(*(form.width_bytes for form in layout.choices))
    place = max(unit, _PLACE_BYTES - _PLACE_BYTES % unit)
    units = layout.data_bytes // unit
    if layout.data_bytes <= _PLACES * place:
        return await source.get_range(layout.data_offset, units * unit) if units else b""
    step = (units * unit - place) // (_PLACES - 1) // unit * unit
    return b"".join([await source.get_range(layout.data_offset + n * step, place) for n in range(_PLACES)])


def _notes(stated: WavLayout, found: WavLayout) -> tuple[AudioNote, ...]:
    """Nothing where they are what the header most probably means; low bits come first where it does not say."""
    choices = stated.choices
    if not choices or (found.sample_format is choices[0] and "in" not in choices[0]):
        return ()
    meaning = _MEANINGS[found.sample_format.little_endian]
    return (AudioNote("samples-judged", f"the header does not say so, but the samples are {meaning}"),)
