"""The state file of an output folder."""

import os
import stat
from pathlib import Path

import pytest

from cuecutter.cli import state
from cuecutter.cli.errors import CliError
from cuecutter.cli.state import FILE, Known, State, Unpacked

SERVER = "http://127.0.0.1:8000"
FOLDERS = {"voice": Unpacked("x", "y", "voice", "piper")}


def test_what_was_saved_is_loaded_and_nothing_else_is_left(tmp_path: Path) -> None:
    kept = State(
        server=SERVER,
        pairs={"ab": Known("id", "part 1/talk")},
        folders=FOLDERS,
    )
    state.save(tmp_path, kept)
    state.save(tmp_path, kept)
    assert state.load(tmp_path, SERVER) == (kept, None)
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_an_empty_folder_has_an_empty_state(tmp_path: Path) -> None:
    assert state.load(tmp_path, SERVER) == (State(server=SERVER), None)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"version": "x"}', b'{"pairs": [1]}'])
def test_a_damaged_file_is_set_aside_with_a_word(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    fresh, word = state.load(tmp_path, SERVER)
    assert fresh == State(server=SERVER)
    assert word is not None
    assert "damaged" in word
    assert (tmp_path / f"{FILE}.damaged").read_bytes() == content


def test_a_file_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b'{"version": 2, "news": {}}')
    with pytest.raises(CliError) as refused:
        state.load(tmp_path, SERVER)
    assert refused.value.code == "state-too-new"
    assert (tmp_path / FILE).exists()


def test_datasets_of_another_server_are_forgotten_and_folders_are_not(tmp_path: Path) -> None:
    state.save(
        tmp_path,
        State(server="http://other", pairs={"a": Known("i", "n")}, folders=FOLDERS),
    )
    fresh, word = state.load(tmp_path, SERVER)
    assert (fresh.pairs, fresh.folders) == ({}, FOLDERS)
    assert word is not None


def test_a_state_that_cannot_be_written_is_an_error_and_the_one_before_stays(tmp_path: Path) -> None:
    state.save(tmp_path, State(server="before"))
    (tmp_path / f"{FILE}.new").mkdir()  # in the way of the fresh one, for root too
    with pytest.raises(CliError) as failed:
        state.save(tmp_path, State(server="after"))
    assert failed.value.code == "state-unwritable"
    assert state.load(tmp_path, "before")[0].server == "before"


def test_content_and_options_decide_and_names_and_dates_do_not(tmp_path: Path) -> None:
    audio, transcript, moved = tmp_path / "a.wav", tmp_path / "a.srt", tmp_path / "b.wav"
    audio.write_bytes(b"sound")
    transcript.write_bytes(b"words")
    key = state.pair_key(audio, transcript, {})
    audio.rename(moved)
    os.utime(moved, (0, 0))
    assert state.pair_key(moved, transcript, {}) == key
    assert state.pair_key(transcript, moved, {}) != key
    assert state.pair_key(moved, transcript, {"sample_rate": 16000}) != key
    assert state.pair_key(moved, transcript, {"b": 1, "a": 2}) == state.pair_key(moved, transcript, {"a": 2, "b": 1})
    moved.write_bytes(b"sounD")
    assert state.pair_key(moved, transcript, {}) != key


def test_the_print_of_a_folder_changes_with_any_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "wavs").mkdir()
    file = tmp_path / "wavs" / "a.wav"
    file.write_bytes(b"one")
    before = state.print_of(tmp_path)
    assert state.print_of(tmp_path) == before
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
    touched = state.print_of(tmp_path)
    (tmp_path / "cache").write_bytes(b"")
    assert len({before, touched, state.print_of(tmp_path)}) == 3


def test_the_file_is_readable_as_the_umask_says_because_it_has_no_secret(tmp_path: Path) -> None:
    state.save(tmp_path, State())
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) & 0o400
