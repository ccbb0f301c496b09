"""The table of figures in docs/observability.md and the registry say the same, in Prometheus' own manner of naming."""

import re

import bus.metrics
import catalog.adapters.metrics
import gateway.metrics
import segmenter.metrics
from runtime.metrics import REGISTRY
from tests.stacks import ROOT

OURS = (bus.metrics, catalog.adapters.metrics, gateway.metrics, segmenter.metrics)
ROW = re.compile(r"^\| `(cuecutter_[a-z_]+)` \| (\w+) \| ([a-z, ]*)\| ", re.MULTILINE)


def registered() -> dict[str, tuple[str, frozenset[str]]]:
    """By name as it is scraped: type and labels."""
    assert OURS
    found = {}
    for collector in set(REGISTRY._collector_to_names):
        for family in collector.describe() if hasattr(collector, "describe") else []:
            name = family.name + ("_total" if family.type == "counter" else "")
            found[name] = (family.type, frozenset(getattr(collector, "_labelnames", ())))
    return {name: told for name, told in found.items() if name.startswith("cuecutter_")}


def documented() -> dict[str, tuple[str, frozenset[str]]]:
    text = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
    rows = ROW.findall(text)
    return {name: (kind, frozenset(labels.replace(",", " ").split())) for name, kind, labels in rows}


def test_the_table_and_the_registry_are_the_same() -> None:
    assert documented() == registered()


def test_names_say_their_unit_as_prometheus_asks() -> None:
    for name, (kind, _) in registered().items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
        assert (kind == "counter") == name.endswith("_total"), name
        assert kind != "histogram" or name.endswith("_seconds"), name
        assert not re.search(r"_(ms|millis|minutes|kilobytes|mb|count|sum|bucket)(_|$)", name), name
