from gateway.archives import speakers
from gateway.archives.texts import for_pipes
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
