"""docs/transcripts.md names every code there is, and no other."""

import re
from pathlib import Path

from transcripts import DropCode, NoteCode, TranscriptError

PAGE = (Path(__file__).parents[3] / "docs" / "transcripts.md").read_text(encoding="utf-8")
OF_THE_PLAN = {"beyond-audio", "clamped", "empty", "rate-kept", "audio-short"}


def test_the_page_names_every_code_and_no_other() -> None:
    known = {*map(str, DropCode), *map(str, NoteCode), *(error.code for error in TranscriptError.__subclasses__())}
    named = set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)+|empty|clamped|overlap)`", PAGE)) - {"utf-16-le", "koi8-r"}
    assert named == known | OF_THE_PLAN
