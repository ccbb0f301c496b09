"""Which texts and lengths are doubtful, and the ones that only look like it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.flags import Flag, rank, worst_first
from manifest.domain.flags import Flags
from manifest.domain.speaking_rate import ABJAD, ALPHABET, SYLLABLES, bounds_of
from manifest.domain.text_flags import text_flags

QUALITY = (Path(__file__).parents[3] / "docs" / "quality.md").read_text(encoding="utf-8")


def flags_of(text: str, seconds: float = 2.0) -> list[str]:
    return list(Flags().of(text, seconds, round(len(text) / seconds, 2)))


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("<i>Come in</i>, she said.", "markup-in-text"),
        ("<v Ann>Come in, she said.", "markup-in-text"),
        ("<c.yellow>Come in, she said.</c>", "markup-in-text"),
        ('<font color="#ff0">Come in', "markup-in-text"),
        ("Come <00:00:01.500>in, she said", "markup-in-text"),
        ("salt &amp; pepper, please", "markup-in-text"),
        ("it&#39;s all right", "markup-in-text"),
        (r"{\an8}Come in, she said.", "markup-in-text"),
        ("{y:i}Come in, she said.", "markup-in-text"),
        (r"Come in,\Nshe said.", "markup-in-text"),
        ("[Music] Come in, she said", "non-speech-text"),
        ("♪ la la la ♪", "non-speech-text"),
        ("(laughs softly)", "non-speech-text"),
        ("*door creaks*", "non-speech-text"),
        ("(SIGHS) Come in, she said.", "non-speech-text"),
        ("(DOOR OPENS, MR. X SIGHS) Come in", "non-speech-text"),
        ("in the year 1989", "digits-in-text"),
        ("في عام ١٩٨٩ كان هناك", "digits-in-text"),
        ("sheâ€™s at the door", "mojibake"),
        ("FranÃ§ois est lÃ ", "mojibake"),
        ("citroÃ«n et maÃ¯s", "mojibake"),
        ("Ã–sterreich ist schÃ¶n", "mojibake"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚, Ð´Ñ€ÑƒÐ³", "mojibake"),
        ("she said \ufffdcome in\ufffd", "mojibake"),
        ("ï»¿Come in, she said", "mojibake"),
    ],
)
def test_a_text_that_should_not_be_trained_on_is_told(text: str, flag: str) -> None:
    assert flag in flags_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d, always",
        "salt & pepper; please",
        "Come in (she said), and sit down.",
        "the (NATO) meeting is over",
        "“Come in” – she said… ‘Now’!",
        "SÃO PAULO É GRANDE, IRMÃ” disse",
        "ÞAÐ” sagði hún",
        "a café…” and he left",
        "TRÂ» dit-il à voix basse",
        "half-way there; she {really} said so",
        "five * three is fifteen",
        "a clarinet in B♭, and then F♯",
        "the (U.S.A.) team, (N.A.T.O.) and all",
    ],
)
def test_a_text_that_only_looks_like_it_is_not(text: str) -> None:
    assert list(text_flags(text)) == []


def test_a_heart_is_a_digit_and_no_tag() -> None:
    assert list(text_flags("I <3 you very much")) == ["digits-in-text"]


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("Come in, she said.", ALPHABET),
        ("Войдите, сказала она.", ALPHABET),
        ("अंदर आओ, उसने कहा।", ALPHABET),
        ("ادخل، قالت له", ABJAD),
        ("היכנס, אמרה", ABJAD),
        ("她说进来吧 OK", SYLLABLES),
        ("お入りくださいと彼女は言った", SYLLABLES),
        ("들어오세요 그녀가 말했다", SYLLABLES),
        ("𠀀𠀁", SYLLABLES),
        ("…!?", ALPHABET),
    ],
)
def test_a_text_is_spoken_as_fast_as_its_script_allows(text: str, bounds: object) -> None:
    assert bounds_of(text) == bounds


def test_speed_is_bounded_and_the_bounds_themselves_are_allowed() -> None:
    told = [Flags().of("Come in, she said.", 4.0, speed) for speed in (3.99, 4.0, 25.0, 25.01)]
    assert told == [("too-slow",), (), (), ("too-fast",)]


def test_length_is_bounded_and_the_bounds_themselves_are_allowed() -> None:
    told = [Flags().of("Come in", seconds, 10.0) for seconds in (0.499, 0.5, 30.0, 30.001)]
    assert told == [("too-short",), (), (), ("too-long",)]


def test_of_equal_texts_all_but_the_first_are_told() -> None:
    flags = Flags()
    told = [flags.of(text, 1.0, 12.0) for text in ("Come in, she said.", "And now?", "come in – she SAID", "Well, yes")]
    assert told == [(), (), ("repeated-text",), ()]


def test_a_short_text_may_come_again_but_not_at_once() -> None:
    flags = Flags()
    told = [flags.of(text, 1.0, 12.0) for text in ("Yes.", "And now, what?", "Yes!", "Yes…", "…", "…")]
    assert told == [(), (), (), ("repeated-text",), (), ()]


@pytest.mark.parametrize("texts", [("हाँ", "हो", "ही"), ("ดี", "ดู"), ("שָׁלוֹם", "שִׁלּוּם")])
def test_words_that_differ_in_their_vowels_are_not_the_same(texts: tuple[str, ...]) -> None:
    flags = Flags()
    assert [flags.of(text, 1.0, 10.0) for text in texts] == [()] * len(texts)


def test_a_composed_letter_is_the_same_as_its_parts() -> None:
    flags = Flags()
    assert [flags.of(text, 1.0, 10.0) for text in ("caf\u00e9", "cafe\u0301")] == [(), ("repeated-text",)]


def test_emojis_are_not_spoken() -> None:
    flags = Flags()
    texts = ("\u2764\ufe0f", "\u270c\ufe0f", "Yes \u2764\ufe0f", "Yes!")
    assert [flags.of(text, 1.0, 10.0) for text in texts] == [(), (), (), ("repeated-text",)]


def test_flags_come_worst_first_and_each_once() -> None:
    assert flags_of("<i>1989", 0.2) == ["too-fast", "too-short", "markup-in-text", "digits-in-text"]
    assert worst_first([Flag.LOW_LEVEL, Flag.SILENT, Flag.LOW_LEVEL]) == (Flag.SILENT, Flag.LOW_LEVEL)
    assert rank("of-a-newer-release") > max(map(rank, Flag))


@given(st.text(max_size=300), st.floats(0.001, 4e5))
def test_any_text_is_judged(text: str, seconds: float) -> None:
    told = flags_of(text, seconds)
    assert told == sorted(set(told), key=rank)


def test_hostile_texts_are_judged_in_no_time() -> None:
    for piece in ("<", "[", "(", "*", "{\\", "&", "(A", "<i ", "ÃÂ", "♪[(", "<0:00"):
        flags_of(piece * (1_000_000 // len(piece)))


def test_every_flag_is_documented() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \|", QUALITY, re.MULTILINE) == list(Flag)
