"""What the trainers' readers come from: downloaded once, checked by hash, and never silently absent."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.readers import wheels
from tests.readers.extract import Gone, functions

HASH = "0" * 64


def pins(folder: Path, package: str) -> Path:
    file = folder / "some.txt"
    file.write_text(f"{package} \\\n    --hash=sha256:{HASH}\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("package", ["webdataset==0.0.0", "webdataset==1.0.2"], ids=["no such version", "another hash"])
def test_a_package_that_cannot_be_had_is_named(package: str, tmp_path: Path) -> None:
    with pytest.raises(wheels.Missing, match="pip can't bring webdataset"):
        wheels.fill("some", pins(tmp_path, package), tmp_path / "kept")
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["some.lock"]


def test_what_is_missing_is_asked_for_once_and_fails_every_test(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fill(name: str, pins: Path, cache: Path) -> Path:
        asked.append(name)
        raise wheels.Missing(f"pip can't bring {name}")

    monkeypatch.setattr(wheels, "fill", fill)
    for _ in range(2):
        with pytest.raises(wheels.Missing, match="absent-package"):
            wheels.source("absent-package", "some/file.py")
    assert asked == ["absent-package"]


def test_of_many_at_a_time_one_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def pip(arguments: list[str], packages: str) -> None:
        calls.append(arguments)
        Path(arguments[arguments.index("--dest") + 1]).mkdir()

    monkeypatch.setattr(wheels, "_pip", pip)
    file = pins(tmp_path, "webdataset==1.0.2")
    old = tmp_path / "kept" / f"some-{'0' * 12}"
    old.mkdir(parents=True)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: wheels.fill("some", file, tmp_path / "kept"), range(8)))
    assert len(calls) == len(found) == 1
    assert not old.exists(), "what earlier pins brought stays for ever"


def test_versions_are_known_without_asking_an_index() -> None:
    names = {"coqui-tts", "datasets", "espnet", "f5-tts", "lhotse", "nemo-toolkit", "piper-tts", "webdataset"}
    assert set(wheels.versions()) == names


def test_the_document_names_the_versions_that_are_pinned() -> None:
    documents = Path(__file__).parents[2] / "docs"
    said = "".join(file.read_text(encoding="utf-8") for file in documents.glob("exports*.md"))
    assert [pin for pin in wheels.versions().items() if " ".join(pin) not in said] == []


def test_pins_name_no_index_and_no_host() -> None:
    for file in wheels.PINS.iterdir():
        said = file.read_text(encoding="utf-8")
        assert "://" not in said
        assert "--index" not in said


def test_a_function_that_is_gone_is_named() -> None:
    with pytest.raises(Gone, match=r"there is no Table\.read in it"):
        functions("class Table:\n    pass\n", "Table.read", given={})


def test_a_function_runs_without_what_its_module_imports() -> None:
    source = "import torch\n@torch.no_grad()\ndef twice(x: torch.Tensor) -> torch.Tensor:\n    return two * x\n"
    assert functions(source, "twice", given={"two": 2})["twice"](21) == 42
