"""A range has the very bytes that the whole has there, whichever member, header or padding it begins and ends in."""

import random
from collections.abc import AsyncIterator, Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.archives.layout import zip_records
from gateway.archives.layout.layout import Layout
from gateway.archives.layout.members import Container, Member
from gateway.archives.layout.walks import MembersDiffer, Piece
from tests.unit.gateway.archives.virtual import bytes_of, file, held, laid_out, pieces, size_of

CONTAINERS = pytest.mark.parametrize("container", Container)
FOLDERS = st.sampled_from(["", "voice/", "голос/wavs/", "声/", "folder/" * 13, "f" * 150 + "/", "é" * 200 + "/"])
SIZES = st.one_of(st.integers(0, 3), st.integers(509, 515), st.integers(0, 3_000))
FEW = [b"", b"RIFF" + bytes(40), b"x" * 512, b"y" * 513, b""]


@st.composite
def archived(draw: st.DrawFn) -> tuple[list[Member], list[bytes]]:
    """Up to 40 members and their contents."""
    shapes = draw(st.lists(st.tuples(FOLDERS, st.integers(0, 120), SIZES), max_size=40))
    contents = [random.Random(i).randbytes(size) for i, (_, _, size) in enumerate(shapes)]
    names = [f"{folder}{'n' * length}{i}.wav" for i, (folder, length, _) in enumerate(shapes)]
    return [file(*one) for one in zip(names, contents, strict=True)], contents


@CONTAINERS
@given(archive=archived(), data=st.data())
def test_any_range_has_the_bytes_of_the_whole(
    container: Container, archive: tuple[list[Member], list[bytes]], data: st.DataObject
) -> None:
    members, contents = archive
    layout = laid_out(container, members)
    whole = bytes_of(layout, members, held(contents))
    assert len(whole) == layout.size_bytes
    for _ in range(5):
        first = data.draw(st.integers(0, layout.size_bytes - 1))
        last = data.draw(st.integers(first, layout.size_bytes - 1))
        assert bytes_of(layout, members, held(contents), first, last) == whole[first : last + 1]


@CONTAINERS
def test_ranges_may_begin_and_end_at_both_sides_of_every_boundary(container: Container) -> None:
    members = [file(f"голос/{'n' * 60 * i}{i}.wav", content) for i, content in enumerate(FEW)]
    layout = laid_out(container, members)
    whole = bytes_of(layout, members, held(FEW))
    sizes = [size_of(piece) for piece in pieces(layout, members, 0, layout.size_bytes - 1)]
    near = sorted({at + by for at in accumulate(sizes, initial=0) for by in (-1, 0, 1)} & set(range(layout.size_bytes)))
    assert len(near) > 3 * len(members)
    for first in near:
        for last in near[near.index(first) :]:
            assert bytes_of(layout, members, held(FEW), first, last) == whole[first : last + 1]


@CONTAINERS
def test_every_single_byte_can_be_asked_for(container: Container) -> None:
    members = [file(f"{i}.wav", content) for i, content in enumerate(FEW)]
    layout = laid_out(container, members)
    whole = bytes_of(layout, members, held(FEW))
    one_by_one = [bytes_of(layout, members, held(FEW), at, at) for at in range(layout.size_bytes)]
    assert b"".join(one_by_one) == whole


@CONTAINERS
def test_a_range_far_behind_many_members_is_made_from_a_few_of_them(container: Container) -> None:
    contents = [b"%d" % i for i in range(5_000)]
    members = [file(f"{i}.txt", content) for i, content in enumerate(contents)]
    layout = laid_out(container, members)
    whole = bytes_of(layout, members, held(contents))
    for first in range(0, layout.size_bytes, 4_999):
        last = min(first + 700, layout.size_bytes - 1)
        assert bytes_of(layout, members, held(contents), first, last) == whole[first : last + 1]
    (walk,) = layout.walks(whole.index(b"4567.txt"), whole.index(b"4567.txt"))
    assert 4_567 - 8 < walk.first_member <= 4_567


async def from_storage(members: Sequence[Member], first: int) -> AsyncIterator[Member]:
    for member in members[first:]:
        yield member


@CONTAINERS
async def test_members_may_arrive_asynchronously(container: Container) -> None:
    members = [file(f"{i}.wav", content) for i, content in enumerate(FEW)]
    layout = laid_out(container, members)
    first, last = 60, layout.size_bytes - 10
    made: list[Piece] = []
    for walk in layout.walks(first, last):
        async for member in from_storage(members, walk.first_member):
            made += walk.feed(member)
            if walk.done:
                break
        walk.finish()
    made.append(layout.ending(first, last))
    assert made == list(pieces(layout, members, first, last))


@CONTAINERS
def test_an_archive_of_nothing_has_its_ending_alone(container: Container) -> None:
    layout = laid_out(container, [])
    assert layout.walks(0, layout.size_bytes - 1) == ()
    assert len(layout.ending(0, layout.size_bytes - 1)) == layout.size_bytes == {"zip": 22, "tar": 10_240}[container]


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (4, 3), (0, 22), (22, 22)])
def test_bytes_that_are_not_there_are_refused(first: int, last: int) -> None:
    layout = laid_out(Container.ZIP, [])
    with pytest.raises(ValueError, match="no bytes"):
        layout.walks(first, last)
    with pytest.raises(ValueError, match="no bytes"):
        layout.ending(first, last)


def walked(layout: Layout, members: Sequence[Member]) -> list[object]:
    return list(pieces(layout, members, 0, layout.size_bytes - 1))


@CONTAINERS
def test_members_that_are_not_those_that_were_laid_out_are_noticed(container: Container) -> None:
    members = [file(f"{i}.wav", b"x" * 600) for i in range(20)]
    layout = laid_out(container, members)
    with pytest.raises(MembersDiffer, match="there are 19 members, and 20"):
        walked(layout, members[:-1])
    with pytest.raises(MembersDiffer, match="member 8 would begin"):
        walked(layout, [*members[:7], file("7.wav", b"x" * 1_600), *members[8:]])
    (walk, *_) = layout.walks(0, layout.size_bytes - 1)
    for member in members:
        walk.feed(member)
    with pytest.raises(MembersDiffer, match="member 21"):
        walk.feed(members[0])


def test_sizes_are_known_without_making_the_bytes() -> None:
    """What the first pass adds up is what the second one makes, where zip64 begins, too."""
    for size in (0, 2**32 - 2, 2**32 - 1, 2**32, 2**40):
        member = Member("ü.wav", size, 1)
        assert zip_records.span_bytes(member) == len(zip_records.head(member)) + size
        for offset in (0, 2**32 - 2, 2**32 - 1, 2**32, 2**40):
            assert zip_records.entry_bytes(member, offset) == len(zip_records.entry(member, offset))
