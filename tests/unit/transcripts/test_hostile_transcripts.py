"""Uploads made to hang a reader or to fill its memory: the cost grows with the size and no faster."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from transcripts import TooManyCues, TranscriptError, TranscriptKind, cue_collector, read

MIB = 1 << 20
T = "00:00:01,000 --> 00:00:02,000"
ODDEST = "(0：0 :1 . 12345678 -> 0:0 :2 . 12345678) "
CUE = f"1\n{T}\nHello\n\n"


def filled(unit: str, size: int, before: str = "", after: str = "") -> bytes:
    room = size - len(before.encode()) - len(after.encode())
    return (before + unit * (room // len(unit.encode())) + after).encode()


def cues(size: int, time_line: str = "00:{:02}:{:02},000 --> 00:{:02}:{:02},900") -> bytes:
    text = "".join(
        f"{n}\n{time_line.format(n // 60 % 60, n % 60, n // 60 % 60, n % 60)}\nalright\n\n"
        for n in range(1, size // 44)
    )
    return text.encode()[:size]


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "one line of digits": lambda size: b"1" * size,
    "digits as an index": lambda size: filled("9", size, after=f"\n{T}\nHello\n"),
    "digits of hours": lambda size: filled("9", size, after=f":00:01,000 --> {T}\nHello\n"),
    "digits of a fraction": lambda size: filled("9", size, "00:00:01,", " --> 00:00:02,000\nHello\n"),
    "digits of an end's fraction": lambda size: filled("9", size, f"{T}"),
    "lines of one digit": lambda size: b"1\n" * (size // 2),
    "lines of one digit in a text": lambda size: filled("1\n", size, CUE),
    "the expected number again and again": lambda size: filled("\n2a", size, CUE),
    "paragraphs of the expected number": lambda size: filled("2\n\n", size, CUE),
    "paragraphs that begin like the expected number": lambda size: filled("\n\n22", size, CUE),
    "line ends": lambda size: b"\n" * size,
    "CR": lambda size: b"\r" * size,
    "CRLF": lambda size: b"\r\n" * (size // 2),
    "blank lines in a text": lambda size: filled("a\n\n", size, CUE),
    "spaces": lambda size: b" " * size,
    "spaces before a time line": lambda size: filled(" ", size, after=f"{T}\nHello\n"),
    "spaces in a time line": lambda size: filled(" ", size, "00:00:01,000", "--> 00:00:02,000\nHello\n"),
    "spaces behind an arrow": lambda size: filled(" ", size, "00:00:01,000 -->", "00:00:02,000\nHello\n"),
    "no-break spaces above a time line": lambda size: filled("\xa0", size, CUE, f"\n{T}\nHello\n"),
    "direction marks": lambda size: filled("\u200e", size, after=f"{T}\nHello\n"),
    "arrows on lines": lambda size: filled("-->\n", size, CUE),
    "arrows on one line": lambda size: filled("-->", size, CUE),
    "dashes before an arrow": lambda size: filled("-", size, "0:0", ">0:1\nHello\n"),
    "dashes, then an arrow": lambda size: filled("-", size, "0:0", " ->0:1\nHello\n"),
    "broken arrows": lambda size: filled("0 - ", size, CUE),
    "colons": lambda size: b":" * size,
    "time words": lambda size: filled("1: ", size, after=" --> 00:00:02,000\nHello\n"),
    "time lines without text": lambda size: filled(f"{T}\n", size),
    "short time lines": lambda size: filled("0:0->0:1\n", size),
    "time lines inside a text": lambda size: filled("0:0->0:1 a\n", size, f"1\n{T}\nHello\n"),
    "settings": lambda size: filled("x1:1 ", size, f"{T} ", "\nHello\n"),
    "words on a time line": lambda size: filled("a ", size, f"{T} "),
    "one word on a time line": lambda size: filled("é", size, "00:00:01.000 --> 00:00:02.000 "),
    "byte order marks": lambda size: filled("\ufeff", size, CUE),
    "marks and digits": lambda size: filled("\ufeff0", size, CUE),
    "marks and numbers": lambda size: filled("\ufeff1\n", size, CUE),
    "joined files": lambda size: filled("\ufeff0:0->0:1\n", size),
    "WebVTT notes": lambda size: filled("\n\nNOTE\n", size, "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"),
    "NUL": lambda size: b"\0" * size,
    "ordinary cues": cues,
    "oddly timed cues": lambda size: cues(size, "{}:{}.0 -> {}:{}.9"),
    "cues of the oddest times": lambda size: filled(f"{ODDEST}a\nb\n\nc\n", size),
    "cues of the oddest times, none kept": lambda size: filled(f"{ODDEST.replace('0:0 :2', '0:0 :0')}a\n\n", size),
    "words under times under an index": lambda size: filled(f"a1\n{T} a\n\n", size),
    "years": lambda size: filled("0:0->0:1\na\n2024\n", size),
    "byte order marks of UTF-16": lambda size: ("\ufeff" + CUE + "\ufeff" * (size // 2 - 50)).encode("utf-16-le"),
    "short WebVTT notes": lambda size: filled("\n\nNOTE", size, "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"),
    "emoji and short lines": lambda size: filled("a b\n", size, f"{CUE}😀"),
    "full times on one line": lambda size: filled("0:00:0", size, f"{CUE}x"),
    "half times on one line": lambda size: filled("0:00 ", size, f"{CUE}x"),
    "a long text": lambda size: filled("ab\n", size, CUE),
    "an even longer plain text": lambda size: filled("so it goes ", size),
}


def cpu_seconds(data: bytes, kinds: tuple[TranscriptKind | None, ...] = (None, TranscriptKind.SRT)) -> float:
    """Of this process alone. Still more on a busy machine, so every limit below may be met at a second or third try."""
    started = time.process_time()
    for kind in kinds:
        try:
            transcript = read(data, kind)
        except TranscriptError:
            continue
        assert len(transcript.cues) + len(transcript.dropped) == transcript.parsed
    return time.process_time() - started


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_size_costs_no_more_than_about_twice_the_time(name: str) -> None:
    small, large = HOSTILE[name](MIB // 32), HOSTILE[name](MIB // 16)

    assert any(grows_linearly(small, large) for _ in range(3))


def grows_linearly(small: bytes, large: bytes) -> bool:
    before, after = cpu_seconds(small), cpu_seconds(large)
    # What is over in 5 ms says nothing by its ratio, and nothing quadratic in 64 KiB is over by then.
    return after < 0.005 or after < 3 * before


AT_FULL_SIZE = [
    "one line of digits",
    "digits as an index",
    "line ends",
    "spaces",
    "arrows on lines",
    "lines of one digit in a text",
    "dashes, then an arrow",
    "colons",
    "short WebVTT notes",
]


@pytest.mark.parametrize("name", AT_FULL_SIZE)
def test_sixteen_mebibytes_of_anything_are_over_in_five_seconds(name: str) -> None:
    data = HOSTILE[name](16 * MIB)

    assert any(cpu_seconds(data, (TranscriptKind.SRT,)) < 5 for _ in range(3))


# Each four bytes of an arrow on a line are a dropped cue with its number, line and reason; `MAX_CUES` bounds those.
MEMORY_TIMES = {"ordinary cues": 11, "a long text": 10, "lines of one digit in a text": 10, "arrows on lines": 60}


@pytest.mark.parametrize("name", MEMORY_TIMES)
def test_memory_stays_within_some_times_the_size(name: str) -> None:
    data = HOSTILE[name](MIB // 8)

    tracemalloc.start()
    try:
        read(data + b"1\n00:00:01,000 --> 00:00:02,000\nkept\n")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < MEMORY_TIMES[name] * len(data)


def test_more_cues_than_any_recording_has_are_refused_with_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cue_collector, "MAX_CUES", 1000)
    assert len(read(b"0:0->0:1\nx\n" * 1000).cues) == 1000

    with pytest.raises(TooManyCues) as caught:
        read(b"0:0->0:1\nx\n" * 1001)

    assert (caught.value.code, caught.value.line) == ("too-many-cues", 2001)


def test_more_warnings_than_any_recording_needs_are_refused_with_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cue_collector, "MAX_NOTES", 1000)
    assert len(read(b"0:0->0:1\nx\n" + b"0:1->0:2\nx\n" * 500).notes) == 1000 + 1  # that they repeat

    with pytest.raises(TooManyCues) as caught:
        read(b"0:0->0:1\nx\n" + b"0:1->0:2\nx\n" * 501)

    assert (caught.value.code, caught.value.line) == ("too-many-cues", 1003)


def test_a_hundred_thousand_cues_are_read() -> None:
    one = "{}\n{:02}:{:02}:{:02},000 --> {:02}:{:02}:{:02},900\nalright\n\n"
    clocks = [(n // 3600, n // 60 % 60, n % 60) for n in range(100_000)]

    transcript = read("".join(one.format(n, *clock, *clock) for n, clock in enumerate(clocks)).encode())

    assert (len(transcript.cues), transcript.dropped, transcript.notes) == (100_000, (), ())
    assert transcript.cues[-1].start_us == 99_999_000_000
