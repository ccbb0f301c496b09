"""A transcript may ask for much of a recording, and not for work without end."""

import pytest

from contracts.dataset import Options
from contracts.events import AudioFacts
from contracts.failure import RunFailure
from contracts.plan_lines import PlannedSegment
from segmenter.domain.amount import ALWAYS_SECONDS, MAX_TIMES, allowed_frames, frames_to_read
from segmenter.domain.plan import Plan, make_plan
from tests.unit.segmenter.test_plan import SOURCE
from transcripts import read

RATE = 16_000
HOUR = 3600 * RATE


def cues(count: int, end: str) -> bytes:
    return "\n".join(f"{n}\n00:00:00,000 --> {end}\ntext\n" for n in range(count)).encode()


def outcome(transcript: bytes, frames: int, kind: str = "wav") -> Plan | RunFailure:
    facts = AudioFacts(kind=kind, rate_hz=RATE, channels=1, frames=frames, sample_format="s16")
    return make_plan(SOURCE, Options(), facts, read(transcript))


@pytest.mark.parametrize(("count", "fails"), [(MAX_TIMES, False), (MAX_TIMES + 1, True)])
def test_cues_may_ask_for_twenty_times_the_recording_and_no_more(count: int, fails: bool) -> None:
    found = outcome(cues(count, "02:00:00,000"), 2 * HOUR)
    assert isinstance(found, RunFailure) == fails
    if isinstance(found, RunFailure):
        assert (found.code, "42.0 h" in found.detail, "40.0 h" in found.detail) == ("too-much-overlap", True, True)
        assert found.remedy


def test_an_hour_is_always_allowed() -> None:
    assert allowed_frames(RATE, RATE) == ALWAYS_SECONDS * RATE
    assert isinstance(outcome(cues(3600, "00:00:01,000"), RATE), Plan)
    assert isinstance(outcome(cues(3601, "00:00:01,000"), RATE), RunFailure)


def segment(first: int, last: int) -> PlannedSegment:
    return PlannedSegment(n=0, first_frame=first * RATE, last_frame=last * RATE, text="")


@pytest.mark.parametrize(
    ("segments", "again"),
    [
        ([(1000, 1050), (1001, 1060), (1002, 1003)], 0),
        ([(1000, 1061), (1001, 1002)], 0),
        ([(1000, 1080), (1020, 1021)], 0),
        ([(1000, 1080), (1019, 1020)], 1019),
        ([(1000, 1080), (1019, 1020), (1019, 1020)], 1019),
        ([(1000, 1080), (1001, 1081), (1002, 1082)], 1001 + 1002),
    ],
)
def test_what_is_decoded_again_counts(segments: list[tuple[int, int]], again: int) -> None:
    sound = sum(last - first for first, last in segments)
    planned = [segment(*times) for times in segments]
    assert frames_to_read(planned, RATE, random_access=False) == (sound + again) * RATE
    assert frames_to_read(planned, RATE, random_access=True) == sound * RATE


def test_long_overlapping_cues_of_a_decoded_recording_are_refused_before_it_is_decoded_for_days() -> None:
    blocks = [f"{n}\n01:50:00,{n:03} --> 01:51:20,{n:03}\ntext\n" for n in range(100)]
    transcript = "\n".join(blocks).encode()
    assert isinstance(outcome(transcript, 2 * HOUR, "wav"), Plan)
    assert isinstance(outcome(transcript, 2 * HOUR, "decoded"), RunFailure)
