"""How many characters a second can be spoken, by the script that most letters of a text have. Pure."""

from typing import Final, NamedTuple


class Bounds(NamedTuple):
    """Characters a second, spaces and punctuation included."""

    least: float
    most: float


# Readers of 17 languages say four to nine syllables a second (Coupé et al. 2019, doi:10.1126/sciadv.aaw2594). How many
# characters a syllable takes is our estimate: 2 to 2.8 in alphabets, with its share of spaces, 1.4 to 2.2 where vowels
# are not written, and 0.7 to 1.4 where a character is a syllable or more. The least is half of the slowest.
ALPHABET: Final = Bounds(4.0, 25.0)
ABJAD: Final = Bounds(3.0, 20.0)
SYLLABLES: Final = Bounds(1.5, 13.0)

# First and last code points: Hebrew, Arabic with its supplements; kana, bopomofo and Han, Hangul, full-width kana.
_ABJADS: Final = ((0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC))
_SYLLABLES: Final = ((0x3040, 0x312F), (0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF66, 0xFF9F))
_SYLLABLES_FROM: Final = 0x20000  # Han beyond the basic plane


def bounds_of(text: str) -> Bounds:
    if text.isascii():
        return ALPHABET
    letters = [ord(character) for character in text if character.isalpha()]
    syllables = sum(point >= _SYLLABLES_FROM or _within(point, _SYLLABLES) for point in letters)
    abjad = sum(_within(point, _ABJADS) for point in letters)
    if syllables * 2 > len(letters):
        return SYLLABLES
    return ABJAD if abjad * 2 > len(letters) else ALPHABET


def _within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= point <= last for first, last in ranges)
