"""A text is the same to readers with CSV quoting and without, and on one line to all of them."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.archives.formats.texts import for_pipes, json_line
from tests.unit.gateway.archives.clips import HOSTILE

TEXTS = st.text(
    st.one_of(st.sampled_from('"|,\\ \t\r\n\x00\x0b\x1c\x85\u2028\u2029\ufeff\u3000a1’“'), st.characters(codec="utf-8"))
)


@given(st.lists(TEXTS, min_size=1, max_size=4))
@example(list(HOSTILE))
def test_a_table_is_the_same_with_csv_quoting_and_without(texts: list[str]) -> None:
    plain = [for_pipes(text) for text in texts]
    table = "".join(f"a.wav|{text}\n" for text in plain)
    quoted = list(csv.reader(io.StringIO(table, newline=""), delimiter="|"))
    split = [line.split("|") for line in table.splitlines()]
    assert quoted == split == [["a.wav", text] for text in plain]


@given(TEXTS)
def test_a_text_is_visible_and_as_it_was_is_left_alone(text: str) -> None:
    plain = for_pipes(text)
    assert plain == plain.strip()
    assert "  " not in plain
    assert plain
    assert for_pipes(plain) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Plain text.", "Plain text."),
        ('"Stop!" she said. "Now!"', '“Stop!” she said. "Now!"'),
        ('He said "no" twice', 'He said "no" twice'),
        ('"Open to the end', "“Open to the end"),
        ('|"Stop!"', "“Stop!”"),
        ("a|b | c", "a b c"),
        ("one\u2028two\u2029three\x85four", "one two three four"),
        ("\ufeffwith a mark", "with a mark"),
        ("wide\u3000and\u00a0fixed", "wide and fixed"),
        ("family 👨‍👩‍👧", "family 👨‍👩‍👧"),
        ("|", "…"),
    ],
)
def test_what_a_table_can_not_hold_is_replaced(text: str, plain: str) -> None:
    assert for_pipes(text) == plain


@given(TEXTS)
@example("a\u2028b\u2029c\x85d\x0be")
def test_a_line_of_json_has_the_exact_text_and_is_one_line_to_everyone(text: str) -> None:
    line = json_line({"text": text}).decode()
    assert len(line.splitlines()) == 1
    assert line.endswith("}\n")
    assert json.loads(line) == {"text": text}
