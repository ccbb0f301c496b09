"""`docs/api.md` lists every problem there is, in the words that the answers use."""

from pathlib import Path

from gateway.handlers.probes import NotReady
from gateway.http.problem_types import TABLE, problem_types
from transcripts import TranscriptError

PAGE = Path(__file__).parents[3] / "docs" / "api.md"


def rows() -> list[tuple[str, ...]]:
    """The cells of the table's lines, which begin with a status."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line[:3] in ("| 4", "| 5")]


def test_the_page_lists_every_problem_and_no_other() -> None:
    # What can be wrong with a transcript has codes of the reader's own, on a page of their own.
    ours = [problem_type for problem_type in problem_types() if problem_type is not TABLE[TranscriptError]]
    assert rows() == [
        (str(problem_type.status), f"`{problem_type.code}`", problem_type.title, problem_type.remedy)
        for problem_type in ours
    ]


def test_the_page_covers_transcripts_and_readiness() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "transcripts.md" in text
    assert f"`{NotReady(detail='x', missing=()).code}`" in text


def test_a_code_means_one_thing() -> None:
    codes = [problem_type.code for problem_type in problem_types()]
    assert len(codes) == len(set(codes))
    assert all(problem_type.remedy.endswith(".") for problem_type in problem_types())
    assert not any(problem_type.title.endswith(".") for problem_type in problem_types())
