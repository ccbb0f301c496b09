"""Text without its markup: tags of HTML and WebVTT, entities, and codes of ASS, in time linear in the text.

Only what is surely markup goes: `a < b and c > d` and `{curly}` are text.
"""

import html
import re
from typing import Final

_NAMES: Final = (
    "(?:[abciupqsv]|br|em|strong|big|small|sub|sup|font|span|ruby|r[tpb]|lang|div|tt|script|style|center|code|h[1-6])"
)
# Without one of these a text has no markup.
_SUSPICIOUS: Final = re.compile(r"[<&{\\]")
_BREAK: Final = re.compile(r"<br[ \t]{0,9}/?>|(?-i:\\N)", re.IGNORECASE)
# The reading above a word, which repeats the word: `<rt>`, and the brackets of `<rp>`.
_READING: Final = re.compile(r"<(r[tp])>[^<>]*</\1>", re.IGNORECASE)
_TAG: Final = re.compile(rf"</?{_NAMES}(?:[\s.][^<>]*)?/?>", re.IGNORECASE)
_INNER_TIME: Final = re.compile(r"<\d{1,3}:\d\d[^<>]{0,12}>")
_ENTITY: Final = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_CODES: Final = re.compile(r"\{\\[^{}]*\}|\{[YyCcFfSsPp]:[^{}]*\}")

# `&amp;lt;i&amp;gt;` is a tag after three steps, and nobody encodes more often.
_DEPTH: Final = 4


def strip_markup(text: str) -> str:
    """`<br>` and `\\N` become line ends. What was encoded repeatedly is decoded as often, so that no tag stays."""
    for _ in range(_DEPTH):
        if _SUSPICIOUS.search(text) is None:
            break
        stripped = _once(text)
        if stripped == text:
            break
        text = stripped
    return text.replace("\xa0", " ").replace("\r", "\n")


def strip_tags(text: str) -> str:
    """As `strip_markup`, and entities stay as they are."""
    for _ in range(_DEPTH):
        stripped = _without_tags(text)
        if stripped == text:
            break
        text = stripped
    return text


def decode_entities(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _once(text: str) -> str:
    text = _without_tags(text)
    return decode_entities(text) if "&" in text else text


def _without_tags(text: str) -> str:
    if "<" in text or "\\N" in text:
        text = _READING.sub("", _BREAK.sub("\n", text))
        text = _INNER_TIME.sub("", _TAG.sub("", text))
    if "{" in text:
        text = _CODES.sub("", text)
    return text


def speaker_name(text: str) -> str | None:
    """A name as it may stand in a row: on one line, of at most 200 characters; None where nothing is left."""
    name = " ".join(strip_markup(text).split())[:200].strip(" :")
    return name if name and name.isprintable() else None
