"""What the benchmarks make of their rounds."""

from pathlib import Path

import pytest

from benchmarks import inputs, table
from benchmarks.table import Figure


def test_a_ratio_is_taken_within_each_round() -> None:
    figure = table.ratio("ours ÷ floor", [2.0, 9.0, 3.0], [1.0, 3.0, 2.0], "≤ 1.3")
    assert figure == Figure("ours ÷ floor", "×", (2.0, 3.0, 1.5), "≤ 1.3")
    assert figure.median == 2.0


def test_sides_of_different_rounds_are_no_ratio() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        table.ratio("x", [1.0, 2.0], [1.0])


def test_the_table_shows_smallest_middle_and_largest_of_the_rounds() -> None:
    lines = table.table([Figure("one", "s", (3.0, 0.12345, 1234.5), "≤ 2"), Figure("never measured", "s", ())])
    assert lines.splitlines() == [
        "figure      min  median      max  rounds  aim",
        "one     0.123 s     3 s  1,234 s       3  ≤ 2",
    ]


def test_a_recording_is_the_same_in_every_run_and_as_long_as_its_cues(tmp_path: Path) -> None:
    one, other = (inputs.wav(tmp_path / name, 3, rate_hz=8_000, every_ms=1_000) for name in ("a.wav", "b.wav"))
    body = one.path.read_bytes()
    assert body == other.path.read_bytes()
    assert (len(body), one.seconds) == (44 + 3 * 16_000, 3.0)
    assert len({body[44 + n * 16_000 : 44 + (n + 1) * 16_000] for n in range(3)}) == 3
    assert [(cue.start_ms, cue.end_ms) for cue in one.cues] == [(0, 950), (1007, 1953), (2014, 2956)]
