"""What a text itself shows that should not be trained on as it stands. Pure; linear in the text.

Hints for a person: nothing is changed or left out because of them.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from contracts.flags import Flag

# Without one of these, a text has no markup and no sound in it: most texts are done after one look.
_SUSPICIOUS: Final = re.compile(r"[<&{\\\[(*♩-♬]")

_TAGS: Final = r"</?(?:[biusqcvp]|br|em|strong|font|span|ruby|r[tpb]|lang|div|tt|script|style)(?:[\s.][^<>]*)?/?>"
_TIMES: Final = r"<\d{1,3}:\d\d[^<>]{0,12}>"
_ENTITIES: Final = r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_ASS: Final = r"\{\\[^{}]*\}|\{[ycfsp]:[^{}]*\}|(?-i:\\[Nnh])"  # of MicroDVD the second
_MARKUP: Final = re.compile("|".join((_TAGS, _TIMES, _ENTITIES, _ASS)), re.IGNORECASE)

# [Music], ♪, (SIGHS) in five capitals or more, and a text that is nothing but one remark in brackets or asterisks.
# (U.S.A.) and B♭ are spoken.
_SOUND: Final = re.compile(r"\[[^\[\]]*\]|[♩-♬]|\([A-Z](?:[ .,'-]*[A-Z]){4}[A-Z .,'-]{0,56}\)")
_ONLY_A_REMARK: Final = re.compile(r"\([^()]*\)|\*[^*]+\*")

# UTF-8 that was read as Windows-1252: a letter of two bytes became "Ã" or "Â" and a sign. Quotation marks and dashes
# may follow these letters in a real text, and then no letter follows them; of other scripts' letters two must meet.
_SIGNS: Final = "\x80-\xa0¡-ª¬-º¼-¿€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ"
_QUOTES: Final = "«»‘’“”–—…"
_LATIN: Final = rf"[ÂÃ](?:[{_SIGNS}]|[{_QUOTES}](?=[^\W\d_]))|â€[{_SIGNS}{_QUOTES}]|ï»¿"
_OTHER_SCRIPTS: Final = rf"(?:[ÐÑÎÏ][{_SIGNS}{_QUOTES}]){{2}}"
_MOJIBAKE: Final = re.compile(f"\N{REPLACEMENT CHARACTER}|{_LATIN}|{_OTHER_SCRIPTS}")

_DIGIT: Final = re.compile(r"\d")  # a decimal digit of any script


def text_flags(text: str) -> Iterator[Flag]:
    if _SUSPICIOUS.search(text):
        if _SOUND.search(text) or _ONLY_A_REMARK.fullmatch(text):
            yield Flag.NON_SPEECH_TEXT
        if _MARKUP.search(text):
            yield Flag.MARKUP_IN_TEXT
    if _DIGIT.search(text):
        yield Flag.DIGITS_IN_TEXT
    if not text.isascii() and _MOJIBAKE.search(text):
        yield Flag.MOJIBAKE


def spoken_form(text: str) -> str:
    """What two texts have in common that are spoken the same: their letters and digits, whatever the case.

    With their marks: in Devanagari, Thai and pointed Hebrew vowels are marks, and words would be left without them.
    """
    folded = text.casefold()
    if folded.isascii():
        return "".join(filter(str.isalnum, folded))
    return "".join(filter(_is_spoken, unicodedata.normalize("NFC", folded)))


def _is_spoken(character: str) -> bool:
    if character.isalnum():
        return True
    is_mark = unicodedata.category(character) in ("Mn", "Mc")
    return is_mark and not "\ufe00" <= character <= "\ufe0f"  # those choose how an emoji looks
