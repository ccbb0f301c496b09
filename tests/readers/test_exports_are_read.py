"""Each format is read by the code of the trainers it is for: every row, its text, its own audio, its speaker."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.readers import libraries, restated, trainers
from tests.readers.conftest import VOICES
from tests.readers.folders import Row, folder_of
from tests.readers.hard_texts import IN_KALDI, IN_TABLES, TEXTS
from tests.readers.read_row import ReadRow

EXACT = {text: text for text in TEXTS}
SPEAKER_LABELS = {'"Zoé" | the guest': "“Zoé” the guest"}
SPEAKER_NUMBERS = {voice: str(number) for number, voice in enumerate(sorted(VOICES))}

pytestmark = pytest.mark.apart  # libraries take a second to import, each in a process of its own

Read = Callable[[Path], list[ReadRow]]

WITH_PIPES: dict[str, tuple[str, Read]] = {
    "piper": ("piper", partial(trainers.piper, voices=len(VOICES))),
    "XTTS of coqui-tts": ("xtts", trainers.coqui_xtts),
    "GPT-SoVITS, restated": ("gpt-sovits", restated.gpt_sovits),
    "StyleTTS2, restated": ("styletts2", restated.styletts2),
}
WITH_PIPES_AND_ONE_VOICE: dict[str, tuple[str, Read]] = {
    "piper": ("piper", partial(trainers.piper, voices=1)),
    "piper, LJSpeech's columns": ("ljspeech", partial(trainers.piper, voices=1, audio="wavs")),
    "XTTS of coqui-tts": ("xtts", trainers.coqui_xtts),
    "F5-TTS's command line": ("f5-tts", trainers.f5_command_line),
    "F5-TTS's Gradio": ("f5-tts", trainers.f5_gradio),
    "GPT-SoVITS, restated": ("gpt-sovits", restated.gpt_sovits),
    "StyleTTS2, restated": ("styletts2", restated.styletts2),
    "VITS, restated": ("piper", lambda folder: restated.vits(folder / "metadata.csv", folder)),
    "Matcha-TTS, restated": ("piper", lambda folder: restated.matcha(folder / "metadata.csv", folder)),
}
IN_JSON: dict[str, tuple[str, Read]] = {
    "NeMo's items": ("nemo", lambda folder: trainers.nemo_items(folder, "manifest.jsonl")),
    "NeMo's TTS": ("nemo", lambda folder: trainers.nemo_tts(folder, "manifest.jsonl")),
    "NeMo's items, our rows": ("jsonl", lambda folder: trainers.nemo_items(folder, "metadata.jsonl")),
    "NeMo's TTS, our rows": ("jsonl", lambda folder: trainers.nemo_tts(folder, "metadata.jsonl")),
}
KALDI: dict[str, Callable[[Path, Path], list[ReadRow]]] = {
    "ESPnet": lambda folder, _: trainers.espnet(folder),
    "lhotse": partial(libraries.read, "lhotse_kaldi"),
    "Kaldi, restated": lambda folder, _: restated.kaldi(folder),
}


def named(cases: dict[str, tuple[str, Read]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("name", "read"), cases.values(), ids=cases)


def check(read: Sequence[ReadRow], rows: Sequence[Row], texts: dict[str, str], *, speakers: bool) -> None:
    """The rows come in order, and each has the text, audio, seconds and speaker of its own."""
    assert [row.text for row in read] == [texts[row.text] for row in rows]
    assert [row.wav() for row in read] == [row.wav() for row in rows]
    seconds = {row.wav(): row.seconds for row in rows}
    assert all(row.duration in (None, pytest.approx(seconds[row.wav()])) for row in read)
    if speakers:
        assert [row.speaker for row in read] == [texts.get(row.speaker or "", row.speaker) for row in rows]


@named(WITH_PIPES)
def test_tables_of_several_voices(name: str, read: Read, several_voices: list[Row], tmp_path: Path) -> None:
    rows = [row for row in several_voices if name != "gpt-sovits" or restated.knows_language_of(row.text)]
    folder = folder_of(name, several_voices, tmp_path / "set")
    labels = SPEAKER_NUMBERS if name == "styletts2" else SPEAKER_LABELS
    check(read(folder), rows, IN_TABLES | labels, speakers=True)


@named(WITH_PIPES_AND_ONE_VOICE)
def test_tables_of_one_voice(name: str, read: Read, one_voice: list[Row], tmp_path: Path) -> None:
    rows = [row for row in one_voice if name != "gpt-sovits" or restated.knows_language_of(row.text)]
    check(read(folder_of(name, one_voice, tmp_path / "set")), rows, IN_TABLES, speakers=False)


def test_coqui_keeps_the_end_of_the_line_in_each_text(one_voice: list[Row], tmp_path: Path) -> None:
    """Its reader of LJSpeech never strips it. All rows have the same, and its cleaners remove it."""
    read = trainers.coqui_ljspeech(folder_of("ljspeech", one_voice, tmp_path / "set"))
    check(read, one_voice, {text: f"{plain}\n" for text, plain in IN_TABLES.items()}, speakers=False)


@named(IN_JSON)
def test_rows_of_json(name: str, read: Read, several_voices: list[Row], tmp_path: Path) -> None:
    check(read(folder_of(name, several_voices, tmp_path / "set")), several_voices, EXACT, speakers=True)


@pytest.mark.parametrize("name", ["hf", "jsonl"])
def test_datasets_of_hugging_face(name: str, several_voices: list[Row], tmp_path: Path) -> None:
    read = libraries.read("hf", folder_of(name, several_voices, tmp_path / "set"), tmp_path / "home")
    check(read, several_voices, EXACT, speakers=True)


PARTS: dict[str, tuple[str, dict[str, str], Callable[[Path, Path], list[ReadRow]]]] = {
    "datasets": ("hf", EXACT, partial(libraries.read, "hf")),
    "lhotse": ("lhotse", EXACT, partial(libraries.read, "lhotse")),
    "NeMo": ("nemo", EXACT, lambda folder, _: both(trainers.nemo_items, folder, "{}_manifest.jsonl")),
    "XTTS of coqui-tts": (
        "xtts",
        IN_TABLES | SPEAKER_LABELS,
        lambda folder, _: both(trainers.coqui_xtts, folder, "metadata_{}.csv", validation="eval"),
    ),
}


def both(
    read: Callable[[Path, str], list[ReadRow]], folder: Path, name: str, validation: str = "validation"
) -> list[ReadRow]:
    """Of trainers that are given a file for each part."""
    held_out = [replace(row, part="validation") for row in read(folder, name.format(validation))]
    return read(folder, name.format("train")) + held_out


@pytest.mark.parametrize(("name", "texts", "read"), PARTS.values(), ids=PARTS)
def test_parts_are_kept_apart(
    name: str,
    texts: dict[str, str],
    read: Callable[[Path, Path], list[ReadRow]],
    with_validation: list[Row],
    tmp_path: Path,
) -> None:
    found = read(folder_of(name, with_validation, tmp_path / "set"), tmp_path / "home")
    for part, validation in (("train", False), ("validation", True)):
        rows = [row for row in with_validation if row.validation == validation]
        check([row for row in found if row.part == part], rows, texts, speakers=True)


def test_lhotse_reads_and_validates_cuts(several_voices: list[Row], tmp_path: Path) -> None:
    read = libraries.read("lhotse", folder_of("lhotse", several_voices, tmp_path / "set"), tmp_path / "home")
    check(read, several_voices, EXACT, speakers=True)


@pytest.mark.parametrize("read", KALDI.values(), ids=KALDI)
def test_folders_of_kaldi(
    read: Callable[[Path, Path], list[ReadRow]], several_voices: list[Row], tmp_path: Path
) -> None:
    """Sorted by speaker, so that only here rows do not come in our order."""
    by_audio = sorted(several_voices, key=Row.wav)
    found = sorted(read(folder_of("kaldi", several_voices, tmp_path / "set"), tmp_path / "home"), key=ReadRow.wav)
    check(found, by_audio, IN_KALDI, speakers=False)
    ours = {(ours.speaker, theirs.speaker) for theirs, ours in zip(found, by_audio, strict=True)}
    assert len(ours) == len(VOICES)


@pytest.mark.parametrize("reader", ["webdataset", "hf_webdataset"])
def test_shards_are_read(reader: str, several_voices: list[Row], tmp_path: Path) -> None:
    read = libraries.read(reader, folder_of("webdataset", several_voices, tmp_path / "set"), tmp_path / "home")
    check(read, several_voices, EXACT, speakers=True)


@pytest.mark.parametrize(("reader", "name"), [("hf", "hf"), ("hf", "jsonl"), ("hf_webdataset", "webdataset")])
def test_a_speaker_who_is_named_late(reader: str, name: str, one_voice: list[Row], tmp_path: Path) -> None:
    """All rows before name none, and what is null in many rows is read as a column that can't be anything else."""
    rows = [*one_voice[:-1], replace(one_voice[-1], speaker="Ann")]
    read = libraries.read(reader, folder_of(name, rows, tmp_path / "set"), tmp_path / "home")
    check(read, rows, EXACT, speakers=False)
    assert [row.speaker for row in read].count("Ann") == 1


def test_lhotse_prepares_ljspeech(one_voice: list[Row], tmp_path: Path) -> None:
    read = libraries.read("lhotse_ljspeech", folder_of("ljspeech", one_voice, tmp_path / "set"), tmp_path / "home")
    check(read, one_voice, IN_TABLES, speakers=False)
