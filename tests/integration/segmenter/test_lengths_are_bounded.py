"""A recording that would take for ever to decode is refused, however its length is found."""

import io

import pytest

from segmenter.adapters import decoder
from segmenter.adapters.length import measure
from segmenter.domain.errors import AudioTooLong
from tests.integration.segmenter.recordings import RECIPES, encode


class File(io.BytesIO):
    """A recording in memory, as the decoder process sees one."""

    def check(self) -> None:
        pass


# By the header, by counting packets, by decoding.
@pytest.mark.parametrize("name", ["flac", "mp3, constant rate", "vorbis"])
def test_a_recording_beyond_the_limit_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(RECIPES[name])
    assert measure(File(data)).frames > 0
    monkeypatch.setattr(decoder, "MAX_DECODED_SECONDS", RECIPES[name].seconds - 2)
    with pytest.raises(AudioTooLong):
        measure(File(data))
