"""docs/audio.md says of each container what the segmenter's table does, row by row."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from av.format import ContainerFormat

from segmenter.ffmpeg.forms import DEMUXERS
from segmenter.probing.containers import CONTAINERS, OTHER, Container, container
from segmenter.probing.end_marks import LacksEnd, flv_lacks_last_tag_size, ogg_lacks_last_page
from segmenter.probing.matroska import ends_inside_element

PAGE = (Path(__file__).parents[3] / "docs" / "audio.md").read_text(encoding="utf-8")
HEAD = "| container | length without decoding | stated length | mark of the end |\n|---|---|---|---|\n"
MARKS: dict[LacksEnd | None, str] = {
    None: "–",
    ends_inside_element: "complete last element",
    ogg_lacks_last_page: "page that says that it is the last",
    flv_lacks_last_tag_size: "size of the last tag",
}


def length_without_decoding(rules: Container) -> str:
    ways = ["header"] if rules.length_in_header else []
    ways += [f"index of {names(rules.indexed)}"] if rules.indexed else []
    ways += [f"packets of {names(rules.counted)}"] if rules.counted else []
    return ", ".join(ways) or "–"


def names(codecs: Iterable[str]) -> str:
    return ", ".join(codec.upper() for codec in codecs)


def row(form: str, rules: Container) -> str:
    cells = form, length_without_decoding(rules), rules.stated, MARKS[rules.lacks_end]
    return f"| {' | '.join(cells)} |\n"


def test_the_page_has_the_rows_of_the_table() -> None:
    table = PAGE.partition(HEAD)[2].partition("\n\n")[0] + "\n"
    assert table.splitlines(keepends=True) == [row(*pair) for pair in (*CONTAINERS.items(), ("all others", OTHER))]


@pytest.mark.parametrize("form", CONTAINERS)
def test_a_row_is_found_by_what_ffmpeg_calls_the_open_file(form: str) -> None:
    for joined in (ContainerFormat(DEMUXERS[form][0], "r").name, ",".join(DEMUXERS[form])):
        assert container(joined) is CONTAINERS[form]


def test_what_lies_in_stated_bytes_is_looked_for_where_the_table_says_so() -> None:
    by_bytes = {form for form, rules in CONTAINERS.items() if "bytes" in rules.stated}
    # Of a WAV the bytes are compared before FFmpeg is asked.
    assert by_bytes - {"WAV, RF64, BW64"} == {form for form, rules in CONTAINERS.items() if rules.stated_bytes}
