"""A token that was verified once is not verified again, and is refused from the same moment on as without that."""

import time
from datetime import datetime, tzinfo
from typing import Self

import jwt
import pytest

from gateway.errors import Unauthenticated
from gateway.http import tokens
from gateway.http.tokens import Tokens

SECRET = "a-secret-that-only-the-issuer-and-we-know"


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token that was verified, in order."""
    seen: list[str] = []
    verify = tokens.verify

    def recording(token: str, secret: str) -> tokens.Verified:
        seen.append(token)
        return verify(token, secret)

    monkeypatch.setattr(tokens, "verify", recording)
    return seen


def token(user: str = "alice", *, seconds: float = 600, secret: str = SECRET) -> str:
    return jwt.encode({"sub": user, "exp": time.time() + seconds}, secret, algorithm="HS256")


def test_a_valid_token_is_verified_once(verified: list[str]) -> None:
    known, alice, bob = Tokens(SECRET), token("alice"), token("bob")
    assert [known.user_of(each) for each in (alice, bob, alice, bob)] == ["alice", "bob", "alice", "bob"]
    assert verified == [alice, bob]


def set_clock(monkeypatch: pytest.MonkeyPatch, at: float) -> None:
    """For what is remembered, and for the library that verifies."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(at, tz)

    monkeypatch.setattr(time, "time", lambda: at)
    monkeypatch.setattr("jwt.api_jwt.datetime", Clock)


@pytest.mark.parametrize("seconds_late", [-1.0, -0.001, 0.0, 0.001, 1.0])
@pytest.mark.parametrize("exp", [1_900_000_000, 1_900_000_000.75])
def test_a_token_expires_at_the_same_moment_whether_it_is_remembered_or_not(
    seconds_late: float, exp: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembering = Tokens(SECRET)
    held = jwt.encode({"sub": "alice", "exp": exp}, SECRET, algorithm="HS256")
    set_clock(monkeypatch, 1_900_000_000 - 600)
    assert remembering.user_of(held) == "alice"
    set_clock(monkeypatch, 1_900_000_000 + tokens.LEEWAY_SECONDS + seconds_late)
    for asked in (remembering, Tokens(SECRET), remembering):
        if seconds_late < 0:
            assert asked.user_of(held) == "alice"
            continue
        with pytest.raises(Unauthenticated) as raised:
            asked.user_of(held)
        assert raised.value.detail == "The token has expired."
        assert raised.value.challenge == 'Bearer realm="cuecutter", error="invalid_token"'


def test_a_token_that_is_not_valid_is_verified_each_time(verified: list[str]) -> None:
    known, forged = Tokens(SECRET), token(secret="another-secret-that-is-as-long-as-ours-is")
    assert known.user_of(token()) == "alice"
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            known.user_of(forged)
    assert verified.count(forged) == 2


def test_one_more_character_makes_another_token() -> None:
    known, held = Tokens(SECRET), token()
    assert known.user_of(held) == "alice"
    for changed in (held + ".", held + ".x", held[:-1], held.upper()):
        with pytest.raises(Unauthenticated):
            known.user_of(changed)


def test_the_token_that_was_unused_longest_is_forgotten_first(
    verified: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MAX_VERIFIED", 2)
    known, a, b, c = Tokens(SECRET), token("a"), token("b"), token("c")
    for each in (a, b, a, c, a, b):
        known.user_of(each)
    assert verified == [a, b, c, b]


def test_no_token_is_kept_itself() -> None:
    known, held = Tokens(SECRET), token()
    known.user_of(held)
    assert held not in repr(vars(known))
    assert held.rpartition(".")[2] not in repr(vars(known))
