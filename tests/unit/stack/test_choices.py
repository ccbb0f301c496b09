"""What is written behind `make` and can't be used is named, with what is allowed and an example."""

from pathlib import Path

import pytest

from stack import choices
from stack.errors import BadSetting
from stack.settings import Settings, load


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "8080.0", "8_080", " 8080", "٨٠٨٠", "1" * 5000])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load({"PORT": text})
    assert str(refused.value) == (
        f"PORT={text!r} cannot be used: it must be a whole number from 1 to 65535, for example PORT=8080"
    )


def test_every_choice_is_read(tmp_path: Path) -> None:
    env = {"DATA": str(tmp_path), "PORT": "8080", "SEGMENTERS": "64", "MANIFESTS": "2", "CATALOGS": "3"}
    assert load(env) == Settings(str(tmp_path), 8080, 64, 2, 3)


def test_the_state_lies_where_the_readme_says() -> None:
    assert load({}).folder == Path.cwd() / ".data"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting) as refused:
        load({"DATA": str(tmp_path / "file" / "below"), "PORT": "http", "MANIFESTS": "65"})
    assert [line.split("=")[0] for line in str(refused.value).splitlines()] == [
        "DATA",
        "error: PORT",
        "error: MANIFESTS",
    ]


@pytest.mark.parametrize(("text", "reason"), [("~nobody-of-this-name/x", "no such user"), ("a" * 300, "name too long")])
def test_a_folder_that_cannot_be_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadSetting, match=reason):
        load({"DATA": text})


@pytest.mark.parametrize("text", ["x", "0", "nan", "inf", "1e3", "-5", "601"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="it must be a number from 1 to 600, for example ACK_WAIT=30"):
        choices.decimal({"ACK_WAIT": text}, "ACK_WAIT", 1, 600, example="30")


def test_a_number_may_have_a_fraction_and_may_be_absent() -> None:
    assert choices.decimal({"MINUTES": "0.5"}, "MINUTES", 0.1, 10, example="5") == 0.5
    assert choices.decimal({"MINUTES": ""}, "MINUTES", 0.1, 10, example="5") is None
