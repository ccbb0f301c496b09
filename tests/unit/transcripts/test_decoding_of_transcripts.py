"""Bytes become text strictly: by mark, by name or as UTF-8; everything else is refused with the place and a remedy."""

import pytest

from transcripts import (
    DropCode,
    NoteCode,
    TranscriptKind,
    UndecodableText,
    UnknownEncoding,
    decode,
    read,
)

TEXT = "1\n00:00:01,000 --> 00:00:02,000\nÇa va, Zoë?\n"

MARKED = [
    (b"\xef\xbb\xbf", "utf-8", "utf-8"),
    (b"\xff\xfe", "utf-16-le", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be", "utf-16-be"),
    (b"\xff\xfe\x00\x00", "utf-32-le", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "utf-32-be"),
]


@pytest.mark.parametrize(("mark", "codec", "used"), MARKED)
def test_a_byte_order_mark_decides_and_goes(mark: bytes, codec: str, used: str) -> None:
    assert decode(mark + TEXT.encode(codec)) == (TEXT, used)


@pytest.mark.parametrize(("mark", "codec", "used"), MARKED)
def test_a_byte_order_mark_wins_over_the_named_encoding(mark: bytes, codec: str, used: str) -> None:
    assert decode(mark + TEXT.encode(codec), "windows-1252") == (TEXT, used)


def test_a_mark_that_lies_gives_way_to_the_named_encoding() -> None:
    assert decode(b"\xef\xbb\xbfcaf\xe9", "cp1252") == ("ï»¿café", "cp1252")


def test_a_mark_that_lies_without_another_name_is_refused() -> None:
    with pytest.raises(UndecodableText) as caught:
        decode(b"\xef\xbb\xbfone\ncaf\xe9")

    assert (caught.value.line, caught.value.offset) == (2, 10)


def test_text_without_mark_and_name_is_utf_8() -> None:
    assert decode(TEXT.encode()) == (TEXT, "utf-8")
    assert decode(b"") == ("", "utf-8")


NAMED = [
    ("windows-1252", "cp1252", "cp1252"),
    ("Windows 1251", "cp1251", "cp1251"),
    ("latin1", "latin-1", "iso8859-1"),
    ("ISO-8859-15", "iso8859-15", "iso8859-15"),
    ("KOI8-R", "koi8-r", "koi8-r"),
    ("GBK", "gbk", "gbk"),
    ("gb18030", "gb18030", "gb18030"),
    ("Big5", "big5", "big5"),
    ("Shift_JIS", "shift_jis", "shift_jis"),
    ("euc-kr", "euc_kr", "euc_kr"),
    ("UTF-16", "utf-16-le", "utf-16-le"),
    ("utf-16be", "utf-16-be", "utf-16-be"),
    ("utf-8-sig", "utf-8", "utf-8"),
    (" UTF8 ", "utf-8", "utf-8"),
    ("cp437", "cp437", "cp437"),
    ("windows-874", "cp874", "cp874"),
]


@pytest.mark.parametrize(("name", "codec", "used"), NAMED)
def test_a_named_encoding_is_used_in_any_usual_spelling(name: str, codec: str, used: str) -> None:
    assert decode("Hello".encode(codec), name) == ("Hello", used)


def test_named_encodings_read_their_own_letters() -> None:
    assert decode("Привет".encode("koi8-r"), "koi8-r")[0] == "Привет"
    assert decode("简体中文".encode("gbk"), "gbk")[0] == "简体中文"


REFUSED = [
    "idna", "punycode", "rot13", "rot_13", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined", "base64",
    "hex", "zlib", "bz2", "uu", "quopri", "mbcs", "oem", "hz", "iso2022_jp", "cp037", "", " ", "nonsense",
    "../../etc/passwd", "utf-8\0", "os", "a" * 10_000, "üтф-8",
]  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_encoding_that_no_transcript_has_is_refused_whatever_the_bytes(name: str) -> None:
    with pytest.raises(UnknownEncoding) as caught:
        decode(b"\xef\xbb\xbfHello", name)

    assert caught.value.code == "unknown-encoding"
    assert "windows-1252" in caught.value.remedy
    assert len(str(caught.value)) < 200


def test_bytes_that_are_not_utf_8_are_refused_with_offset_line_and_remedy() -> None:
    with pytest.raises(UndecodableText) as caught:
        read("1\r\n00:00:01,000 --> 00:00:02,000\r\nÇa va".encode("cp1252"))

    error = caught.value
    assert (error.code, error.offset, error.line) == ("undecodable-text", 34, 3)
    assert "byte 34 in line 3" in str(error)
    assert "transcript_encoding" in error.remedy


def test_the_offset_behind_a_mark_counts_the_mark() -> None:
    with pytest.raises(UndecodableText) as caught:
        decode(b"\xff\xfe" + "ab\n".encode("utf-16-le") + b"\x00\xd8\x61\x00")

    assert (caught.value.offset, caught.value.line) == (8, 2)


def test_a_file_cut_off_inside_a_letter_is_refused() -> None:
    with pytest.raises(UndecodableText):
        decode("Zoë".encode()[:-1])


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (TEXT, "utf-16-le"),
        (TEXT, "utf-16-be"),
        (TEXT, "utf-32-le"),
        ("Привет всем\nкак дела у вас\n" * 3, "utf-16-le"),
        ("Hi", "utf-16-be"),
    ],
)
def test_wide_text_without_a_mark_is_refused_and_says_so(text: str, codec: str) -> None:
    with pytest.raises(UndecodableText) as caught:
        decode(text.encode(codec))

    if "NUL" in str(caught.value):  # other scripts may fail as UTF-8 first
        assert "utf-16" in caught.value.remedy


def test_wide_text_without_a_mark_is_read_by_name() -> None:
    assert decode(TEXT.encode("utf-16-be"), "utf-16-be") == (TEXT, "utf-16-be")
    assert decode(TEXT.encode("utf-16-le"), "utf-16") == (TEXT, "utf-16-le")


def test_one_stray_nul_drops_its_cue_and_nothing_else() -> None:
    transcript = read(b"1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:03,000 --> 00:00:04,000\nT\0wo\n")

    assert [cue.text for cue in transcript.cues] == ["One"]
    assert [(drop.line, drop.code, drop.detail) for drop in transcript.dropped] == [
        (5, DropCode.CONTROL_CHARACTER, "U+0000 in the text")
    ]


def test_windows_quotes_named_as_latin_1_never_reach_a_text() -> None:
    data = b"1\n00:00:01,000 --> 00:00:02,000\nThat\x92s\n\n2\n00:00:03,000 --> 00:00:04,000\nfine\n"

    transcript = read(data, encoding="latin1")

    assert [cue.text for cue in transcript.cues] == ["fine"]
    assert transcript.dropped[0].detail == "U+0092 in the text"


def test_valid_utf_8_read_by_another_name_is_noted() -> None:
    transcript = read("Zoë".encode(), TranscriptKind.TEXT, "cp1252")

    assert transcript.plain_text == "ZoÃ«"
    assert [(note.line, note.code) for note in transcript.notes] == [(1, NoteCode.ALSO_UTF_8)]


def test_ascii_read_by_another_name_is_not_noted() -> None:
    assert read(b"Zoe", TranscriptKind.TEXT, "cp1252").notes == ()


def test_ascii_read_by_the_name_of_a_wide_encoding_is_noted() -> None:
    assert [note.code for note in read(b"Zoe and you.", TranscriptKind.TEXT, "utf-16").notes] == [NoteCode.ALSO_UTF_8]
    assert read("Zoe".encode("utf-16-le"), TranscriptKind.TEXT, "utf-16").notes == ()


@pytest.mark.parametrize(("codec", "named"), [("utf-16-be", "utf-16"), ("utf-16-le", "utf-16-be")])
def test_wide_text_named_in_the_other_byte_order_is_refused_and_says_which(codec: str, named: str) -> None:
    with pytest.raises(UndecodableText) as caught:
        decode(TEXT.encode(codec), named)

    assert caught.value.line == 1
    assert caught.value.remedy.endswith(codec)


def test_what_a_swapped_line_end_looks_like_is_left_alone_beside_real_line_ends() -> None:
    assert decode("a\u0a00b\nc".encode("utf-16-le"), "utf-16-le")[0] == "a\u0a00b\nc"
