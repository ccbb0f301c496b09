"""The test servers in containers offer what the embedded ones do; without an engine nothing here starts one."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from testcontainers.core import container as testcontainers

from tests import container_servers, embedded_servers

CLASSES = ("PostgresServer", "S3Server", "NatsServer")
HOW = {"spec", "container", "answers"}  # each family's own way to start one


def offered(module: Any, name: str) -> dict[str, Any]:
    members = inspect.getmembers(getattr(module, name))
    return {member: value for member, value in members if not member.startswith("_") and member not in HOW}


@pytest.mark.parametrize("name", CLASSES)
def test_both_families_offer_the_same(name: str) -> None:
    embedded, contained = offered(embedded_servers, name), offered(container_servers, name)
    assert set(embedded) == set(contained)
    for member, value in embedded.items():
        assert isinstance(contained[member], property) == isinstance(value, property), member
        if not isinstance(value, property):
            assert inspect.signature(contained[member]) == inspect.signature(value), member


@pytest.mark.parametrize(("name", "inside"), [("PostgresServer", 5432), ("S3Server", 8080), ("NatsServer", 4222)])
def test_a_container_is_described_in_testcontainers_own_words(
    name: str, inside: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testcontainers, "DockerClient", lambda **_: None)  # it would look for an engine
    server = getattr(container_servers, name)(tmp_path)
    described = server.container()
    assert described.ports == {str(inside): server.port}
    assert ":" in described.image, "an image without a version changes under the tests"
