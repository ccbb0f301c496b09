"""Where zip64 and pax begin: members beyond 4 and 8 GiB, and more than 65,535 of them. No content is ever held."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from gateway.archives.layout.members import Container, Member
from tests.unit.gateway.archives.programs import BSDTAR, SEVEN_ZIP, needs_bsdtar, needs_seven_zip, said_by
from tests.unit.gateway.archives.virtual import GIB, VirtualFile, bytes_of, content_of, laid_out, write_sparse, zeros

LAST = Member("last/конец.wav", 1_000, zlib.crc32(bytes(1_000)))


def of_sizes(*sizes: int) -> list[Member]:
    """Of zeros. Checksums are right for short ones only, because only these are read to their end."""
    return [
        *(Member(f"{i}.wav", size, zlib.crc32(bytes(size)) if size < 100 else 0) for i, size in enumerate(sizes)),
        LAST,
    ]


SIZES = {
    "last header just below 4 GiB": of_sizes(2**32 - 2 - 35),
    "last header just where zip64 begins": of_sizes(2**32 - 1 - 35),
    "last header at 4 GiB": of_sizes(2**32 - 35),
    "many that cross 4 GiB": of_sizes(GIB, GIB, 0, GIB, GIB + 1, 7, GIB),
    "largest member without zip64": of_sizes(2**32 - 2),
    "smallest member with zip64": of_sizes(2**32 - 1),
    "a member beyond 4 GiB behind 4 GiB": of_sizes(5 * GIB, 4 * GIB + 3),
    "largest member of ustar": of_sizes(8 * GIB - 1),
    "smallest member that needs pax": of_sizes(8 * GIB),
}
LARGE = pytest.mark.parametrize("members", SIZES.values(), ids=SIZES)
COUNTS = pytest.mark.parametrize("count", [65_534, 65_535, 65_536])


def virtual_zip(members: Sequence[Member]) -> zipfile.ZipFile:
    return zipfile.ZipFile(VirtualFile(laid_out(Container.ZIP, members), members, zeros))


@LARGE
def test_python_reads_a_large_zip_by_its_ranges(members: list[Member]) -> None:
    with virtual_zip(members) as archive:
        assert [(info.filename, info.file_size) for info in archive.infolist()] == named(members)
        for member in members:  # opening compares the local header with the directory
            with archive.open(member.name) as content:
                assert content.read(10) == bytes(min(10, member.size_bytes))
        assert archive.read(LAST.name) == bytes(1_000)
        assert zip64_is_used_only_where_it_must(archive.infolist())


def named(members: Iterable[Member]) -> list[tuple[str, int]]:
    return [(member.name, member.size_bytes) for member in members]


def zip64_is_used_only_where_it_must(infos: Iterable[zipfile.ZipInfo]) -> bool:
    limit = 2**32 - 1
    return all((one.extract_version == 45) is (max(one.file_size, one.header_offset) >= limit) for one in infos)


@LARGE
def test_python_reads_a_large_tar_by_its_ranges(members: list[Member]) -> None:
    layout = laid_out(Container.TAR, members)
    with tarfile.open(fileobj=VirtualFile(layout, members, zeros)) as archive:
        assert [(info.name, info.size) for info in archive] == named(members)
        assert [bool(info.pax_headers) for info in archive] == [one.size_bytes >= 8 * GIB for one in members[:-1]] + [
            True
        ]
        assert content_of(archive, archive.getmember(LAST.name)) == bytes(1_000)


@LARGE
def test_programs_read_a_large_zip(tmp_path: Path, members: list[Member]) -> None:
    path = write_sparse(tmp_path / "large.zip", laid_out(Container.ZIP, members), members)
    listed = said_by("unzip", "-l", path)
    assert all(f"{member.size_bytes:>9}  1980-01-01 00:00   {member.name}" in listed for member in members)
    assert "No errors detected" in said_by("unzip", "-t", path, LAST.name)


@LARGE
def test_programs_read_a_large_tar(tmp_path: Path, members: list[Member]) -> None:
    path = write_sparse(tmp_path / "large.tar", laid_out(Container.TAR, members), members)
    listed = said_by("tar", "--quoting-style=literal", "--full-time", "--utc", "-tvf", path).splitlines()
    columns = [line.split() for line in listed]
    assert [(column[-1], int(column[2])) for column in columns] == named(members)
    assert {(column[0], column[1]) for column in columns} == {("-rw-r--r--", "0/0")}


@needs_seven_zip
@LARGE
@pytest.mark.parametrize("container", Container)
def test_seven_zip_reads_large_archives(tmp_path: Path, members: list[Member], container: Container) -> None:
    path = write_sparse(tmp_path / f"large.{container}", laid_out(container, members), members)
    said = said_by(SEVEN_ZIP, "l", "-slt", path)
    assert [int(line.split()[2]) for line in said.splitlines() if line.startswith("Size = ")] == [
        member.size_bytes for member in members
    ]
    tested = said_by(SEVEN_ZIP, "t", path, LAST.name)
    assert "Everything is Ok" in tested
    assert "WARNING" not in tested.upper()


@needs_bsdtar
@LARGE
@pytest.mark.parametrize("container", Container)
def test_bsdtar_reads_large_archives(tmp_path: Path, members: list[Member], container: Container) -> None:
    path = write_sparse(tmp_path / f"large.{container}", laid_out(container, members), members)
    listed = [line.split() for line in said_by(BSDTAR, "-tvf", path).splitlines()]
    assert [(column[-1], int(column[4])) for column in listed] == named(members)


@COUNTS
def test_as_many_members_as_zip64_begins_at_are_read(tmp_path: Path, count: int) -> None:
    path = many(tmp_path, Container.ZIP, count)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == count
        assert archive.testzip() is None
    assert (b"PK\x06\x06" in path.read_bytes()) is (count >= 65_535)
    assert "No errors" in said_by("unzip", "-tq", path)
    assert f"number of entries: {count}" in said_by("zipinfo", "-h", path)


def many(folder: Path, container: Container, count: int) -> Path:
    members = [Member(f"{i}.txt", 1, zlib.crc32(bytes(1))) for i in range(count)]
    path = folder / f"many.{container}"
    path.write_bytes(bytes_of(laid_out(container, members), members, zeros))
    return path


@needs_seven_zip
@COUNTS
def test_seven_zip_reads_as_many(tmp_path: Path, count: int) -> None:
    said = said_by(SEVEN_ZIP, "t", many(tmp_path, Container.ZIP, count))
    assert f"Files: {count}" in said
    assert "Everything is Ok" in said


@needs_bsdtar
@COUNTS
def test_bsdtar_reads_as_many(tmp_path: Path, count: int) -> None:
    assert len(said_by(BSDTAR, "-tf", many(tmp_path, Container.ZIP, count)).splitlines()) == count
