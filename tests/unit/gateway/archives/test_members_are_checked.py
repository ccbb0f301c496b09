"""A name that programs read differently, or that leaves the folder, gets into no archive; nor do two alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.archives.layout.layout import DuplicateName, LayoutBuilder
from gateway.archives.layout.members import Container, Member, MemberRefused
from gateway.archives.layout.unique_names import UniqueNames
from tests.unit.gateway.archives.virtual import laid_out

REFUSED = {
    "nothing": "",
    "absolute": "/etc/passwd",
    "a drive": "C:/windows",
    "a drive's own folder": "C:windows",
    "the folder above": "..",
    "the folder above, first": "../a.wav",
    "the folder above, within": "a/../../b.wav",
    "the folder above, last": "a/..",
    "the folder itself": "./a.wav",
    "an empty part": "a//b.wav",
    "a folder": "wavs/",
    "Windows' separator": "wavs\\a.wav",
    "NUL": "a.wav\0.exe",
    "a line end": "a\n.wav",
    "half of a surrogate pair": "a\ud83c.wav",
    "65,536 bytes": "n" * 65_536,
    "65,536 bytes of UTF-8": "ё" * 32_768,
}
CONTAINERS = pytest.mark.parametrize("container", Container)


@CONTAINERS
@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED)
def test_names_that_no_file_should_have_are_refused(container: Container, name: str) -> None:
    with pytest.raises(MemberRefused):
        LayoutBuilder(container).add(Member(name, 0, 0))


@CONTAINERS
@pytest.mark.parametrize("name", ["n" * 65_535, "..a/b../...wav", ".hidden", "a b/c:d.wav", "голос/声🎙.wav"])
def test_other_names_are_taken(container: Container, name: str) -> None:
    assert laid_out(container, [Member(name, 0, 0)]).member_count == 1


@CONTAINERS
@pytest.mark.parametrize(("size", "crc32"), [(-1, 0), (2**63, 0), (0, -1), (0, 2**32)])
def test_sizes_and_checksums_that_no_file_has_are_refused(container: Container, size: int, crc32: int) -> None:
    with pytest.raises(MemberRefused):
        LayoutBuilder(container).add(Member("a.wav", size, crc32))


@CONTAINERS
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a/b.wav", "a/b.wav"),
        ("Book_00001.wav", "book_00001.WAV"),
        ("Straße", "STRASSE"),
        ("\u00e9.wav", "e\u0301.wav"),
    ],
)
def test_two_names_that_would_be_unpacked_over_each_other_are_refused(
    container: Container, one: str, other: str
) -> None:
    builder = LayoutBuilder(container)
    builder.add(Member(one, 0, 0))
    builder.add(Member(f"between/{one}", 0, 0))
    with pytest.raises(DuplicateName):
        builder.add(Member(other, 1, 1))


@given(names=st.lists(st.text("ab/", max_size=4), max_size=200))
def test_a_name_is_new_once(names: list[str]) -> None:
    unique = UniqueNames()
    before: set[str] = set()
    for name in names:
        assert unique.add(name) is (name not in before)
        before.add(name)


def test_names_are_remembered_while_the_table_grows() -> None:
    unique = UniqueNames()
    assert all(unique.add(f"voice/wavs/{i}.wav") for i in range(20_000))
    assert not any(unique.add(f"voice/wavs/{i}.wav") for i in range(20_000))
