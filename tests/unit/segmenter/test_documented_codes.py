"""docs/audio.md names every code a recording can be refused with."""

import re
from pathlib import Path

from segmenter.decoding.process import MOST_SECONDS
from segmenter.domain.errors import AudioError
from segmenter.ffmpeg.decoder import MAX_CHANNELS, MAX_RATE_HZ, MAX_SAMPLES_PER_SECOND, MIN_RATE_HZ

PAGE = (Path(__file__).parents[3] / "docs" / "audio.md").read_text(encoding="utf-8")


def test_the_table_of_refusals_holds_every_code_and_no_other() -> None:
    table = PAGE.partition("## What is refused")[2]
    named = set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))
    assert named == {error.code for error in AudioError.__subclasses__()} | {"empty-audio"}


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{MIN_RATE_HZ:,} to {MAX_RATE_HZ:,} Hz" in PAGE
    assert f"up to {MAX_CHANNELS} channels" in PAGE
    assert f"at {MAX_SAMPLES_PER_SECOND:,} a second" in PAGE
    assert f"may last {MOST_SECONDS // 3600} hours" in PAGE
