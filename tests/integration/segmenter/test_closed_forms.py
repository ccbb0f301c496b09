"""Formats and codecs that docs/audio.md does not name get a coded answer, and no decoder of FFmpeg ever sees them."""

import pytest

from segmenter.decoding.process import Decoders
from segmenter.domain.errors import NotAudio, UnsupportedAudio
from tests.integration.segmenter.recordings import MemorySource, Recipe, encode

TEXTS = {
    "a concat script": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a session description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
    "a DASH manifest": b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>\n',
    "subtitles": b"1\n00:00:01,000 --> 00:00:02,000\nhello\n\n",
    "an image": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64),
}
CLOSED = {
    "voc": Recipe("voc", "pcm_u8", 8_000, 1),
    "sox": Recipe("sox", "pcm_s32le", 8_000, 1),
    "bare LATM": Recipe("latm", "aac", 48_000),
}
UNNAMED = Recipe("wav", "dfpwm", 48_000, 1)


@pytest.mark.parametrize("data", TEXTS.values(), ids=TEXTS)
async def test_what_is_no_recording_is_not_opened(data: bytes, decoders: Decoders) -> None:
    with pytest.raises(NotAudio):
        await decoders.measure(MemorySource(data))


@pytest.mark.parametrize("recipe", CLOSED.values(), ids=CLOSED)
async def test_a_container_that_the_page_does_not_name_is_not_opened(recipe: Recipe, decoders: Decoders) -> None:
    with pytest.raises(NotAudio):
        await decoders.measure(MemorySource(encode(recipe)))


async def test_a_codec_that_the_page_does_not_name_is_not_decoded(decoders: Decoders) -> None:
    with pytest.raises(UnsupportedAudio, match="coded as dfpwm, which is not read"):
        await decoders.measure(MemorySource(encode(UNNAMED)))
