"""docs/audio.md says of each container what the segmenter's table does, row by row."""

from collections.abc import Iterable
from pathlib import Path

from av.format import ContainerFormat

from segmenter.probing.containers import CONTAINERS, OTHER, Container
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


def length_without_decoding(container: Container) -> str:
    ways = ["header"] if container.length_in_header else []
    ways += [f"index of {names(container.indexed)}"] if container.indexed else []
    ways += [f"packets of {names(container.counted)}"] if container.counted else []
    return ", ".join(ways) or "–"


def names(codecs: Iterable[str]) -> str:
    return ", ".join(codec.upper() for codec in codecs)


def row(container: Container) -> str:
    cells = container.form, length_without_decoding(container), container.stated, MARKS[container.lacks_end]
    return f"| {' | '.join(cells)} |\n"


def test_the_page_has_the_rows_of_the_table() -> None:
    table = PAGE.partition(HEAD)[2].partition("\n\n")[0] + "\n"
    assert table.splitlines(keepends=True) == [row(container) for container in (*CONTAINERS.values(), OTHER)]


def test_every_key_is_a_name_of_ffmpegs() -> None:
    assert all(ContainerFormat(name, "r").is_input for key in CONTAINERS for name in key.split(","))


def test_what_lies_in_stated_bytes_is_looked_for_where_the_table_says_so() -> None:
    by_bytes = {container.form for container in CONTAINERS.values() if "bytes" in container.stated}
    # Of a WAV the bytes are compared before FFmpeg is asked.
    assert by_bytes - {"WAV, RF64, BW64"} == {c.form for c in CONTAINERS.values() if c.stated_bytes}
