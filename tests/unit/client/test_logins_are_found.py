"""Which address and token count, and that the file of them is its owner's alone."""

import os
import stat
from pathlib import Path

import pytest

from cuecutter import NotConfigured
from cuecutter.login import Login, find_login, login_file, read_login, write_login

HERE, THERE = "https://here.example", "https://there.example"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def kept(env: dict[str, str]) -> Path:
    write_login(Login(HERE, "kept"), login_file(env))
    return login_file(env)


def test_the_file_is_readable_for_its_owner_alone(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [file.name for file in kept.parent.iterdir()] == ["login.json"]


def test_it_is_replaced_as_a_whole(kept: Path) -> None:
    os.link(kept, kept.with_name("before"))
    write_login(Login(THERE, "new"), kept)
    assert read_login(kept) == Login(THERE, "new")
    assert read_login(kept.with_name("before")) == Login(HERE, "kept")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_one_that_others_can_read_is_refused(kept: Path, mode: int) -> None:
    kept.chmod(mode)
    with pytest.raises(NotConfigured, match="chmod 600"):
        read_login(kept)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"url": 1}', b'{"token": "secret"', b"\xff"])
def test_a_damaged_one_is_told_without_its_content(kept: Path, content: bytes) -> None:
    kept.write_bytes(content)
    with pytest.raises(NotConfigured, match="damaged") as raised:
        read_login(kept)
    assert raised.value.__cause__ is None
    assert "secret" not in str(raised.value)


def test_what_is_given_wins_over_the_environment_and_that_over_the_file(env: dict[str, str], kept: Path) -> None:
    assert find_login(env=env) == Login(HERE, "kept")
    both = env | {"CUECUTTER_URL": THERE, "CUECUTTER_TOKEN": "t"}
    assert find_login(env=both) == Login(THERE, "t")
    assert find_login("http://127.0.0.1:1/", "g", env=both) == Login("http://127.0.0.1:1", "g")
    assert find_login(token="g", env=env) == Login(HERE, "g")


def test_a_kept_token_is_sent_to_no_other_server(env: dict[str, str], kept: Path) -> None:
    with pytest.raises(NotConfigured, match="no token"):
        find_login(THERE, env=env)
    with pytest.raises(NotConfigured, match="no token"):
        find_login(env=env | {"CUECUTTER_URL": HERE.replace("https", "http")})
    assert find_login(f"{HERE}:443/", env=env).token == "kept"


def test_nothing_known_says_what_to_do(env: dict[str, str]) -> None:
    with pytest.raises(NotConfigured, match="cuecutter login"):
        find_login(env=env)


@pytest.mark.parametrize(
    "url",
    [
        "here.example",
        "ftp://here.example",
        "http://",
        "http://a b",
        "http://ä.example",
        "http://x:99999",
        "http://x/?a=b",
        "http://user:secret@x",
        "http://x#f",
        "http://x\n",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str, env: dict[str, str]) -> None:
    with pytest.raises(NotConfigured) as raised:
        find_login(url, "t", env=env)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("token", [" ", "secret secret", "secret\r\nx: y", "secré", "secret\x00"])
def test_a_token_that_is_none_is_refused_without_repeating_it(token: str, env: dict[str, str]) -> None:
    with pytest.raises(NotConfigured) as raised:
        find_login(HERE, token, env=env)
    assert "secr" not in str(raised.value)


def test_a_login_does_not_show_its_token() -> None:
    assert "secret" not in f"{Login(HERE, 'secret')!r} {Login(HERE, 'secret')}"
