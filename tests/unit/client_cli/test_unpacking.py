"""Archives become folders; hostile, damaged and too large ones become nothing."""

import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from cuecutter.cli import unpacking
from cuecutter.cli.errors import CliError
from tests.unit.client_cli.archives import VOICE, tar_of, zip_of

HOSTILE = [
    "../evil",
    "voice/../../evil",
    "/tmp/evil",
    "voice//evil",
    "voice/./evil",
    "voice/..\\..\\evil",
    "C:/evil",
    "voice/C:evil",
    "voice/evil\0.wav",
    "voice/evil\x1b[2J",
    "voice/evil\nnew",
    "voice/evil\u202egnp.wav",
    "voice/evil.",
    "voice/NUL.wav",
    "voice/" + "e" * 300,
    "",
]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def refused(archive: Path, to: Path, form: str = "") -> CliError:
    """The error; nothing but the archive may be there afterwards."""
    kept = archive.read_bytes()
    with pytest.raises(CliError) as found:
        unpacking.unpack(archive, to, form)
    assert tree(to.parent) == {archive.relative_to(to.parent).as_posix(): kept}
    assert [entry.name for entry in to.parent.iterdir()] == [archive.name]
    return found.value


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_an_archive_becomes_the_folder_that_was_asked_for(tmp_path: Path, make: type) -> None:
    archive = make(tmp_path / "archive", VOICE)
    assert unpacking.folder_of(archive) == "voice"
    unpacking.unpack(archive, tmp_path / "my-voice")
    assert tree(tmp_path / "my-voice") == {name.removeprefix("voice/"): content for name, content in VOICE.items()}
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["archive", "my-voice"]


# A tar can't say an empty name, or one with a NUL in it.
BOTH = [(zip_of, name) for name in HOSTILE] + [(tar_of, name) for name in HOSTILE if name and "\0" not in name]


@pytest.mark.parametrize(("make", "name"), BOTH)
def test_a_name_that_leads_elsewhere_is_refused_before_a_byte_is_written(tmp_path: Path, make: type, name: str) -> None:
    archive = make(tmp_path / "archive", {**VOICE, name: b"evil"})
    error = refused(archive, tmp_path / "voice")
    assert error.code == "archive-hostile"
    assert error.detail.isprintable()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    archive = tar_of(tmp_path / "archive", {"voice/evil": b""}, kind=kind, link="../../etc/passwd")
    assert refused(archive, tmp_path / "voice").code == "archive-hostile"


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path, mode: int) -> None:
    archive = zip_of(tmp_path / "archive", {"voice/evil": b"/etc/passwd"}, mode=mode | 0o777)
    assert refused(archive, tmp_path / "voice").code == "archive-hostile"


def test_files_beside_the_folder_and_a_second_folder_are_refused(tmp_path: Path) -> None:
    for more in ("loose.txt", "other/file"):
        archive = zip_of(tmp_path / "archive", {**VOICE, more: b""})
        assert refused(archive, tmp_path / "voice").code == "archive-hostile"


def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with tarfile.open(archive, "w") as tar:
        tar.addfile(tarfile.TarInfo("voice/a"))
        tar.addfile(tarfile.TarInfo("voice/a"))
    assert refused(archive, tmp_path / "voice").code == "archive-hostile"


def test_an_archive_that_swells_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("voice/zeros", bytes(10_000_000))
    assert refused(archive, tmp_path / "voice").code == "archive-hostile"


def test_a_byte_that_is_another_is_found(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "archive", VOICE)
    archive.write_bytes(archive.read_bytes().replace(b"RIFF", b"RIFE"))
    assert refused(archive, tmp_path / "voice").code == "archive-damaged"


@pytest.mark.parametrize("make", [zip_of, tar_of])
def test_an_archive_that_ends_early_is_found(tmp_path: Path, make: type) -> None:
    archive = make(tmp_path / "archive", {**VOICE, "voice/long.wav": bytes(50_000)})
    archive.write_bytes(archive.read_bytes()[:40_000])
    assert refused(archive, tmp_path / "voice").code == "archive-damaged"


def test_what_is_no_archive_at_all_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"<html>Not found</html>")
    assert refused(tmp_path / "archive", tmp_path / "voice").code == "archive-damaged"


def test_a_folder_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "archive", VOICE)
    (tmp_path / "voice").mkdir()
    (tmp_path / "voice" / "mine").write_bytes(b"precious")
    with pytest.raises(CliError) as found:
        unpacking.unpack(archive, tmp_path / "voice")
    assert found.value.code == "folder-exists"
    assert tree(tmp_path / "voice") == {"mine": b"precious"}


def test_leftovers_of_a_try_that_was_killed_are_no_obstacle(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "archive", VOICE)
    (tmp_path / ".voice.unpacking" / "voice").mkdir(parents=True)
    (tmp_path / ".voice.unpacking" / "voice" / "metadata.csv").write_bytes(b"half")
    unpacking.unpack(archive, tmp_path / "voice")
    assert not (tmp_path / ".voice.unpacking").exists()


def test_a_link_in_the_place_of_leftovers_is_removed_and_not_followed(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "archive", VOICE)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_bytes(b"precious")
    (tmp_path / ".voice.unpacking").symlink_to(tmp_path / "mine")
    unpacking.unpack(archive, tmp_path / "voice")
    assert tree(tmp_path / "mine") == {"file": b"precious"}


def test_tables_of_f5_tts_get_the_absolute_path_of_their_sounds(tmp_path: Path) -> None:
    archive = zip_of(
        tmp_path / "archive",
        {
            "voice/wavs/a.wav": b"RIFF",
            "voice/metadata.csv": "audio_file|text\na.wav|Größe\nb.wav|audio_file|text\n".encode(),
            "voice/metadata_val.csv": b"audio_file|text\nc.wav|x\n",
        },
    )
    unpacking.unpack(archive, tmp_path / "my voice", "f5-tts")
    wavs = tmp_path / "my voice" / "wavs"
    assert (tmp_path / "my voice" / "metadata.csv").read_text("utf-8").splitlines() == [
        "audio_file|text",
        f"{wavs}/a.wav|Größe",
        f"{wavs}/b.wav|audio_file|text",
    ]
    assert (tmp_path / "my voice" / "metadata_val.csv").read_text().splitlines()[1] == f"{wavs}/c.wav|x"
    assert sorted(entry.name for entry in (tmp_path / "my voice").iterdir()) == [
        "metadata.csv",
        "metadata_val.csv",
        "wavs",
    ]


def test_a_path_that_f5_tts_cannot_read_is_refused(tmp_path: Path) -> None:
    archive = zip_of(tmp_path / "archive", {"voice/metadata.csv": b"audio_file|text\n"})
    assert refused(archive, tmp_path / "a|b", "f5-tts").code == "path-not-for-f5-tts"


def test_a_full_disk_is_said_and_nothing_is_left_but_the_archive(tmp_path: Path) -> None:
    """The system's own limit on the size of a file stands for the disk: without root, no small disk can be had."""
    archive = zip_of(tmp_path / "archive", {**VOICE, "voice/wavs/long.wav": bytes(300_000)})
    kept = archive.read_bytes()
    program = """
import resource, signal, sys
from pathlib import Path
from cuecutter.cli import unpacking
from cuecutter.cli.errors import CliError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    unpacking.unpack(Path(sys.argv[1]), Path(sys.argv[2]))
except CliError as error:
    print(error.code)
"""
    arguments = [sys.executable, "-c", program, str(archive), str(tmp_path / "voice")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert done.stdout == "disk-full\n"
    assert tree(tmp_path) == {"archive": kept}
    unpacking.unpack(archive, tmp_path / "voice")
    assert (tmp_path / "voice" / "wavs" / "long.wav").stat().st_size == 300_000
