"""The Kubernetes manifests fit their schemas, and fit each other."""

import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import kubernetes_validate
import msgspec
import pytest

from bus import accounts
from contracts import subjects
from tests import yaml_files
from tests.stacks import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
SERVICES = ("gateway", "segmenter", "manifest", "catalog")
KUBERNETES = "1.37"


def resources(path: Path) -> list[dict[str, Any]]:
    return yaml_files.read_all(path)


def one(name: str, kind: str) -> dict[str, Any]:
    return next(resource for resource in resources(FOLDER / f"{name}.yaml") if resource["kind"] == kind)


def container(name: str, kind: str = "Deployment") -> dict[str, Any]:
    found: dict[str, Any] = one(name, kind)["spec"]["template"]["spec"]["containers"][0]
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_every_resource_fits_its_schema(path: Path) -> None:
    for resource in resources(path):
        if resource["apiVersion"].startswith(("keda.sh", "kustomize")):
            continue  # schemas of these are in no package
        kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_kustomize_builds_the_manifests() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not on PATH")
    built = subprocess.run([kubectl, "kustomize", str(FOLDER)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    names = {(resource["kind"], resource["metadata"]["name"]) for resource in yaml_files.documents(built.stdout)}
    assert names == {
        (resource["kind"], resource["metadata"]["name"])
        for path in FOLDER.glob("*.yaml")
        if path.name != "kustomization.yaml"
        for resource in resources(path)
    }


def test_the_gateway_drains_before_it_ends() -> None:
    given = {entry["name"] for entry in container("gateway")["env"]}
    assert given == {"DRAIN_SECONDS", "OTEL_EXPORTER_OTLP_ENDPOINT"}


def test_the_kustomization_names_every_file() -> None:
    named = set(one("kustomization", "Kustomization")["resources"])
    assert named == {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}


@pytest.mark.parametrize("service", [*SERVICES, "migrations"])
def test_a_service_is_given_secrets_that_hold_what_it_requires(service: str) -> None:
    described = container(service, "Job" if service == "migrations" else "Deployment")
    text = (FOLDER / "kustomization.yaml").read_text(encoding="utf-8")
    given = set(described.get("args", []))
    for source in described["envFrom"]:
        line = next(line for line in text.splitlines() if line.startswith(f"#   {source['secretRef']['name']} "))
        given |= {word.strip(",") for word in line.split()}
    fields = msgspec.structs.fields(import_module(f"{service}.settings").Settings)
    assert {field.encode_name for field in fields if field.required} <= given


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_probed_and_not_root_and_writes_nothing(service: str) -> None:
    described = container(service)
    assert described["args"] == [service]
    assert described["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert described["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert described["securityContext"]["readOnlyRootFilesystem"] is True
    assert one(service, "Deployment")["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"] is True
    assert one(service, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1


def test_segmenters_scale_by_the_durable_that_they_read() -> None:
    trigger = one("segmenter", "ScaledObject")["spec"]["triggers"][0]["metadata"]
    assert (trigger["stream"], trigger["consumer"]) == (subjects.STREAM, subjects.DURABLE_SPAN)
    assert trigger["account"] == accounts.SERVICES_ACCOUNT
    assert "replicas" not in one("segmenter", "Deployment")["spec"]  # or every release would undo the scaling


def test_a_service_reaches_what_its_settings_name_and_nothing_else() -> None:
    """Kinds of servers by what a policy lets out, against the variables that a service requires."""
    policies = resources(FOLDER / "network.yaml")
    for service in (*SERVICES, "migrations"):
        kind = "Job" if service == "migrations" else "Deployment"
        labels = one(service, kind)["spec"]["template"]["metadata"]["labels"]
        reached = {port["port"] for policy in policies if selects(policy, labels) for port in let_out(policy)}
        known = {field.encode_name for field in msgspec.structs.fields(import_module(f"{service}.settings").Settings)}
        store = {443, 8080} if "S3_BUCKET_NAME" in known else set()
        database = {5432} if "DATABASE_URL" in known else set()
        assert reached == {53, 4222, 4318} | store | database  # names, NATS, a collector of traces


def selects(policy: dict[str, Any], labels: dict[str, str]) -> bool:
    selector = policy["spec"]["podSelector"]
    wanted = selector.get("matchLabels", {}).items()
    one_of = selector.get("matchExpressions", [])
    return wanted <= labels.items() and all(labels.get(rule["key"]) in rule["values"] for rule in one_of)


def let_out(policy: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for rule in policy["spec"].get("egress", []):
        yield from rule["ports"]


def test_only_the_gateway_is_reached_from_everywhere() -> None:
    open_ones = [
        policy["spec"]["podSelector"]
        for policy in resources(FOLDER / "network.yaml")
        for rule in policy["spec"].get("ingress", [])
        if "from" not in rule
    ]
    assert open_ones == [{"matchLabels": {"app.kubernetes.io/name": "gateway"}}]
