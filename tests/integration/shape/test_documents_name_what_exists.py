"""Every file, module and name of ours that a document names in backquotes exists: a reader looks there first."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stacks import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted(ROOT.glob("docs/**/*.md"))]
# A document may name a path from the repository's root, or from a library's or service's folder: `bus/stream.py`.
FOLDERS = [ROOT, ROOT / "client", *sorted(ROOT.glob("libs/*")), *sorted(ROOT.glob("services/*"))]
SOURCES = [
    path
    for part in ("client", "libs", "services", "stack", "migrations", "tests")
    for path in (ROOT / part).rglob("*.py")
]
PACKAGES = {
    path.parent.name
    for shape in ("*/", "client/*/", "libs/*/*/", "services/*/*/")
    for path in ROOT.glob(f"{shape}__init__.py")
}
PARENTS = PACKAGES | {"client", "libs", "services", "tests", "docs", "deploy"}
MADE_BY_THE_READER = {"listen.py"}
MADE_BY_A_STACK = {"stack.env"}
IN_AN_EXPORT = {"manifest.jsonl"}  # looks like a module of the service manifest

PATH = re.compile(r"(?<![\w.<>/$-])(?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|ya?ml|conf|lock)\b(?:: (?P<name>\w+))?")
FOLDER = re.compile(r"(?P<parent>[a-z_-]+)(?:/[a-z_-]+)*/?")
MODULE = re.compile(r"(?<![\w./$-])(?P<package>[a-z_]+)(?:\.[a-z_]+)+\b")
CLASS = re.compile(r"[A-Z][a-z]\w*\.[a-z_]+|[A-Z][a-z]+[A-Z]\w+")


def quoted(page: Path) -> Iterator[str]:
    """What stands between backquotes, without blocks of code."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"`([^`]+)`", prose)


def found(path: str) -> Path | None:
    return next((folder / path for folder in FOLDERS if (folder / path).exists()), None)


def missing_paths(quote: str) -> Iterator[str]:
    for match in PATH.finditer(quote):
        path, _, name = match[0].partition(": ")
        target = found(path)
        if "/" not in path and target is None:
            target = next((source for source in SOURCES if source.name == path), None)
        if path not in MADE_BY_THE_READER and target is None:
            yield path
        elif target is not None and name and not re.search(rf"\b{name}\b", target.read_text(encoding="utf-8")):
            yield match[0]


def missing_modules(quote: str) -> Iterator[str]:
    for match in MODULE.finditer(PATH.sub("", quote)):
        path = match[0].replace(".", "/")
        ours = match["package"] in PACKAGES and match[0] not in MADE_BY_A_STACK | IN_AN_EXPORT
        if ours and found(f"{path}.py") is None and found(f"{path}/__init__.py") is None:
            yield match[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_document_names_is_there(page: Path) -> None:
    assert [path for quote in quoted(page) for path in missing_paths(quote)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_folder_that_a_document_names_is_there(page: Path) -> None:
    named = [match for match in map(FOLDER.fullmatch, quoted(page)) if match and "/" in match[0]]
    assert [match[0] for match in named if match["parent"] in PARENTS and found(match[0]) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_a_document_names_is_there(page: Path) -> None:
    assert [module for quote in quoted(page) for module in missing_modules(quote)] == []


def test_every_class_that_the_architecture_names_is_in_the_code() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    named = {name for quote in quoted(ROOT / "docs" / "architecture.md") for name in CLASS.findall(quote)}
    missing = {name for name in named if not all(re.search(rf"\b{part}\b", code) for part in name.split("."))}
    assert missing == set()
