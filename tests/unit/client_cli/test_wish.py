"""What a command line asks for."""

from pathlib import Path

import pytest

from cuecutter import Server
from cuecutter.cli.errors import CliError
from cuecutter.cli.exits import Exit
from cuecutter.cli.wish import check_format, default_name, options_of


def test_options_are_json_where_they_can_be_and_text_where_not() -> None:
    given = [
        "sample_rate=24000",
        "trim=true",
        "mode=fast",
        "merge.max_seconds=9.5",
        "merge.on=null",
        'note="7"',
        "x=a=b",
    ]
    assert options_of(given) == {
        "sample_rate": 24000,
        "trim": True,
        "mode": "fast",
        "merge": {"max_seconds": 9.5, "on": None},
        "note": "7",
        "x": "a=b",
    }


@pytest.mark.parametrize("given", [["rate"], ["=1"], ["a..b=1"], ["a=1", "a.b=2"]])
def test_what_is_no_option_is_a_wrong_call(given: list[str]) -> None:
    with pytest.raises(CliError) as found:
        options_of(given)
    assert found.value.exit_code is Exit.WRONG_CALL


def test_a_folder_or_recording_and_the_format_are_the_name(tmp_path: Path) -> None:
    (tmp_path / "my chapters").mkdir()
    assert default_name([tmp_path / "my chapters"], "piper") == "my chapters-piper"
    assert default_name([tmp_path / "talk.en.mp3", tmp_path / "talk.srt"], "xtts") == "talk.en-xtts"
    assert default_name([Path("/")], "hf") == "recordings-hf"
    assert len(default_name([tmp_path / ("x" * 250)], "piper")) < 100


def test_a_format_that_the_server_lacks_is_refused_with_those_that_it_has() -> None:
    check_format("piper", Server("1", ("piper", "xtts")))
    with pytest.raises(CliError) as unknown:
        check_format("pipe", Server("1", ("piper", "xtts")))
    assert (unknown.value.code, unknown.value.remedy) == ("unknown-format", "Use: piper, xtts")
    with pytest.raises(CliError) as old:
        check_format("piper", Server("1"))
    assert (old.value.code, old.value.exit_code) == ("server-too-old", Exit.FAILED)
