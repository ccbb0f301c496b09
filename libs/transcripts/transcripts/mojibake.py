"""UTF-8 that was read as Windows-1252 and written again, and U+FFFD: letters that were lost before we saw them."""

import re
from typing import Final

from transcripts.cues import quote

# A letter of two bytes became "Ã" or "Â" and a sign. Quotation marks and dashes may follow these letters in a real
# text, and then no letter follows them; of other scripts' letters two must meet. As in `manifest.domain.text_flags`,
# which flags the segment: services share no code of this kind, and only a warning of the run names the line.
_SIGNS: Final = "\x80-\xa0¡-ª¬-º¼-¿€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ"
_QUOTES: Final = "«»‘’“”–—…"
_LATIN: Final = rf"[ÂÃ](?:[{_SIGNS}]|[{_QUOTES}](?=[^\W\d_]))|â€[{_SIGNS}{_QUOTES}]|ï»¿"
_OTHER_SCRIPTS: Final = rf"(?:[ÐÑÎÏ][{_SIGNS}{_QUOTES}]){{2}}"
_MOJIBAKE: Final = re.compile(f"\N{REPLACEMENT CHARACTER}|{_LATIN}|{_OTHER_SCRIPTS}")

_AROUND: Final = 30


def find_mojibake(text: str) -> str:
    """The first place in `text` with what stands around it, "" without one."""
    found = _MOJIBAKE.search(text)
    return quote(text[max(0, found.start() - _AROUND) : found.end() + _AROUND]) if found else ""
