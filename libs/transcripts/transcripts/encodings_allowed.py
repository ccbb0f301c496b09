"""The encodings that transcripts are written in. Only these are ever looked up: Python's other codecs include
compressors and escapes, and looking up an unknown name imports modules by it.
"""

import codecs
from encodings.aliases import aliases

from transcripts.errors import UnknownEncoding

_MAX_NAME_CHARS = 40

# Codecs without a byte order mark of their own would take the machine's order; files without one are little-endian.
_FIXED_ORDER = {"utf_16": "utf_16_le", "utf_32": "utf_32_le", "utf_8_sig": "utf_8"}

_ALLOWED = frozenset(
    """
    utf_8 utf_16_le utf_16_be utf_32_le utf_32_be ascii latin_1
    iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11
    iso8859_13 iso8859_14 iso8859_15 iso8859_16
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 tis_620
    cp437 cp720 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp1125
    koi8_r koi8_u koi8_t kz1048 ptcp154
    mac_roman mac_latin2 mac_cyrillic mac_greek mac_turkish mac_iceland mac_croatian mac_romanian
    gb2312 gbk gb18030 big5 big5hkscs cp950 shift_jis shift_jis_2004 shift_jisx0213 cp932
    euc_jp euc_jis_2004 euc_jisx0213 euc_kr cp949 johab
    """.split()  # noqa: SIM905  (a list of eighty quoted names is no easier to read)
)


def canonical_name(name: str) -> str:
    """Python's name of an encoding that a person named in any usual spelling (`Windows-1252`, `latin1`, `GBK`).

    Raises: UnknownEncoding for everything that is not in the list above.
    """
    key = _spelling(name)
    # Python knows most of Windows' own names, but not all.
    key = aliases.get(key) or key.replace("windows_", "cp", 1)
    key = _FIXED_ORDER.get(key, key)
    if key not in _ALLOWED:
        raise UnknownEncoding(
            f"unknown transcript encoding {name[:_MAX_NAME_CHARS]!r}",
            remedy="name one such as utf-8, utf-16-le, windows-1252, windows-1251, koi8-r, gb18030, big5, shift_jis",
        )
    return codecs.lookup(key).name


def _spelling(name: str) -> str:
    short = name.strip().lower()[:_MAX_NAME_CHARS]
    return "".join(character if character.isalnum() else "_" for character in short)
