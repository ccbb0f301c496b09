"""Texts that make readers stumble, and what a table has to say instead, as written by hand."""

from typing import Final

# None: the very same.
_TEXTS: Final[tuple[tuple[str, str | None], ...]] = (
    ("\ufeffA mark of byte order in front.", "A mark of byte order in front."),
    ('"Stop!" she said.', "“Stop!” she said."),
    ('"Never closed', "“Never closed"),
    ('He said "no" twice.', None),
    ('Ends with a quote "', None),
    ('"All of it is quoted"', "“All of it is quoted”"),
    ("'Single' and “curly” ones", None),
    ("one|two||three|", "one two three"),
    ("before\tand\t\tafter tabs", "before and after tabs"),
    ("a line\u2028and a paragraph\u2029end here", "a line and a paragraph end here"),
    ("the next\x85line of an old terminal", "the next line of an old terminal"),
    ("  two  spaces  everywhere  ", "two spaces everywhere"),
    ("a comma, a semicolon; a colon: a back\\slash", None),
    ("你好，世界。", None),
    ("これは日本語です。", None),
    ("안녕하세요 세계", None),
    ("مرحبا بالعالم!", None),
    ("שלום \u200fעולם", None),
    ("A party 🎉 of a family 👩‍👩‍👧 and a flag 🇪🇺", None),
    ("cafe\u0301 and café", None),
    ("null", None),
    ("{braces}, <angles>, [squares], $dollar, %percent, #hash", None),
    ("The last one.", None),
)

TEXTS: Final = tuple(text for text, _ in _TEXTS)
IN_TABLES: Final = {text: text if instead is None else instead for text, instead in _TEXTS}
# In Kaldi's files columns end at the first space, so quotes and pipes are only text.
_ONLY_TEXT: Final = ('"Stop!" she said.', '"Never closed', '"All of it is quoted"', "one|two||three|")
IN_KALDI: Final = IN_TABLES | {text: text for text in _ONLY_TEXT}
