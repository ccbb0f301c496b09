import itertools
import sys
import time

from msgspec.structs import replace

from gateway.archives.archives import size_of
from gateway.archives.formats import FORMATS, speakers
from gateway.archives.formats.texts import for_pipes
from gateway.archives.order import Order
from gateway.archives.survey import SurveyBuilder
from tests.unit.gateway.archives.clips import clip, overview

ANN, BOB, NOBODY = clip(0, speaker="Ann"), clip(1, speaker="Bob"), clip(2)


def test_clips_that_name_nobody_have_one_label() -> None:
    assert speakers.labels(overview([NOBODY])) == {None: "unnamed"}
    assert speakers.labels(overview([ANN, NOBODY])) == {"Ann": "Ann", None: "unnamed"}
    assert speakers.are_several(overview([ANN, NOBODY]))
    assert not speakers.are_several(overview([ANN]))


def test_names_that_would_become_one_stay_different() -> None:
    clips = [clip(n, speaker=name) for n, name in enumerate(["a b", "a|b", "a|b-2", "unnamed"])]
    found = speakers.labels(overview([*clips, NOBODY]), for_pipes)
    assert len(set(found.values())) == 5
    assert found[None] == "unnamed-2"


def test_a_name_is_the_same_alone_and_among_all() -> None:
    found = overview([clip(0, speaker="unnamed"), clip(1, speaker="unnamed-2"), NOBODY])
    assert speakers.name_of(None, found) == speakers.labels(found)[None] == "unnamed-3"
    assert speakers.name_of("Ann", found) == "Ann"


def test_numbers_follow_the_names() -> None:
    assert speakers.numbers(overview([BOB, ANN, NOBODY])) == {"Ann": 0, "Bob": 1, None: 2}


def test_a_hundred_thousand_names_that_become_one_are_labelled_at_once() -> None:
    marks = itertools.product("| \u3000\u2003\u2009", repeat=8)
    names = tuple(sorted(f"a{''.join(each)}b" for each in itertools.islice(marks, 100_000)))
    many = replace(overview([NOBODY]), speakers=names)
    began = time.perf_counter()
    found = speakers.labels(many, for_pipes)
    assert len(set(found.values())) == 100_001
    assert time.perf_counter() - began < 10  # each name tried against all others takes a quarter of an hour


def test_a_clip_without_a_name_costs_the_same_among_a_hundred_thousand_speakers() -> None:
    names = ["unnamed", *(f"unnamed-{n}" for n in range(2, 100_000))]
    many = replace(overview([NOBODY]), speakers=tuple(sorted(names)))
    assert speakers.name_of(None, many) == "unnamed-100000"
    began = time.perf_counter()
    for _ in range(1_000):
        FORMATS["webdataset"].files(NOBODY, many)
    assert time.perf_counter() - began < 2  # a set of all names for each clip takes ten seconds


def test_a_survey_that_is_kept_counts_the_names_it_holds() -> None:
    order = Order(form=FORMATS["kaldi"], sources=(), validation=0, skip=frozenset(), name="book", language=None)
    found = replace(overview([NOBODY]), speakers=tuple(f"s{n:06}" for n in range(10_000)))
    survey = SurveyBuilder(order, found).finish((), ())
    assert size_of(survey) > sum(map(sys.getsizeof, found.speakers))
