"""What is printed: safe, and readable with and without a terminal."""

import io

from rich.console import Console

from cuecutter.cli import printing
from cuecutter.cli.exits import Exit, worst
from cuecutter.cli.screen import PlainScreen, RichScreen, on


def test_text_of_strangers_cannot_reach_the_terminal() -> None:
    assert printing.printable("a\x1b[2Jb\nc\u202ed\udce9") == "a\\x1b[2Jb\\nc\\u202ed\\udce9"
    assert printing.printable("Größe 字 [red]") == "Größe 字 [red]"
    assert printing.printable("x" * 1000) == "x" * 300 + "…"


def test_spans_and_sizes_are_for_people() -> None:
    assert [printing.clock(seconds) for seconds in (0, 59, 185, 7260)] == ["0 s", "59 s", "3:05 min", "2:01 h"]
    assert [printing.size(count) for count in (7, 3_250_586, 2**40)] == ["7 B", "3.1 MiB", "1024.0 GiB"]
    assert printing.counted({"b": 1, "a": 1, "c": 9}) == "c 9, a 1, b 1"


def test_without_a_terminal_there_is_a_line_for_each_stage_and_one_every_ten_seconds() -> None:
    lines: list[str] = []
    now = 100.0
    screen = PlainScreen(lines.append, lambda: now)
    screen.expect(2)
    work = screen.work("talk\x1b[2J")
    work.at("uploading", 0, 4 << 20, "B")
    for now in range(101, 112):
        work.at("uploading", (now - 100) * (1 << 18), 4 << 20, "B")
    work.at("processing", 0, None, "segments")
    work.end("12 segments")
    assert lines == [
        "talk\\x1b[2J: uploading",
        "talk\\x1b[2J: uploading 2.5 MiB of 4.0 MiB, 256.0 KiB/s, 6 s left",
        "talk\\x1b[2J: processing",
        "[1/2] talk\\x1b[2J: 12 segments",
    ]


def test_a_file_and_a_dumb_terminal_get_plain_lines() -> None:
    assert isinstance(on(io.StringIO()), PlainScreen)


def test_names_are_no_markup_on_a_terminal() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, markup=False, emoji=False, highlight=False)
    with RichScreen(console) as screen:
        screen.expect(1)
        work = screen.work("[bold]:smile:[/nothing]")
        work.at("uploading", 1, 2, "B")
        work.end("done")
    assert "[bold]:smile:[/nothing]: done" in out.getvalue()


def test_the_exit_code_is_that_of_what_has_to_be_mended_first() -> None:
    assert worst([]) is Exit.OK
    assert worst([Exit.OK, Exit.DROPPED]) is Exit.DROPPED
    assert worst([Exit.DROPPED, Exit.FAILED, Exit.UNREACHABLE]) is Exit.UNREACHABLE
    assert worst([Exit.FAILED, Exit.NOT_ALLOWED]) is Exit.NOT_ALLOWED
    assert sorted(Exit) == [0, 1, 2, 3, 4, 5, 130]


def test_segments_are_counted_with_their_rate_and_what_is_left() -> None:
    lines: list[str] = []
    now = 100.0
    work = PlainScreen(lines.append, lambda: now).work("talk")
    work.at("processing", 0, 60, "segments")
    now = 120.0
    work.at("processing", 20, 60, "segments")
    assert lines[-1] == "talk: processing 20 of 60 segments, 1.0/s, 40 s left"
