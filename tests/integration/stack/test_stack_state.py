"""Which ports and secrets a start uses, given those of the last one."""

import socket
from collections.abc import Iterator

import pytest

from stack import ports, state
from stack.errors import PortTaken
from stack.settings import Settings, load
from stack.state import State


@pytest.fixture
def taken_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(state, "_PORT_PATIENCE_SECONDS", 0.1)
    with socket.create_server((ports.HOST, ports.choose())) as listener:
        yield listener.getsockname()[1]


def test_a_free_port_is_kept_and_a_new_name_gets_one_of_its_own() -> None:
    port = ports.choose()
    after = state.with_ports(State({"nats": port}, {}), ("nats", "s3"), fixed={})
    assert after.ports["nats"] == port
    assert after.ports["s3"] not in (None, port)


def test_a_remembered_port_that_was_taken_since_is_replaced(taken_port: int) -> None:
    after = state.with_ports(State({"nats": taken_port}, {}), ("nats",), fixed={})
    assert ports.is_free(after.ports["nats"])


def test_a_fixed_port_that_is_taken_is_refused(taken_port: int) -> None:
    with pytest.raises(PortTaken, match=str(taken_port)):
        state.with_ports(State({}, {}), ("gateway",), fixed={"gateway": taken_port})


def test_a_fixed_port_is_taken_from_the_server_that_had_it() -> None:
    port = ports.choose()
    after = state.with_ports(State({"nats": port}, {}), ("nats", "gateway"), fixed={"gateway": port})
    assert after.ports["gateway"] == port
    assert after.ports["nats"] != port


def test_ports_of_children_that_are_not_wanted_now_are_remembered() -> None:
    after = state.with_ports(State({"segmenter-2": 20_001}, {}), ("segmenter",), fixed={})
    assert after.ports["segmenter-2"] == 20_001
    assert after.ports["segmenter"] != 20_001


def test_secrets_are_kept_and_new_names_get_their_own() -> None:
    after = state.with_secrets(State({}, {"jwt": "old"}), ("jwt", "postgres", "nats"))
    assert after.secrets["jwt"] == "old"
    assert len({*after.secrets.values()}) == 3
    assert len(after.secrets["postgres"]) == 40


def test_variables_that_make_exports_empty_count_as_absent() -> None:
    assert load({"PORT": "", "DATA": "", "SEGMENTERS": "3"}) == Settings(segmenters=3)
