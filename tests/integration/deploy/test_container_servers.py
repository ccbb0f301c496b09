"""The test servers in containers offer what the embedded ones do; without an engine nothing here starts one."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from testcontainers.core import container as testcontainers

from tests import container_servers, embedded_servers, yaml_files
from tests.stacks import ROOT

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
    assert described.ports == {str(inside): ("127.0.0.1", server.port)}
    images = {service.get("image") for service in yaml_files.read(ROOT / "compose.yaml")["services"].values()}
    assert described.image in images, "tested on other servers than compose starts"


def test_the_store_of_nats_lies_where_the_embedded_server_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testcontainers, "DockerClient", lambda **_: None)
    described = container_servers.NatsServer(tmp_path).container()
    store = tmp_path / "nats" / "store"
    assert store.is_dir()
    assert described.volumes[str(store)] == {"bind": "/data", "mode": "rw"}
