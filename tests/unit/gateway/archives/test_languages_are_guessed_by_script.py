import pytest

from gateway.archives.formats.languages import Script, language_of, script_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It was late.", "en"),
        ("Ich heiße Jörg.", "en"),
        ("これはTTSです。", "ja"),
        ("カメラ", "ja"),
        ("안녕하세요 hello", "ko"),
        ("你好，世界。", "zh"),
        ("用 Python 写的程序 works", "zh"),
        ("Привет, мир", "und"),
        ("Привет Bob", "und"),
        ("α angle", "en"),
        ("1984", "und"),
        ("…", "und"),
        ("Γειά σου", "und"),
    ],
)
def test_a_text_has_the_language_of_its_script(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Привет, мир", Script.CYRILLIC),
        ("مرحبا بالعالم", Script.ARABIC),
        ("नमस्ते दुनिया", Script.DEVANAGARI),
        ("Γειά σου", Script.OTHER),
        ("12:30", Script.NONE),
    ],
)
def test_other_scripts_are_named(text: str, script: Script) -> None:
    assert script_of(text) is script
