"""Which Authorization headers are accepted, and for which user."""

import time
from typing import Any

import jwt
import pytest

from gateway.errors import Unauthenticated
from gateway.http.auth import bearer_of
from gateway.http.tokens import verify

SECRET = "a-secret-that-only-the-issuer-and-we-know-and-long-enough-for-HS512, too"
TIMES = ("exp", "iat", "nbf")


def token(claims: dict[str, Any], *, secret: str = SECRET, algorithm: str = "HS256", **headers: Any) -> str:
    return jwt.encode(from_now(claims), secret, algorithm=algorithm, headers=headers or None)


def claims(**changes: Any) -> dict[str, Any]:
    """Whole and half numbers in a time are seconds from now, counted when the test runs; None leaves a claim out."""
    full = {"sub": "alice", "exp": 600, **changes}
    return {name: value for name, value in full.items() if value is not None}


def from_now(claims: dict[str, Any]) -> dict[str, Any]:
    counted = {name: time.time() + claims[name] for name in TIMES if type(claims.get(name)) in (int, float)}
    return claims | counted


@pytest.mark.parametrize(
    "held",
    [
        claims(),
        claims(iat=0, nbf=0),
        claims(exp=-20),  # within the leeway of 30 s
        claims(iat=20, nbf=20),
        claims(exp=600.5),
        claims(iss="anybody", jti="7", roles=["x"]),
    ],
)
def test_a_valid_token_names_its_user(held: dict[str, Any]) -> None:
    assert verify(token(held), SECRET).user_id == "alice"


@pytest.mark.parametrize("sub", ["a", "auth0|66f1", "bob@example.org", "0.._@|:+-", "x" * 128])
def test_a_sub_of_safe_characters_is_a_user_id(sub: str) -> None:
    assert verify(token(claims(sub=sub)), SECRET).user_id == sub


@pytest.mark.parametrize(
    "refused",
    [
        claims(exp=-40),
        claims(iat=40),
        claims(nbf=40),
        claims(exp=None),
        claims(sub=None),
        claims(exp="never"),
        claims(exp="99999999999"),
        claims(exp=True),
        claims(exp=float("inf")),
        claims(exp=[]),
        claims(sub=7),
        claims(sub=["alice"]),
        claims(sub=""),
        claims(sub="-alice"),
        claims(sub="alice/../bob"),
        claims(sub="alice bob"),
        claims(sub="alice\n"),
        claims(sub="älice"),
        claims(sub="x" * 129),
        claims(aud="another-service"),
    ],
)
def test_a_token_with_such_claims_is_refused(refused: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated) as raised:
        verify(token(refused), SECRET)
    assert raised.value.challenge == 'Bearer realm="cuecutter", error="invalid_token"'


@pytest.mark.parametrize(
    "forged",
    [
        token(claims(), secret="another-secret-that-is-as-long-as-ours-is"),
        token(claims(), algorithm="HS512"),
        jwt.encode(claims(exp=99999999999), key="", algorithm="none"),
        token(claims())[:-1],
        token(claims()) + ".x",
        "",
        ".",
        "..",
        "a.b.c",
        "\xff.\xff.\xff",
        "e" * 100_000,
        "W1tbW1tb" * 8_000 + ".e30.x",  # a header nested deeper than a JSON reader goes
    ],
    ids=["other key", "HS512", "none", "cut", "longer", "empty", "dot", "dots", "abc", "latin", "long", "deep"],
)
def test_what_we_did_not_sign_is_refused(forged: str) -> None:
    with pytest.raises(Unauthenticated):
        verify(forged, SECRET)


def test_a_detail_never_repeats_the_token() -> None:
    with pytest.raises(Unauthenticated) as raised:
        verify(token(claims(sub="-secret-")), SECRET)
    assert "secret" not in raised.value.detail


@pytest.mark.parametrize("given", [b"Bearer abc", b"bearer abc", b"BEARER  abc "])
def test_the_bearer_scheme_is_known_in_any_case(given: bytes) -> None:
    assert bearer_of([(b"host", b"x"), (b"authorization", given)]) == "abc"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"authorization", b"")],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"Bearer ")],
        [(b"authorization", b"Basic abc")],
        [(b"authorization", b"abc")],
        [(b"authorization", b"Bearer abc"), (b"authorization", b"Bearer abc")],
        [(b"x-authorization", b"Bearer abc")],
    ],
)
def test_anything_but_exactly_one_bearer_token_is_unauthenticated(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Unauthenticated) as raised:
        bearer_of(headers)
    assert raised.value.challenge == 'Bearer realm="cuecutter"'
