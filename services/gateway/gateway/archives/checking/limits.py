"""What each trainer does not take, and where that is written. Seconds, characters of the text in the table, Hz.

A bound is checked before anything is exported, because most trainers leave such clips out without a word.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from gateway.archives.formats.languages import LANGUAGES, Script
from gateway.archives.formats.styletts2 import OTHER_TEXT_CHARS


class Bound(Struct, frozen=True):
    """`effect` on a clip beyond it, as a clause after "which". `source`: the file of the trainer's repository."""

    value: float
    effect: str
    source: str


class Scripts(Struct, frozen=True):
    """A text in any other script has no language that the trainer knows."""

    known: frozenset[Script]
    effect: str
    source: str


class Limits(Struct, frozen=True, kw_only=True):
    """None: the trainer has no such limit, or it depends on its configuration.

    `rate_hz` is the rate that it resamples to, or takes in its usual configuration; no clip is lost by another one.
    """

    trainer: str
    min_seconds: Bound | None = None
    max_seconds: Bound | None = None
    min_characters: Bound | None = None
    max_characters: Bound | None = None
    min_rate_hz: Bound | None = None
    scripts: Scripts | None = None
    rate_hz: int | None = None
    one_speaker: bool = False  # its table has no column for speakers
    needs_validation: bool = False
    other_text_chars: int | None = None  # it needs texts of this length, two at least


_LEFT_OUT: Final = "are left out"

# Python's csv module refuses a longer field: https://docs.python.org/3/library/csv.html#csv.field_size_limit
_CSV_FIELD: Final = Bound(131_072, "end the reading with an error", "Python: csv.field_size_limit")

_PIPER: Final = "OHF-Voice/piper1-gpl: src/piper/train/vits/dataset.py"
_XTTS: Final = "idiap/coqui-ai-TTS: TTS/tts/layers/xtts/trainer/dataset.py"
_XTTS_DEMO: Final = "idiap/coqui-ai-TTS: TTS/demos/xtts_ft_demo/utils/gpt_train.py"
_F5: Final = "SWivid/F5-TTS: src/f5_tts/train/finetune_gradio.py"
_SOVITS: Final = "RVC-Boss/GPT-SoVITS: GPT_SoVITS/module/data_utils.py"
_COSY: Final = "FunAudioLLM/CosyVoice: cosyvoice/dataset/processor.py"

LIMITS: Final[Mapping[str, Limits]] = {
    "nemo": Limits(trainer="NeMo"),  # min_duration and max_duration are its configuration's
    "hf": Limits(trainer="Hugging Face datasets"),
    "ljspeech": Limits(trainer="coqui-tts", rate_hz=22_050, one_speaker=True),
    "piper": Limits(
        trainer="Piper",
        # One segment of 8,192 samples at 22,050 Hz.
        min_seconds=Bound(
            0.372, "end the training with an error", f"{_PIPER} (segment_size); OHF-Voice/piper1-gpl#155"
        ),
        max_characters=_CSV_FIELD,
        rate_hz=22_050,
    ),
    "xtts": Limits(
        trainer="XTTS",
        min_seconds=Bound(0.5, _LEFT_OUT, _XTTS),
        max_seconds=Bound(11.6, _LEFT_OUT, _XTTS_DEMO),
        max_characters=Bound(200, _LEFT_OUT, _XTTS_DEMO),
        scripts=Scripts(
            frozenset(Script) - {Script.OTHER},
            "have no language that XTTS knows",
            "idiap/coqui-ai-TTS: TTS/tts/layers/xtts/tokenizer.py",
        ),
        rate_hz=22_050,
    ),
    "f5-tts": Limits(
        trainer="F5-TTS",
        min_seconds=Bound(1, "are left out by its form (the trainer itself takes them from 0.3 s)", _F5),
        max_seconds=Bound(30, _LEFT_OUT, _F5),
        min_characters=Bound(3, "are left out by its form", _F5),
        max_characters=_CSV_FIELD,
        rate_hz=24_000,
        one_speaker=True,
    ),
    "gpt-sovits": Limits(
        trainer="GPT-SoVITS",
        min_seconds=Bound(0.6, _LEFT_OUT, _SOVITS),
        max_seconds=Bound(54, _LEFT_OUT, _SOVITS),
        scripts=Scripts(
            frozenset(LANGUAGES),
            "are left out, because their language can't be one of zh, ja, en, ko and yue",
            "RVC-Boss/GPT-SoVITS: GPT_SoVITS/prepare_datasets/1-get-text.py",
        ),
        rate_hz=32_000,
    ),
    "jsonl": Limits(trainer="any"),
    "styletts2": Limits(
        trainer="StyleTTS2",
        # 512 positions less one at each end. Phonemes count, of which there are about as many as letters.
        max_characters=Bound(510, "end the training with an error", "yl4579/StyleTTS2: Utils/PLBERT/config.yml"),
        rate_hz=24_000,
        needs_validation=True,  # train_finetune.py divides by the number of its batches
        other_text_chars=OTHER_TEXT_CHARS,  # min_length in Configs/config_ft.yml
    ),
    "kaldi": Limits(
        trainer="CosyVoice",
        min_seconds=Bound(1, _LEFT_OUT, "FunAudioLLM/CosyVoice: examples/libritts/cosyvoice2/conf"),
        max_seconds=Bound(60, _LEFT_OUT, "FunAudioLLM/CosyVoice: examples/libritts/cosyvoice2/conf"),
        min_rate_hz=Bound(16_000, _LEFT_OUT, _COSY),
        rate_hz=24_000,
    ),
    "lhotse": Limits(trainer="Lhotse"),
    "webdataset": Limits(trainer="WebDataset"),
}
