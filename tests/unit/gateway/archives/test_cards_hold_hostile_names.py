"""The dataset card: facts, without a clock or host; names can't change its structure."""

import re

import msgspec
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.archives.formats.card import card, markdown_text, yaml_text
from tests.unit.gateway.archives.clips import clip, dataset, overview

HOSTILE = "---\nconfigs: [x]\n# <script>alert(1)</script> [x](https://evil.example) | `a` \u202e\x00&amp; *b*"
NAMES = st.one_of(
    st.text(), st.sampled_from([HOSTILE, "a\x85b\u2028c", "\U000e0041", "👨‍👩‍👧", '"', "\\", "'", "- a: b"])
)


def parts(content: bytes) -> tuple[dict[str, object], str]:
    _, front, body = content.decode().split("---\n", 2)
    return yaml.safe_load(front), body


@given(NAMES)
@example(HOSTILE)
def test_yaml_has_any_name_exactly(name: str) -> None:
    assert yaml.safe_load(f"name: {yaml_text(name)}\n") == {"name": name}


@given(NAMES)
@example(HOSTILE)
def test_markdown_has_any_name_as_text_on_one_line(name: str) -> None:
    shown = markdown_text(name)
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(\\\\)*[|`<>\[\]*_#&!~:@]", shown)


def test_no_mark_turns_what_follows_round() -> None:
    assert markdown_text("a\u202eb\u2066c\x00d") == "a b c d"
    assert markdown_text("x" * 200) == "x" * 99 + "…"


@given(NAMES)
@example(HOSTILE)
def test_a_name_changes_no_other_line(name: str) -> None:
    plain = card(overview([clip()], datasets=(dataset("plain"),)))
    front, body = parts(card(overview([clip()], datasets=(dataset(name),))))
    assert list(front) == list(parts(plain)[0])
    assert len(body.split("\n")) == len(plain.decode().split("---\n", 2)[2].split("\n"))


def test_a_card_says_what_the_archive_is_made_of() -> None:
    clips = [clip(0, speaker="Ann"), clip(1), clip(2, speaker="Bob", validation=True, sample_rate=44_100)]
    front, body = parts(
        card(overview(clips, seconds=5400.0, flags={"clipped": 1, "too-fast": 2}, left_out={"silent": 4}))
    )
    assert front["configs"] == [
        {
            "config_name": "default",
            "data_files": [{"split": "train", "path": "train/**"}, {"split": "validation", "path": "validation/**"}],
        }
    ]
    assert front["pretty_name"] == "A book"
    for line in (
        "| clips | 3 (1 for validation) |",
        "| hours | 1.5000 |",
        "| sample rates | 24000 Hz, 44100 Hz |",
        "| speakers | Ann, Bob; 1 clips name none |",
        "| flags | too-fast 2, clipped 1 |",
        "| left out by flag | silent 4 |",
        f"| A book | d1 | 3 | 10 | `{'aa' * 32}` | `{'bb' * 32}` | `{'cc' * 32}` | sample\\_rate 24000 |",
    ):
        assert line in body.splitlines()


@pytest.mark.parametrize(("count", "size"), [(0, "n<1K"), (1_000, "1K<n<10K"), (2_000_000, "n>1M")])
def test_its_size_is_in_the_words_of_the_hub(count: int, size: str) -> None:
    assert parts(card(msgspec.structs.replace(overview([]), clips=count)))[0]["size_categories"] == [size]
