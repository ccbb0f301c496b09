"""Words of a text for comparing captions: without case, punctuation and markup; of Chinese and Japanese, characters."""

import re
from typing import Final, NamedTuple

_TAGS: Final = r"</?[biu](?:\s[^<>]*)?>|\{\\[^{}]*\}"
_WORD: Final = re.compile(
    rf"(?:{_TAGS})|([\u3040-\u30ff\u3400-\u9fff])|([^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['’][^\W_]+)*)", re.IGNORECASE
)
_HIGHLIGHT: Final = re.compile(_TAGS, re.IGNORECASE)


class Tokens(NamedTuple):
    """`words` folded; `starts` and `ends` are their 0-based places in the text."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def tokens(text: str) -> Tokens:
    found = [each for each in _WORD.finditer(text) if each.lastindex]
    return Tokens(
        tuple(each[0].casefold() for each in found),
        tuple(each.start() for each in found),
        tuple(each.end() for each in found),
    )


def without_highlight(text: str) -> str:
    return _HIGHLIGHT.sub("", text)


def overlap(before: tuple[str, ...], words: tuple[str, ...]) -> int:
    """The most words that `before` ends with and `words` begins with; linear in both (Knuth, Morris and Pratt)."""
    if not before or not words or words[0] not in before:
        return 0
    failures = _failures(words)
    length = 0
    for word in before[-len(words) :]:
        while length and (length == len(words) or words[length] != word):
            length = failures[length - 1]
        if words[length] == word:
            length += 1
    return length


def _failures(words: tuple[str, ...]) -> list[int]:
    failures, length = [0], 0
    for word in words[1:]:
        while length and words[length] != word:
            length = failures[length - 1]
        length += words[length] == word
        failures.append(length)
    return failures
