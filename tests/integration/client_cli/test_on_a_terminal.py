"""What a person sees in a terminal, from the first bar to the last line."""

from collections.abc import Callable
from pathlib import Path

from tests.integration.client_cli import tiny_terminal
from tests.integration.client_cli.conftest import COMMAND, Person

LAST_SCREEN = """\
not matched: chapters/alone.mp3
[red]c0: 2 segments, 1 dropped
c1\\x1b[2J: 2 segments, 1 dropped
part 2/c2: 2 segments, 1 dropped
chapters-piper: downloaded and unpacked
pair       kept  dropped     changed  flags, worst first
[red]c0       2  bad-time 1  -        digits-in-text 1
c1\\x1b[2J     2  bad-time 1  -        digits-in-text 1
part 2/c2     2  bad-time 1  -        digits-in-text 1
all           6  3
dropped: [red]c0, line 9: bad-time 00:00:xx,000 --> 00:00:03,000
dropped: c1\\x1b[2J, line 9: bad-time 00:00:xx,000 --> 00:00:03,000
dropped: part 2/c2, line 9: bad-time 00:00:xx,000 --> 00:00:03,000
out/chapters-piper: 6 clips, 0.00 h
  other-rate: Piper takes 22050 Hz, and resamples or refuses other rates.
""".splitlines()


def test_bars_are_shown_while_it_works_and_lines_stay_when_it_is_done(
    person: Person, chapters: Callable[..., Path]
) -> None:
    folder = chapters("[red]c0", "c1\x1b[2J", "part 2/c2", seconds=12.0)
    (folder / "alone.mp3").write_bytes(b"")
    command = [*COMMAND, "cut", "chapters", "--for", "piper", "-o", "out", "--jobs", "1"]
    exit_code, screen, seen = tiny_terminal.run(command, person.env(), person.home, (100, 40))
    assert (exit_code, screen.text(), screen.unknown) == (0, LAST_SCREEN, set())
    assert any("━" in frame and "all" in frame and "0 of 4" in frame for frame in seen), seen[-3:]
    assert any("left" in frame and "1 of 4" in frame for frame in seen), seen[-3:]
    assert any("part 2/c2" in frame and ("uploading" in frame or "processing" in frame) for frame in seen)


def test_a_narrow_terminal_has_the_same_lines(person: Person, chapters: Callable[..., Path]) -> None:
    chapters("a" * 60)
    command = [*COMMAND, "cut", "chapters", "--for", "piper", "-o", "out"]
    exit_code, screen, _ = tiny_terminal.run(command, person.env(), person.home, (40, 10))
    assert exit_code == 0
    assert "".join(screen.text()).startswith("a" * 60 + ": 2 segments, 1 dropped")


def test_a_terminal_that_cannot_move_its_cursor_gets_lines(person: Person, chapters: Callable[..., Path]) -> None:
    chapters("one")
    env = {**person.env(), "TERM": "dumb"}
    command = ["env", "TERM=dumb", *COMMAND, "cut", "chapters", "--for", "piper", "-o", "out"]
    exit_code, screen, seen = tiny_terminal.run(command, env, person.home, (100, 40))
    assert exit_code == 0
    assert "━" not in seen[-1]
    assert "[1/2] one: 2 segments, 1 dropped" in screen.text()
