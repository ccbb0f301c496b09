"""Which files belong together, in folders as people have them."""

import os
import unicodedata
from pathlib import Path

from cuecutter.cli import pairs
from cuecutter.cli.pairs import Found


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def told(found: Found) -> list[tuple[str, str, str]]:
    return [(pair.name, pair.audio.name, pair.transcript.name) for pair in found.pairs]


def test_files_of_one_name_are_a_pair_and_others_are_named(tmp_path: Path) -> None:
    make(tmp_path, "b.srt", "b.mp3", "a.wav", "a.vtt", "alone.flac", "notes.txt", "cover.jpg")
    found = pairs.in_folder(tmp_path)
    assert told(found) == [("a", "a.wav", "a.vtt"), ("b", "b.mp3", "b.srt")]
    assert [file.name for file in found.unmatched] == ["alone.flac", "notes.txt"]
    assert found.ambiguous == []


def test_a_pair_is_looked_for_in_one_folder_only(tmp_path: Path) -> None:
    make(tmp_path, "part 1/talk.mp3", "part 1/talk.srt", "part 2/talk.mp3", "part 2/deep/talk.srt")
    found = pairs.in_folder(tmp_path)
    assert [pair.name for pair in found.pairs] == ["part 1/talk"]
    assert [file.relative_to(tmp_path).as_posix() for file in found.unmatched] == [
        "part 2/talk.mp3",
        "part 2/deep/talk.srt",
    ]


def test_case_and_unicode_form_make_no_difference(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Überfall")
    make(tmp_path, "ÜBERFALL.MP3", f"{decomposed}.srt", "STRASSE.wav", "straße.SRT")
    assert [pair.audio.name for pair in pairs.in_folder(tmp_path).pairs] == ["STRASSE.wav", "ÜBERFALL.MP3"]


def test_the_language_of_a_subtitle_is_no_part_of_its_name(tmp_path: Path) -> None:
    make(tmp_path, "talk.mp3", "talk.en.srt", "other.mp3", "other.pt-BR.vtt", "third.mp3", "third.zh_Hans.srt")
    assert [pair.name for pair in pairs.in_folder(tmp_path).pairs] == ["other", "talk", "third"]


def test_a_language_in_the_recordings_name_comes_first(tmp_path: Path) -> None:
    make(tmp_path, "talk.en.mp3", "talk.en.srt", "talk.mp3", "talk.de.srt")
    assert told(pairs.in_folder(tmp_path)) == [
        ("talk.en", "talk.en.mp3", "talk.en.srt"),
        ("talk", "talk.mp3", "talk.de.srt"),
    ]


def test_numbers_and_words_after_a_dot_are_part_of_the_name(tmp_path: Path) -> None:
    make(tmp_path, "chapter 1.mp3", "chapter 1.5.srt", "talk.mp3", "talk.final.srt")
    found = pairs.in_folder(tmp_path)
    assert found.pairs == []
    assert len(found.unmatched) == 4


def test_of_several_candidates_none_is_chosen(tmp_path: Path) -> None:
    make(tmp_path, "talk.mp3", "talk.srt", "talk.txt", "two.wav", "two.mp3", "two.srt", "good.mp3", "good.srt")
    found = pairs.in_folder(tmp_path)
    assert [pair.name for pair in found.pairs] == ["good"]
    assert [(one.name, [file.name for file in one.files]) for one in found.ambiguous] == [
        ("talk", ["talk.mp3", "talk.srt", "talk.txt"]),
        ("two", ["two.mp3", "two.wav", "two.srt"]),
    ]


def test_a_preferred_ending_decides_between_candidates(tmp_path: Path) -> None:
    make(tmp_path, "talk.mp3", "talk.wav", "talk.en.srt", "talk.de.srt", "plain.mp3", "plain.txt")
    found = pairs.in_folder(tmp_path, [".en.srt", ".wav"])
    assert told(found) == [("plain", "plain.mp3", "plain.txt"), ("talk", "talk.wav", "talk.en.srt")]


def test_names_that_differ_in_case_only_are_several_candidates(tmp_path: Path) -> None:
    make(tmp_path, "talk.mp3", "Talk.mp3", "talk.srt")
    (ambiguous,) = pairs.in_folder(tmp_path).ambiguous
    assert len(ambiguous.files) == 3


def test_hidden_files_and_the_output_folder_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "talk.mp3", "talk.srt", "._talk.mp3", ".cache/a.mp3", ".cache/a.srt", "out/b.wav", "out/b.txt")
    found = pairs.in_folder(tmp_path, leave_out=tmp_path / "out")
    assert [pair.name for pair in found.pairs] == ["talk"]
    assert found.unmatched == []


def test_a_loop_of_links_ends_and_each_folder_is_read_once(tmp_path: Path) -> None:
    make(tmp_path, "in/talk.mp3", "in/talk.srt")
    (tmp_path / "in" / "again").symlink_to(tmp_path)
    (tmp_path / "other").symlink_to(tmp_path / "in")
    (tmp_path / "self.mp3").symlink_to(tmp_path / "self.mp3")
    (tmp_path / "gone.mp3").symlink_to(tmp_path / "nowhere")
    found = pairs.in_folder(tmp_path)
    assert [pair.name for pair in found.pairs] == ["in/talk"]
    assert found.unmatched == []


def test_a_pipe_with_a_recordings_name_is_no_recording(tmp_path: Path) -> None:
    make(tmp_path, "talk.srt")
    os.mkfifo(tmp_path / "talk.mp3")
    assert pairs.in_folder(tmp_path).pairs == []


def test_a_name_that_is_no_utf_8_is_matched_as_any_other(tmp_path: Path) -> None:
    for ending in (b".mp3", b".srt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9" + ending)).write_bytes(b"")
    assert len(pairs.in_folder(tmp_path).pairs) == 1


def test_two_files_that_are_named_are_a_pair_whatever_their_names_and_order() -> None:
    audio, transcript = Path("talk.mp3"), Path("words.srt")
    assert pairs.of_files([audio, transcript]).pairs == pairs.of_files([transcript, audio]).pairs
    assert told(pairs.of_files([Path("notes.text"), audio])) == [("talk", "talk.mp3", "notes.text")]


def test_several_files_that_are_named_are_matched_by_name() -> None:
    found = pairs.of_files([Path(name) for name in ("x/a.mp3", "x/b.wav", "x/b.srt", "x/a.srt", "y/c.mp3", "x/d.pdf")])
    assert [pair.name for pair in found.pairs] == ["a", "b"]
    assert [str(file) for file in found.unmatched] == ["x/d.pdf", "y/c.mp3"]
