"""docs/audio.md says of each container where its time begins, as the segmenter's table does."""

import re
from pathlib import Path

from segmenter.ffmpeg.stamps import ZEROS, Zero

PAGE = (Path(__file__).parents[3] / "docs" / "audio.md").read_text(encoding="utf-8")
WORDS = {
    Zero.CONTAINER: "the container's",
    Zero.EARLIEST: "where the earliest of its audio and video streams begins",
    Zero.SAMPLE: "the first sample",
}


def test_the_page_has_the_rows_of_the_table() -> None:
    table = PAGE.partition("## Which time")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", table, re.MULTILINE))
    assert {form: rows[form] for form in ZEROS} == {form: WORDS[zero] for form, zero in ZEROS.items()}
    assert rows["all others"] == WORDS[Zero.SAMPLE]
    assert set(rows) == {*ZEROS, "all others", "container"}
