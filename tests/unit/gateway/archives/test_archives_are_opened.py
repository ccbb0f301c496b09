"""Every program that people unpack with opens the archives, finds no fault, and gives back the files."""

import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from gateway.archives.layout.members import Container
from tests.unit.gateway.archives.programs import BSDTAR, SEVEN_ZIP, needs_bsdtar, needs_seven_zip, said_by
from tests.unit.gateway.archives.virtual import VirtualFile, bytes_of, content_of, file, held, laid_out

FILES = {
    "my_voice/metadata.csv": b"a|b\n" * 500,
    "my_voice/wavs/empty.wav": b"",
    "my_voice/wavs/block.wav": b"x" * 512,
    "my_voice/wavs/with space, comma & 'quotes'.wav": b"y" * 513,
    "мой_голос/wavs/запись.wav": b"RIFF" + bytes(40) + b"\x01\x02" * 3_000,
    "声/録音 🎙.wav": b"z" * 10_240,
    f"{'folder/' * 20}{'n' * 90}.wav": b"ustar has room for this name in two parts",
    f"long/{'n' * 160}.wav": b"ustar has no room for this name",
    f"долгий/{'н' * 100}.wav": b"nor for this one",
}
MEMBERS = [file(*one) for one in FILES.items()]
CONTENTS = held(list(FILES.values()))


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With `voice.zip` and `voice.tar`, as a client would have stored them."""
    folder = tmp_path_factory.mktemp("archives")
    for container in Container:
        whole = bytes_of(laid_out(container, MEMBERS), MEMBERS, CONTENTS)
        (folder / f"voice.{container}").write_bytes(whole)
    return folder


@pytest.fixture(name="zip_file")
def _zip_file(folder: Path) -> Path:
    return folder / "voice.zip"


@pytest.fixture(name="tar_file")
def _tar_file(folder: Path) -> Path:
    return folder / "voice.tar"


def unpacked(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_python_opens_a_zip_by_its_ranges() -> None:
    with zipfile.ZipFile(VirtualFile(laid_out(Container.ZIP, MEMBERS), MEMBERS, CONTENTS)) as archive:
        assert archive.testzip() is None
        assert {one: archive.read(one) for one in archive.namelist()} == FILES
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert (info.external_attr >> 16, info.create_system) == (0o100644, 3)
            assert (info.compress_type, info.extract_version, info.extra) == (zipfile.ZIP_STORED, 10, b"")
            assert bool(info.flag_bits & 1 << 11) is not info.filename.isascii()


def test_python_opens_a_tar_by_its_ranges() -> None:
    with tarfile.open(fileobj=VirtualFile(laid_out(Container.TAR, MEMBERS), MEMBERS, CONTENTS)) as archive:
        found = {info.name: content_of(archive, info) for info in archive}
        assert found == FILES
        for info in archive.getmembers():
            assert (info.mode, info.uid, info.gid, info.mtime) == (0o644, 0, 0, 0)
            assert (info.uname, info.gname, info.type) == ("", "", tarfile.REGTYPE)


def test_names_of_every_length_are_read_from_a_tar(tmp_path: Path) -> None:
    """Where ustar splits them, where it can't any more, and where a pax field's own length gains a digit."""
    names = [f"{'f' * folder}/{'n' * rest}" for folder in (1, 150, 154, 155, 156) for rest in range(95, 105)]
    names += ["ё" + "n" * length for length in range(1, 130)] + ["ё" + "n" * length for length in range(970, 1_000)]
    members = [file(name, b"") for name in names]
    path = tmp_path / "names.tar"
    path.write_bytes(bytes_of(laid_out(Container.TAR, members), members, held([b""] * len(names))))
    with tarfile.open(path) as archive:
        assert archive.getnames() == names
        in_ustar = {info.name for info in archive if not info.pax_headers}
    assert in_ustar == {name for name in names[:50] if name.index("/") <= 155 and len(name.split("/")[1]) <= 100}
    assert said_by("tar", "--quoting-style=literal", "-tf", path).splitlines() == names


def test_a_tar_is_read_by_python_as_a_stream(tar_file: Path) -> None:
    with tar_file.open("rb") as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        assert [info.name for info in archive] == list(FILES)


def test_a_plain_tar_has_the_bytes_that_gnu_tar_writes(tmp_path: Path) -> None:
    members = [(tmp_path / name) for name in ("a.wav", "b.wav")]
    for member in members:
        member.write_bytes(b"x" * 700)
        member.chmod(0o644)
    fixed = ["--format=ustar", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", f"-C{tmp_path}"]
    said_by("tar", "-cf", tmp_path / "gnu.tar", *fixed, "a.wav", "b.wav")
    ours = [file(member.name, b"x" * 700) for member in members]
    layout = laid_out(Container.TAR, ours)
    assert bytes_of(layout, ours, held([b"x" * 700] * 2)) == (tmp_path / "gnu.tar").read_bytes()


def test_info_zip_finds_no_fault(zip_file: Path) -> None:
    said = said_by("unzip", "-t", zip_file)
    assert "No errors detected" in said
    assert all(f"testing: {name}" in said for name in FILES)


def test_info_zip_unpacks_the_files(zip_file: Path, tmp_path: Path) -> None:
    said_by("unzip", "-q", zip_file, "-d", tmp_path)
    assert unpacked(tmp_path) == FILES


def test_gnu_tar_lists_and_unpacks_the_files(tar_file: Path, tmp_path: Path) -> None:
    assert said_by("tar", "--quoting-style=literal", "-tf", tar_file).splitlines() == list(FILES)
    # A word more than nothing would be a warning, of a strange time, for example.
    assert said_by("tar", "-xf", tar_file, "-C", tmp_path) == ""
    assert unpacked(tmp_path) == FILES


@needs_seven_zip
@pytest.mark.parametrize("container", Container)
def test_seven_zip_finds_no_fault_and_unpacks_the_files(folder: Path, tmp_path: Path, container: Container) -> None:
    said = said_by(SEVEN_ZIP, "t", folder / f"voice.{container}")
    assert "Everything is Ok" in said
    assert "WARNING" not in said.upper()
    said_by(SEVEN_ZIP, "x", folder / f"voice.{container}", f"-o{tmp_path}")
    assert unpacked(tmp_path) == FILES


@needs_bsdtar
@pytest.mark.parametrize("container", Container)
def test_bsdtar_lists_and_unpacks_the_files(folder: Path, tmp_path: Path, container: Container) -> None:
    archive = folder / f"voice.{container}"
    assert len(said_by(BSDTAR, "-tf", archive).splitlines()) == len(FILES)
    assert said_by(BSDTAR, "-xf", archive, "-C", tmp_path) == ""
    assert unpacked(tmp_path) == FILES


@needs_bsdtar
def test_bsdtar_unpacks_a_zip_while_it_arrives(zip_file: Path, tmp_path: Path) -> None:
    """From a pipe it sees no directory: the local headers alone must do."""
    said_by("sh", "-c", f"cat '{zip_file}' | '{BSDTAR}' -xf - -C '{tmp_path}'")
    assert unpacked(tmp_path) == FILES


def test_the_programs_that_are_always_there_are_there() -> None:
    assert shutil.which("unzip")
    assert shutil.which("tar")
