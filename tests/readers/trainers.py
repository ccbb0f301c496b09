"""The readers of trainers that can't be installed here, taken out of their wheels: one function for each.

Each takes the folder of an unpacked export and gives its rows in order. What a trainer's user does by hand before, the
function does too, and says so.
"""

import csv
import json
import logging
import os
import re
from collections import defaultdict
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import soundfile

from tests.readers import wheels
from tests.readers.extract import functions
from tests.readers.read_row import ReadRow

LOG = logging.getLogger(__name__)


def f5_command_line(folder: Path) -> list[ReadRow]:
    """`prepare_csv_wavs.py`, which wants absolute paths: the user writes `wavs`, absolute, before them."""
    path = "f5_tts/train/datasets/prepare_csv_wavs.py"
    read = functions(wheels.source("f5-tts", path), "read_audio_text_pairs", given={"csv": csv, "Path": Path})
    header, *lines = (folder / "metadata.csv").read_text(encoding="utf-8").split("\n")
    absolute = [f"{folder}/wavs/{line}" if line else "" for line in lines]
    (folder / "absolute.csv").write_text("\n".join([header, *absolute]), encoding="utf-8", newline="")
    pairs = read["read_audio_text_pairs"](str(folder / "absolute.csv"))
    return [ReadRow(text=text, audio_path=Path(audio)) for audio, text in pairs]


def f5_gradio(folder: Path) -> list[ReadRow]:
    """The tab "Prepare Data" of `finetune_gradio.py`; what it would refuse fails here with its own words."""
    written: list[dict[str, Any]] = []
    writer = MagicMock()
    writer.return_value.__enter__.return_value.write = written.append
    given = {
        "gr": MagicMock(),
        "os": os,
        "json": json,
        "path_data": str(folder.parent),
        "_safe_project_path": os.path.join,
        "ArrowWriter": writer,
        "torchaudio": SimpleNamespace(load=_like_torchaudio),
        "convert_char_to_pinyin": lambda texts, polyphone: texts,  # for the model's alphabet, after reading
    }
    names = ("get_audio_duration", "get_correct_audio_path", "format_seconds_to_hms", "create_metadata")
    taken = functions(wheels.source("f5-tts", "f5_tts/train/finetune_gradio.py"), *names, given=given)
    progress = SimpleNamespace(tqdm=lambda lines, **_: lines)
    said, _ = taken["create_metadata"](folder.name, True, progress=progress)
    complaints = [line for line in said.splitlines() if " = " in line]
    # The header, which the command line needs, looks like the path of a file that does not exist.
    assert [line for line in complaints if not re.search(r"/audio_file\.\w+ = error path$", line)] == []
    return [ReadRow(row["text"], Path(row["audio_path"]), duration=row["duration"]) for row in written]


def _like_torchaudio(path: str) -> tuple[SimpleNamespace, int]:
    samples, rate = soundfile.read(path, always_2d=True)
    return SimpleNamespace(shape=samples.T.shape), rate


def coqui_xtts(folder: Path, table: str = "metadata.csv") -> list[ReadRow]:
    """The formatter `coqui`, with which XTTS is fine-tuned."""
    return _coqui(folder, "coqui", table)


def coqui_ljspeech(folder: Path) -> list[ReadRow]:
    """The formatter `ljspeech`, which reads the third column and knows one speaker."""
    return _coqui(folder, "ljspeech", "metadata.csv")


def _coqui(folder: Path, formatter: str, table: str) -> list[ReadRow]:
    given = {"os": os, "csv": csv, "Path": Path, "logger": LOG}
    taken = functions(wheels.source("coqui-tts", "TTS/tts/datasets/formatters.py"), formatter, given=given)
    items = taken[formatter](str(folder), table)
    return [ReadRow(item["text"], Path(item["audio_file"]), item["speaker_name"]) for item in items]


def piper(folder: Path, *, voices: int, audio: str = ".") -> list[ReadRow]:
    """`prepare_data` and `setup` of the training: all but phonemes, tensors and the detector of silence.

    `voices` is `--model.num_speakers`; `audio`, from the folder, `--data.audio_dir`.
    """
    loaded: list[Path] = []

    def load(path: Path, **_: Any) -> tuple[MagicMock, int]:
        loaded.append(path)
        return MagicMock(), 22_050

    module = SimpleNamespace(
        csv_path=folder / "metadata.csv",
        audio_dir=folder / audio,
        cache_dir=folder / "cache",
        config_path=folder / "config.json",
        phonemes_path=None,
        phoneme_type="text",
        dataset_type="text",
        is_multispeaker=voices > 1,
        num_speakers=voices,
        num_symbols=256,
        num_test_examples=0,
        sample_rate=22_050,
        trim_silence=False,
        validation_split=0,
        espeak_voice="en",
        vowel_clusters=None,
        filter_length=1024,
        hop_length=256,
        win_length=1024,
    )
    split = MagicMock(side_effect=lambda rows, parts: (rows, None, None))
    given = {
        **dict.fromkeys(("torch", "EspeakPhonemizer", "SileroVoiceActivityDetector", "spectrogram_torch"), MagicMock()),
        "csv": csv,
        "json": json,
        "itertools": MagicMock(),
        "unicodedata": MagicMock(),
        "_LOGGER": LOG,
        "Enum": Enum,
        "Optional": MagicMock(),
        "librosa": SimpleNamespace(load=load),
        "get_cache_id": lambda number, text, speaker_id=None: str(number),
        "PhonemeType": SimpleNamespace(PINYIN=0, HEBREW=1, JAPANESE=2, THAI=3, TEXT="text"),
        "PiperConfig": lambda **_: SimpleNamespace(speaker_id_map={}, to_dict=dict),
        "DEFAULT_PHONEME_ID_MAP": {},
        "default_phonemes_to_ids": MagicMock(),
        "CachedUtterance": SimpleNamespace,
        "VitsDataset": list,
        "random_split": split,
    }
    names = ("DatasetType", "VitsDataModule.prepare_data", "VitsDataModule.setup")
    taken = functions(wheels.source("piper-tts", "piper/train/vits/dataset.py"), *names, given=given)
    taken["VitsDataModule.prepare_data"](module)
    taken["VitsDataModule.setup"](module, "fit")
    by_id = {number: name for name, number in module.piper_config.speaker_id_map.items()}
    found = zip(module.train_dataset, loaded, strict=True)
    return [ReadRow(row.text, audio, by_id.get(row.speaker_id)) for row, audio in found]


def espnet(folder: Path) -> list[ReadRow]:
    """`read_2columns_text`, which reads every file of a data folder in the shape of Kaldi's."""
    given = {"Path": Path, "logging": LOG, "Optional": MagicMock(), "Dict": dict}
    read = functions(wheels.source("espnet", "espnet2/fileio/read_text.py"), "read_2columns_text", given=given)
    texts, paths, speakers = (read["read_2columns_text"](folder / name) for name in ("text", "wav.scp", "utt2spk"))
    assert list(texts) == list(paths) == list(speakers), "the three files do not list the same utterances"
    return [ReadRow(text, folder / paths[key], speakers[key]) for key, text in texts.items()]


_NEMO_MANIFEST = "nemo/collections/common/parts/preprocessing/manifest.py"
_NEMO_TTS = "nemo/collections/tts/parts/utils/tts_dataset_utils.py"
_NEMO_LINES = "nemo/collections/asr/parts/utils/manifest_utils.py"


def _nemo_given() -> dict[str, Any]:
    local = SimpleNamespace
    return {
        "json": json,
        "os": os,
        "re": re,
        "Path": Path,
        "defaultdict": defaultdict,
        "expanduser": os.path.expanduser,
        "logging": LOG,
        "DataStoreObject": lambda path: local(get=lambda: path),
        "is_datastore_path": lambda path: False,
    }


def nemo_items(folder: Path, manifest: str) -> list[ReadRow]:
    """`item_iter`, through which NeMo's collections read a manifest."""
    names = ("item_iter", "__parse_item", "get_full_path", "is_tarred_dataset")
    taken = functions(wheels.source("nemo-toolkit", _NEMO_MANIFEST), *names, given=_nemo_given())
    items = taken["item_iter"](str(folder / manifest))
    return [ReadRow(row["text"], Path(row["audio_file"]), row["speaker"], row["duration"]) for row in items]


def nemo_tts(folder: Path, manifest: str) -> list[ReadRow]:
    """What `TextToSpeechDataset` does with a manifest, whose `audio_dir` is the folder here."""
    lines = functions(wheels.source("nemo-toolkit", _NEMO_LINES), "read_manifest", given=_nemo_given())
    names = ("filter_dataset_by_duration", "get_abs_rel_paths", "get_audio_filepaths")
    of_tts = functions(wheels.source("nemo-toolkit", _NEMO_TTS), *names, given=_nemo_given())
    entries = lines["read_manifest"](folder / manifest)
    kept, _, _ = of_tts["filter_dataset_by_duration"](entries, 0.1, 60.0)
    paths = [of_tts["get_audio_filepaths"](entry, folder)[0] for entry in kept]
    return [ReadRow(row["text"], path, row["speaker"], row["duration"]) for row, path in zip(kept, paths, strict=True)]
