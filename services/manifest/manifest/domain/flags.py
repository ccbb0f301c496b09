"""What is doubtful about each segment, as its text, its length and what is told of its slice show it.

Pure; docs/quality.md has the sources.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from contracts.flags import Flag, worst_first
from manifest.domain.speaking_rate import bounds_of
from manifest.domain.text_flags import spoken_form, text_flags

SHORTEST_SECONDS: Final = 0.5  # XTTS refuses less
LONGEST_SECONDS: Final = 30.0  # Azure and F5-TTS take no more
REPEATED_LETTERS: Final = 10  # of a text that comes again somewhere else; a "yes" may come often


class Flags:
    """Told of the segments of one result, in order."""

    def __init__(self) -> None:
        self._before = ""
        self._seen: set[str] = set()

    def of(self, text: str, seconds: float, chars_per_second: float, of_sound: Iterable[Flag] = ()) -> tuple[Flag, ...]:
        """Codes, worst first, with those `of_sound`. `seconds` is the slice's duration."""
        found = [*of_sound, *_length_flags(seconds), *text_flags(text)]
        bounds = bounds_of(text)
        if chars_per_second > bounds.most:
            found.append(Flag.TOO_FAST)
        elif chars_per_second < bounds.least:
            found.append(Flag.TOO_SLOW)
        if self._is_repeated(text):
            found.append(Flag.REPEATED_TEXT)
        return worst_first(found)

    def _is_repeated(self, text: str) -> bool:
        """Of equal texts the first is none: it is the one to keep."""
        spoken, before = spoken_form(text), self._before
        self._before = spoken
        if len(spoken) < REPEATED_LETTERS:
            return bool(spoken) and spoken == before
        repeated = spoken in self._seen
        self._seen.add(spoken)
        return repeated


def _length_flags(seconds: float) -> Iterator[Flag]:
    if seconds < SHORTEST_SECONDS:
        yield Flag.TOO_SHORT
    elif seconds > LONGEST_SECONDS:
        yield Flag.TOO_LONG
