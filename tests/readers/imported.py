"""Reads an export with a library as a user would import it: `imported.py LIBRARIES READER FOLDER`, rows as JSON lines.

A program of its own, with nothing of .venv on its path. torch and torchcodec, which these libraries import and do not
use for reading, get stand-ins: whatever is asked of one is again a stand-in, and none computes anything.
"""

import json
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any


class _Kind(type):
    def __getattr__(cls, name: str) -> Any:
        return _stand_in(name)


def _stand_in(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Kind(
        name,
        (),
        {
            "__init__": lambda self, *args, **kwargs: None,
            "__call__": lambda self, *args, **kwargs: args[0] if args else None,  # as a decorator
            "__getattr__": lambda self, name: _stand_in(name),
        },
    )


class _Module(types.ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__version__ = "0"

    def __getattr__(self, name: str) -> Any:
        return _stand_in(name)


class _Absent:
    """Finds the modules that are not installed."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, is_package=True) if name.split(".")[0] in ("torch", "torchcodec") else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def hf(folder: Path) -> Iterator[dict[str, Any]]:
    """`load_dataset(folder)` and nothing else: parts, texts and audio have to come from the folder's own shape."""
    import datasets  # noqa: PLC0415

    # After the import, which looks for them and would then use them.
    sys.meta_path.insert(0, _Absent())
    parts = datasets.load_dataset(str(folder))
    for part, found in parts.items():
        assert isinstance(found.features["audio"], datasets.Audio), "the audio is no column of audio"
        for row in found.cast_column("audio", datasets.Audio(decode=False)):
            yield {**_of(row), "audio_path": row["audio"]["path"], "part": part}


def lhotse(folder: Path) -> Iterator[dict[str, Any]]:
    """`CutSet.from_file` and `validate`, which reads all samples and compares their number."""
    sys.meta_path.insert(0, _Absent())
    from lhotse import CutSet, validate  # noqa: PLC0415

    for file in sorted(folder.glob("cuts*.jsonl")):
        cuts = CutSet.from_file(file)
        validate(cuts, read_data=True)
        part = file.stem.partition("_")[2] or "train"
        for cut in cuts:
            (said,) = cut.supervisions
            path = cut.recording.sources[0].source
            row = {"text": said.text, "speaker": said.speaker, "duration": cut.duration}
            yield {**row, "audio_path": path, "part": part}


def lhotse_ljspeech(folder: Path) -> Iterator[dict[str, Any]]:
    """`prepare_ljspeech`, which asks every WAV how long it is."""
    sys.meta_path.insert(0, _Absent())
    from lhotse.recipes import prepare_ljspeech  # noqa: PLC0415

    found = prepare_ljspeech(folder)
    paths = {recording.id: recording.sources[0].source for recording in found["recordings"]}
    for said in found["supervisions"]:
        yield {"text": said.text, "duration": said.duration, "audio_path": paths[said.recording_id]}


def lhotse_kaldi(folder: Path) -> Iterator[dict[str, Any]]:
    """`load_kaldi_data_dir`, the importer of Kaldi's folders."""
    sys.meta_path.insert(0, _Absent())
    from lhotse.kaldi import load_kaldi_data_dir  # noqa: PLC0415

    recordings, supervisions, _ = load_kaldi_data_dir(folder, sampling_rate=24_000)
    for said in supervisions:
        path = recordings[said.recording_id].sources[0].source
        yield {"text": said.text, "speaker": said.speaker, "duration": said.duration, "audio_path": path}


def webdataset(folder: Path) -> Iterator[dict[str, Any]]:
    """`WebDataset(url).decode()`, without its decoders of audio, which need torch."""
    import webdataset as wds  # noqa: PLC0415

    for shard in sorted(folder.glob("*.tar")):
        for sample in wds.WebDataset(str(shard), shardshuffle=False):
            row = json.loads(sample["json"])
            assert sample["txt"].decode("utf-8") == row["text"]
            yield {**_of(row), "audio": sample["wav"].hex()}


def hf_webdataset(folder: Path) -> Iterator[dict[str, Any]]:
    """`load_dataset("webdataset", …)` of the same file."""
    import datasets  # noqa: PLC0415

    sys.meta_path.insert(0, _Absent())
    shards = [str(shard) for shard in sorted(folder.glob("*.tar"))]
    found = datasets.load_dataset("webdataset", data_files=shards, split="train")
    for row in found.cast_column("wav", datasets.Audio(decode=False)):
        assert row["txt"] == row["json"]["text"]
        yield {**_of(row["json"]), "audio": row["wav"]["bytes"].hex()}


def _of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row.get(name) for name in ("text", "speaker", "duration")}


READERS: dict[str, Callable[[Path], Iterator[dict[str, Any]]]] = {
    reader.__name__: reader for reader in (hf, hf_webdataset, lhotse, lhotse_kaldi, lhotse_ljspeech, webdataset)
}


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    for line in READERS[sys.argv[2]](Path(sys.argv[3])):
        print(json.dumps(line))
