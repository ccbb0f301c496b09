"""The script of a text, and the language that it stands for where nobody has named one. Pure.

Only what a trainer's table asks for. A script does not tell languages apart: German is `en` here, and Japanese without
kana `zh`, so name the language where it matters.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

UNKNOWN: Final = "und"  # as ISO 639-2 has it: undetermined


class Script(StrEnum):
    KANA = "kana"
    HANGUL = "hangul"
    HAN = "han"
    LATIN = "latin"
    CYRILLIC = "cyrillic"
    ARABIC = "arabic"
    DEVANAGARI = "devanagari"
    OTHER = "other"
    NONE = "none"  # no letters at all


LANGUAGES: Final[Mapping[Script, str]] = {
    Script.KANA: "ja",
    Script.HANGUL: "ko",
    Script.HAN: "zh",
    Script.LATIN: "en",
}

# In this order: one letter of these decides, because the others' letters are used beside them.
_ONE_IS_ENOUGH: Final = (
    (Script.KANA, re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]")),
    (Script.HANGUL, re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")),
    (Script.HAN, re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")),
)
_MOST_COUNT: Final = (
    (Script.LATIN, re.compile(r"[A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff]")),
    (Script.CYRILLIC, re.compile(r"[\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]")),
    (Script.ARABIC, re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")),
    (Script.DEVANAGARI, re.compile(r"[\u0904-\u0939\u0958-\u0961]")),
)
_LETTER: Final = re.compile(r"[^\W\d_]")


def script_of(text: str) -> Script:
    """The one that the text is written in; `OTHER` where most letters are of none of these."""
    for script, letter in _ONE_IS_ENOUGH:
        if letter.search(text):
            return script
    letters = len(_LETTER.findall(text))
    if not letters:
        return Script.NONE
    for script, letter in _MOST_COUNT:
        if 2 * len(letter.findall(text)) >= letters:
            return script
    return Script.OTHER


def language_of(text: str) -> str:
    """`ja`, `ko`, `zh` or `en` by the text's script; `und` where it is none of theirs."""
    return LANGUAGES.get(script_of(text), UNKNOWN)
