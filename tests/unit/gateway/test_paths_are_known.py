"""Which paths have a route, for the answer to a request without a token."""

import pytest

from gateway.http.known_paths import KnownPaths

KNOWN = KnownPaths(("/healthz", "/tts/datasets", "/tts/datasets/{dataset_id:str}", "/tts/datasets/{id:str}/process"))


@pytest.mark.parametrize(
    "path", ["/healthz", "//healthz/", "/tts/datasets", "/tts/datasets/", "/tts//datasets/x", "/tts/datasets/x/process"]
)
def test_a_path_that_the_router_takes_is_known(path: str) -> None:
    assert path in KNOWN


@pytest.mark.parametrize(
    "path", ["", "/", "/tts", "/healthz/x", "/Healthz", "/tts/datasets/x/cancel", "/tts/datasets/x/process/y", "/{a}"]
)
def test_every_other_path_is_unknown(path: str) -> None:
    assert path not in KNOWN
