"""The rules of trainers of which there is no wheel, restated by us from their public sources: not their own code.

Each names the file it restates. They are as strict as the trainer: what it would skip or die of raises here.
"""

import re
from pathlib import Path

from tests.readers.read_row import ReadRow

GPT_SOVITS_LANGUAGES = {"zh", "ja", "en", "ko", "yue"}


def _lines(file: Path) -> list[str]:
    """As `for line in open(file)` does, and strips: `str.splitlines` would break at U+2028, too."""
    with file.open(encoding="utf-8") as opened:
        return [line.strip("\n") for line in opened]


def gpt_sovits(folder: Path) -> list[ReadRow]:
    """GPT_SoVITS/prepare_datasets/1-get-text.py: four parts, a language it knows, and only the base name of the WAV."""
    rows = []
    for line in (folder / "train.list").read_text(encoding="utf-8").strip("\n").split("\n"):
        wav, speaker, language, text = line.split("|")
        if language in GPT_SOVITS_LANGUAGES:  # others it skips, and says so
            rows.append(ReadRow(text, folder / "wavs" / Path(wav).name, speaker))
    names = [row.audio_path for row in rows]
    assert len(set(names)) == len(names), "two rows have one base name, and the second would have the first's audio"
    return rows


def knows_language_of(text: str) -> bool:
    """Whether GPT-SoVITS can be trained with it: not Arabic and Hebrew, of our texts."""
    return not re.search("[\u0590-\u06ff]", text)


def styletts2(folder: Path) -> list[ReadRow]:
    """meldataset.py, FilePathDataset: three parts, the last a whole number; paths begin at `root_path`, the folder."""
    parts = [line.strip().split("|") for line in _lines(folder / "train_list.txt")]
    return [ReadRow(text, folder / wav, str(int(speaker))) for wav, text, speaker in parts]


def vits(file: Path, audio: Path) -> list[ReadRow]:
    """utils.py, load_filepaths_and_text, and data_utils.py: `path|text` or `path|number|text`.

    The length of a clip is taken from the size of its file, so that anything but 44 bytes of header is refused here.
    """
    rows = []
    for parts in (line.strip().split("|") for line in _lines(file)):
        wav, text = parts[0], parts[-1]
        assert len(parts) in (2, 3), f"{len(parts)} parts"
        speaker = str(int(parts[1])) if len(parts) == 3 else None
        assert (audio / wav).read_bytes()[36:40] == b"data", "its header is longer than 44 bytes"
        rows.append(ReadRow(text, audio / wav, speaker))
    return rows


def matcha(file: Path, audio: Path) -> list[ReadRow]:
    """matcha/data/text_mel_datamodule.py, parse_filelist: an empty last line would be a row without a text."""
    parts = [line.strip().split("|") for line in _lines(file)]
    assert all(len(part) in (2, 3) for part in parts), "a row without a text"
    return [ReadRow(part[-1], audio / part[0], str(int(part[1])) if len(part) == 3 else None) for part in parts]


def kaldi(folder: Path) -> list[ReadRow]:
    """utils/validate_data_dir.sh: the same ids in every file, ascending bytewise, each with its speaker in front."""
    wavs, texts, speakers = (
        [line.split(" ", 1) for line in _lines(folder / name)] for name in ("wav.scp", "text", "utt2spk")
    )
    ids = [first for first, _ in texts]
    assert ids == sorted(set(ids), key=str.encode), "ids come twice, or do not ascend bytewise"
    assert all([first for first, _ in lines] == ids for lines in (wavs, speakers)), "the files list different ids"
    assert all(id_.startswith(speaker) for id_, speaker in speakers), "an id without its speaker in front"
    assert [speaker for _, speaker in speakers] == sorted(speaker for _, speaker in speakers), "speakers are mixed"
    rows = zip(wavs, texts, speakers, strict=True)
    return [ReadRow(text, folder / wav, speaker) for (_, wav), (_, text), (_, speaker) in rows]
