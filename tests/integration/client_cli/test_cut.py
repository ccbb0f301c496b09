"""`cuecutter cut`: one line from a folder of recordings to a folder that the trainer loads."""

import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.client_cli.conftest import COMMAND, Person, cues_of, make_chapters, tree
from tests.stacks import wait_until

Chapters = Callable[..., Path]


def texts(table: Path) -> list[str]:
    return [line.rsplit("|", 1)[1] for line in table.read_text("utf-8").splitlines()]


def test_a_folder_of_pairs_becomes_a_folder_that_piper_loads(person: Person, chapters: Chapters) -> None:
    chapters("one", "part 2/two")
    (person.home / "chapters" / "alone.mp3").write_bytes(b"nobody reads it")
    done = person.run("cut", "chapters/", "--for", "piper", "-o", "out/")
    assert done.returncode == 0, done.stderr
    folder = person.home / "out" / "chapters-piper"
    assert sorted(texts(folder / "metadata.csv")) == ["Here it ends."] * 2 + ["This is one.", "This is two."]
    assert len(list((folder / "wavs").iterdir())) == 4
    assert done.stdout.splitlines() == [
        "pair        kept  dropped     changed  flags, worst first",
        "one            2  bad-time 1  -        -",
        "part 2/two     2  bad-time 1  -        -",
        "all            4  2",
        "dropped: one, line 9: bad-time 00:00:xx,000 --> 00:00:03,000",
        "dropped: part 2/two, line 9: bad-time 00:00:xx,000 --> 00:00:03,000",
        "out/chapters-piper: 4 clips, 0.00 h",
        "  other-rate: Piper takes 22050 Hz, and resamples or refuses other rates.",
    ]
    assert "not matched: chapters/alone.mp3" in done.stderr.splitlines()


def test_the_same_command_again_does_nothing_that_is_done(person: Person, chapters: Chapters) -> None:
    chapters("one", "two")
    command = ("cut", "chapters", "--for", "piper", "-o", "out")
    person.run(*command)
    before, stat = tree(person.home / "out"), (person.home / "out" / "chapters-piper").stat()
    again = person.run(*command)
    assert again.returncode == 0
    assert "uploading" not in again.stderr
    assert "downloading" not in again.stderr
    assert tree(person.home / "out") == before
    assert (person.home / "out" / "chapters-piper").stat() == stat
    with person.client() as client:
        assert len(list(client.datasets())) == 2


def test_only_what_is_missing_is_done(person: Person, chapters: Chapters) -> None:
    folder = chapters("one", "two")
    command = ("cut", "chapters", "--for", "piper", "-o", "out", "--json")
    person.run(*command)
    (folder / "one.srt").write_bytes(cues_of("another"))  # changed
    (folder / "two.wav").rename(folder / "moved.wav")  # the same under another name
    (folder / "two.srt").rename(folder / "moved.srt")
    make_chapters(folder / "new", "three", seconds=2.5)
    done = person.run(*command)
    told = {pair["name"]: pair["new"] for pair in json.loads(done.stdout)["pairs"]}
    assert told == {"one": True, "moved": False, "new/three": True}
    assert "one has changed; its dataset before stays on the server: " in done.stderr
    assert "This is another." in texts(person.home / "out" / "chapters-piper" / "metadata.csv")
    assert sorted(entry.name for entry in (person.home / "out").iterdir() if entry.name[0] != ".") == ["chapters-piper"]


def test_without_its_state_file_a_folder_is_known_by_what_the_server_has(person: Person, chapters: Chapters) -> None:
    chapters("one", "two")
    person.run("cut", "chapters", "--for", "piper", "-o", "out")
    (person.home / "out" / ".cuecutter.json").write_bytes(b'{"half": ')
    shutil.move(person.home / "out" / "chapters-piper", person.home / "kept")
    done = person.run("cut", "chapters", "--for", "piper", "-o", "out")
    assert done.returncode == 0
    assert ".cuecutter.json was damaged" in done.stderr
    assert "uploading" not in done.stderr
    assert tree(person.home / "out" / "chapters-piper") == tree(person.home / "kept")


def test_a_corrected_transcript_is_processed_again(person: Person, chapters: Chapters) -> None:
    chapters("one")
    command = ("cut", "chapters", "--for", "piper", "-o", "out")
    person.run(*command)
    with person.client() as client:
        (dataset,) = client.datasets()
    person.run("cues", "get", dataset.id, "-o", "cues.json")
    file = person.home / "cues.json"
    file.write_text(file.read_text().replace("This is one.", "This is number one."))
    assert person.run("cues", "put", dataset.id, "cues.json").returncode == 0
    assert person.run(*command).returncode == 0
    assert texts(person.home / "out" / "chapters-piper" / "metadata.csv")[0] == "This is number one."


def test_files_that_a_person_added_are_kept_when_the_folder_is_replaced(person: Person, chapters: Chapters) -> None:
    folder = chapters("one")
    command = ("cut", "chapters", "--for", "piper", "-o", "out")
    person.run(*command)
    (person.home / "out" / "chapters-piper" / "notes.txt").write_bytes(b"precious")
    (folder / "one.srt").write_bytes(cues_of("another"))
    done = person.run(*command)
    assert "it is kept as chapters-piper.before-1" in done.stderr
    assert (person.home / "out" / "chapters-piper.before-1" / "notes.txt").read_bytes() == b"precious"
    assert not (person.home / "out" / "chapters-piper" / "notes.txt").exists()


def test_a_folder_that_cut_did_not_make_is_left_alone(person: Person, chapters: Chapters) -> None:
    chapters("one")
    mine = person.home / "out" / "chapters-piper" / "mine"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"precious")
    done = person.run("cut", "chapters", "--for", "piper", "-o", "out")
    assert done.returncode == 1
    assert "(code folder-exists)" in done.stderr
    assert mine.read_bytes() == b"precious"
    shutil.move(mine.parent, person.home / "elsewhere")
    again = person.run("cut", "chapters", "--for", "piper", "-o", "out")
    assert again.returncode == 0
    assert "downloading" not in again.stderr  # the archive was kept


def test_one_recording_and_one_transcript_may_have_any_names(person: Person, chapters: Chapters) -> None:
    folder = chapters("talk")
    (folder / "talk.srt").rename(folder / "words.srt")
    done = person.run("cut", "chapters/words.srt", "chapters/talk.wav", "--for", "xtts", "-o", "out", "--name", "voice")
    assert done.returncode == 0, done.stderr
    assert (person.home / "out" / "voice" / "metadata.csv").read_text().startswith("audio_file|text|speaker_name\n")


def test_strict_is_an_exit_code_and_everything_is_there_all_the_same(person: Person, chapters: Chapters) -> None:
    chapters("one")
    done = person.run("cut", "chapters", "--for", "piper", "-o", "out", "--strict")
    assert done.returncode == 5
    assert (person.home / "out" / "chapters-piper" / "metadata.csv").exists()
    (person.home / "chapters" / "one.srt").write_bytes(cues_of("one").partition(b"\n3\n")[0])
    assert person.run("cut", "chapters", "--for", "piper", "-o", "out", "--strict").returncode == 0


def test_programs_get_one_json_document_and_the_rest_on_stderr(person: Person, chapters: Chapters) -> None:
    folder = chapters("good", "bad", "twice")
    (folder / "bad.srt").write_bytes(b"1\n00:00:09,000 --> 00:00:01,000\nNever.\n")
    (folder / "twice.txt").write_bytes(b"Which one?")
    done = person.run("cut", "chapters", "--for", "piper", "-o", "out", "--json", "-O", "sample_rate=8000")
    told = json.loads(done.stdout)
    assert done.returncode == told["exit"] == 1
    bad, good = told["pairs"]
    assert (good["kept"], good["dropped"], good["error"]) == (2, {"bad-time": 1}, None)
    assert bad["error"]["code"] == "no-usable-cue"
    assert [entry["name"] for entry in told["ambiguous"]] == ["twice"]
    assert told["folders"][0]["folder"] == "out/chapters-piper"
    assert told["folders"][0]["check"]["clips"] == 2
    assert "error: bad: " in done.stderr
    assert "error: twice could be made of several files" in done.stderr


def test_a_preferred_ending_decides(person: Person, chapters: Chapters) -> None:
    folder = chapters("twice")
    (folder / "twice.txt").write_bytes(b"The whole of it.")
    done = person.run("cut", "chapters", "--for", "piper", "-o", "out", "--prefer", ".txt")
    assert done.returncode == 0
    assert texts(person.home / "out" / "chapters-piper" / "metadata.csv") == ["The whole of it."]


def test_archives_for_f5_tts_have_paths_that_its_reader_takes(person: Person, chapters: Chapters) -> None:
    chapters("one")
    person.run("cut", "chapters", "--for", "f5-tts", "-o", "out")
    header, *rows = (person.home / "out" / "chapters-f5-tts" / "metadata.csv").read_text().splitlines()
    assert header == "audio_file|text"
    assert [os.path.isabs(row.split("|")[0]) and os.path.isfile(row.split("|")[0]) for row in rows] == [True, True]


def test_two_pairs_of_the_same_content_are_one_dataset(person: Person, chapters: Chapters) -> None:
    folder = chapters("one")
    for ending in ("wav", "srt"):
        shutil.copy(folder / f"one.{ending}", folder / f"copy.{ending}")
    done = person.run("cut", "chapters", "--for", "piper", "-o", "out")
    assert done.returncode == 0
    assert len(texts(person.home / "out" / "chapters-piper" / "metadata.csv")) == 2


def test_the_output_may_be_inside_the_input(person: Person, chapters: Chapters) -> None:
    chapters("one")
    for _ in range(2):
        done = person.run("cut", "chapters", "--for", "webdataset", "-o", "chapters/out")
        assert done.returncode == 0
        assert "not matched" not in done.stderr
    assert len(list((person.home / "chapters" / "out" / "chapters-webdataset").glob("*.wav"))) == 2


def test_ctrl_c_says_how_to_go_on_and_that_goes_on(person: Person, chapters: Chapters) -> None:
    chapters(*[f"c{n}" for n in range(12)], seconds=4.0)
    arguments = ["cut", "chapters", "--for", "piper", "-o", "out"]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=person.env(),
        cwd=person.home,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background has them ignore it, and so all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until(lambda: (person.home / "out" / ".cuecutter.json").exists(), seconds=60, what="the first upload")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said.splitlines()[-1] == "  cuecutter cut chapters --for piper -o out"
    assert "Traceback" not in said
    assert person.run(*arguments).returncode == 0
    with person.client() as client:
        assert len(list(client.datasets())) == 12


def test_a_disk_that_is_full_is_said_and_the_next_call_goes_on(person: Person, chapters: Chapters) -> None:
    """The system's limit on the size of a file stands for the disk: without root, no small disk can be had."""
    chapters("one", seconds=9.0)
    command = ("cut", "chapters", "--for", "piper", "-o", "out")

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    full = person.run(*command, preexec_fn=small)
    assert full.returncode == 1
    assert "(code disk-full)" in full.stderr
    assert [entry.name for entry in (person.home / "out").iterdir() if entry.name[0] != "."] == []
    again = person.run(*command)
    assert again.returncode == 0, again.stderr
    assert "uploading" not in again.stderr


def test_two_calls_in_one_output_folder_do_not_meet(person: Person, chapters: Chapters) -> None:
    import fcntl  # noqa: PLC0415 - not on every system

    chapters("one")
    (person.home / "out").mkdir()
    with (person.home / "out" / ".cuecutter.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = person.run("cut", "chapters", "--for", "piper", "-o", "out")
    assert done.returncode == 1
    assert "(code folder-in-use)" in done.stderr


@pytest.mark.parametrize(
    "given", [["--for", "nonsense"], ["--for", "piper", "-O", "rate"], ["--for", "piper", "--skip", "x"]]
)
def test_what_cannot_be_made_is_said_before_anything_is_uploaded(
    person: Person, chapters: Chapters, given: list[str]
) -> None:
    chapters("one")
    done = person.run("cut", "chapters", "-o", "out", *given)
    assert done.returncode == 2, done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("error: ")]) == 1
    with person.client() as client:
        assert list(client.datasets()) == []
