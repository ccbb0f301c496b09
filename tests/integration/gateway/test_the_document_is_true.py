"""A stranger who knows nothing but the OpenAPI document asks the running gateway some hundred times.

What comes back must stand in the document: the status, the content type, the body's schema. It is never a 5xx. Half of
the cases follow the document, half break it; the seed is fixed, so that a failure comes again.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stack import tokens
from tests.integration.gateway.made_results import Maker
from tests.integration.gateway.running import SECRET, SRT, WAV, CatalogPlayer, create

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = {
    "createDataset": 100,
    "listDatasets": 80,
    "processDataset": 60,
    "listSegments": 60,
}  # the rest have little to vary
OTHER_EXAMPLES = 20
CORRECTING = {"renameDataset", "replaceTranscript", "replaceCues"}  # no stranger would guess an ETag
ARCHIVES = {"getArchive", "checkArchive"}  # name datasets in the query
UNFINDABLE = {"deleteDataset"}  # with an id that exists, it would be gone for the others


@dataclass
class Stranger:
    """Asks, compares, and counts the cases. `dataset_id` is one that exists: no stranger would guess it."""

    url: str
    document: dict[str, Any]
    dataset_id: str
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)

    def ask_everything(self) -> None:
        schema = schemathesis.openapi.from_dict(self.document)
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            described = operation.definition.raw
            name = described["operationId"]
            modes = [GenerationMode.POSITIVE]
            if "parameters" in described or "requestBody" in described:  # else there is nothing to get wrong
                modes.append(GenerationMode.NEGATIVE)
            for mode in modes:
                self._ask(operation.as_strategy(generation_mode=mode), name, EXAMPLES.get(name, OTHER_EXAMPLES))

    def _ask(self, cases: Any, name: str, examples: int) -> None:
        turns = count()

        @seed(20_261_124)
        @settings(
            max_examples=examples,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def every(case: Any) -> None:
            if next(turns) % 2:
                self._make_real(case, name)
            answer = case.call(base_url=self.url, headers=self._headers(), timeout=20)
            self.asked[name] += 1
            self.answered[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        every()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {tokens.issue('alice', SECRET, lifetime_seconds=600)}"}

    def _make_real(self, case: Any, name: str) -> None:
        """Otherwise nearly every answer is a 404 or about the first bytes of a recording."""
        if "dataset_id" in case.path_parameters and name not in UNFINDABLE:
            case.path_parameters["dataset_id"] = self.dataset_id
        if name.removesuffix("Headers") in ARCHIVES:
            case.query["dataset"] = [self.dataset_id]
        if name in CORRECTING and self.asked[name] % 4 == 1:
            case.headers["If-Match"] = "*"
        if "number" in case.path_parameters:
            case.path_parameters["number"] = "0"
        if name == "createDataset" and isinstance(case.body, dict):
            case.body |= {"audio": WAV, "transcript": SRT}


@pytest.fixture
async def stranger(url: str, alice: httpx.AsyncClient, catalog: CatalogPlayer, maker: Maker) -> Stranger:
    document = json.loads((await alice.get("/schema/openapi.json")).content)
    return Stranger(url, document, (await maker.make(await create(alice))).dataset_id)


async def test_what_the_document_says_is_what_a_stranger_gets(stranger: Stranger) -> None:
    await asyncio.to_thread(stranger.ask_everything)
    print(f"{stranger.asked.total()} cases: {dict(stranger.asked)}; answers: {dict(sorted(stranger.answered.items()))}")
    assert set(stranger.asked) == {operation["operationId"] for operation in operations(stranger.document)}
    # What breaks the document may do so by leaving the token out; those are not counted.
    assert stranger.asked.total() - stranger.answered[401] >= 500
    # Cases that all die in the first check would prove nothing.
    assert {200, 201, 202, 204, 206, 400, 404, 409, 412, 415, 428} <= set(stranger.answered)


async def test_the_document_explains_every_field_and_every_answer(stranger: Stranger) -> None:
    schemas = stranger.document["components"]["schemas"]
    upload = stranger.document["paths"]["/tts/datasets"]["post"]
    parts = upload["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert all(part["description"] for part in parts.values())
    assert {"code", "remedy", "detail"} <= set(schemas["Problem"]["required"])
    for operation in operations(stranger.document):
        assert all(parameter["description"] for parameter in operation.get("parameters", ()))
        for status, answer in operation["responses"].items():
            assert answer["description"], (operation["operationId"], status)
            assert ("content" in answer) is not (
                operation["operationId"].endswith("Headers") or status in ("204", "304", "307")
            )
            assert ("WWW-Authenticate" in answer["headers"]) is (status == "401")


async def test_the_document_can_be_asked_for_without_its_body(stranger: Stranger) -> None:
    async with httpx.AsyncClient(base_url=stranger.url, trust_env=False) as anybody:
        head, got = await anybody.head("/schema/openapi.json"), await anybody.get("/schema/openapi.json")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert got.headers["content-type"] == "application/vnd.oai.openapi+json"


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()
