"""Which clips are for validation: by what is said, so that a sentence is never both trained on and validated with.

The same text is in the same part in every dataset, archive and release; a greater share keeps what a smaller one chose.
"""

import re
import unicodedata
from hashlib import sha256
from typing import Final

TRAIN: Final = "train"
VALIDATION: Final = "validation"
MAX_SHARE: Final = 0.5

_HASH_BYTES: Final = 8
_NEITHER_LETTER_NOR_DIGIT: Final = re.compile(r"[\W_]+")


def is_validation(text: str, share: float) -> bool:
    """Whether `text` belongs to the `share` that is for validation.

    Raises: ValueError for a share that is not from 0 to 0.5.
    """
    if not 0 <= share <= MAX_SHARE:
        raise ValueError(f"a share from 0 to {MAX_SHARE}, not {share}")
    return share > 0 and _fraction(text) < share


def normalised(text: str) -> str:
    """`text` as it is compared: compatibility forms and case folded, only letters and digits, single spaces.

    Where it has neither letters nor digits, what is visible of it.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    words = _NEITHER_LETTER_NOR_DIGIT.sub(" ", folded).strip()
    return words or "".join(folded.split())


def _fraction(text: str) -> float:
    digest = sha256(normalised(text).encode()).digest()
    return int.from_bytes(digest[:_HASH_BYTES], "big") / 256**_HASH_BYTES
