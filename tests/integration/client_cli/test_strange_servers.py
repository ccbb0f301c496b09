"""Old servers are named as such, hostile ones get nothing past the output folder, and neither makes a traceback."""

import json
from pathlib import Path

import pytest

from tests.integration.client_cli.conftest import Person, make_chapters, tree
from tests.integration.client_cli.strange_servers import ID, Answer, Strange, dataset, json_answer, serving
from tests.unit.client_cli.archives import VOICE, tar_of, zip_of

FORMATS = {"name": "format", "in": "query", "schema": {"enum": ["piper", "webdataset"]}}
DOCUMENT = {
    "info": {"version": "9.9"},
    "paths": {"/tts/datasets": {}, "/tts/archive": {"get": {"parameters": [FORMATS]}}, "/tts/archive/check": {}},
}
OLD = {"info": {"version": "0.0.1"}, "paths": {"/tts/datasets": {}, "/tts/datasets/{dataset_id}": {}}}
CHECK = {"format": "piper", "trainer": "Piper\x1b[2J", "clips": 1, "kept": 1, "datasets": [{"id": ID, "run": 1}]}


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Of no stack: the server's address comes with the server."""
    home = tmp_path / "home"
    home.mkdir()
    make_chapters(home / "chapters", "one")
    return Person("http://127.0.0.1:1", "a-token-that-must-not-be-shown", home)


def cut(person: Person, server: Strange, *more: str) -> tuple[int, str]:
    with serving(server):
        done = person.run("cut", "chapters", "--for", "piper", "-o", "out", *more, env={"CUECUTTER_URL": server.url})
    assert all(char.isprintable() or char == "\n" for char in done.stdout + done.stderr)
    return done.returncode, done.stderr


def with_archive(archive: bytes, **answers: Answer) -> Strange:
    """A server that makes a dataset of anything at once, and has this archive of it."""
    whole: Answer = (200, {"content-type": "application/zip", "etag": '"x"', "accept-ranges": "bytes"}, archive)
    return Strange(
        {
            ("GET", "/schema/openapi.json"): json_answer(DOCUMENT),
            ("GET", "/tts/archive/check"): answers.get("check", json_answer(CHECK)),
            ("GET", "/tts/archive"): whole,
            ("HEAD", "/tts/archive"): whole,
            ("POST", "/tts/datasets"): json_answer(answers.get("dataset", dataset()), 201),
            ("GET", f"/tts/datasets/{ID}/segments"): json_answer([]),
            ("GET", f"/tts/datasets/{ID}"): json_answer(dataset()),
            ("GET", "/tts/datasets"): json_answer([]),
        }
    )


def test_a_good_archive_of_such_a_server_is_unpacked(person: Person) -> None:
    archive = zip_of(person.home / "a", VOICE).read_bytes()
    exit_code, said = cut(person, with_archive(archive))
    assert exit_code == 0, said
    assert tree(person.home / "out" / "voice")["metadata.csv"] == VOICE["voice/metadata.csv"]


@pytest.mark.parametrize("name", ["../evil", "/{home}/evil", "voice/../../evil", "voice/..\\evil", "voice/\x1b[2Jevil"])
def test_a_member_that_leads_elsewhere_is_never_written(person: Person, name: str) -> None:
    inside = name.replace("{home}", str(person.home).lstrip("/"))
    archive = zip_of(person.home / "a", {**VOICE, inside: b"evil"}).read_bytes()
    before = {path for path in tree(person.home.parent) if "/out/" not in path}
    exit_code, said = cut(person, with_archive(archive))
    assert exit_code == 1
    assert "(code archive-hostile)" in said or "(code download-damaged)" in said
    after = {path for path in tree(person.home.parent) if "/out/" not in path}
    assert after == before
    assert [entry.name for entry in (person.home / "out").iterdir() if entry.name[0] != "."] == []


def test_a_link_in_a_tar_is_never_made(person: Person) -> None:
    archive = tar_of(person.home / "a", {"voice/link": b""}, kind=b"2", link="/etc").read_bytes()
    exit_code, _ = cut(person, with_archive(archive), "--for", "webdataset")
    assert exit_code == 1
    assert not list((person.home / "out").rglob("link"))


def test_a_server_without_archives_is_said_to_be_old_before_anything_is_uploaded(person: Person) -> None:
    server = Strange({("GET", "/schema/openapi.json"): json_answer(OLD), ("GET", "/tts/datasets"): json_answer([])})
    exit_code, said = cut(person, server)
    assert exit_code == 1
    assert "error: This server (version 0.0.1) makes no archives" in said
    assert "(code server-too-old)" in said
    assert not any(asked.startswith("POST") for asked in server.asked)


def test_a_call_that_an_old_server_lacks_is_named(person: Person) -> None:
    with serving(Strange({("GET", "/schema/openapi.json"): json_answer(OLD)})) as server:
        done = person.run("cues", "get", ID, env={"CUECUTTER_URL": server.url})
    assert done.returncode == 1
    assert "(code server-too-old)" in done.stderr
    assert "/cues" in done.stderr


def test_what_is_no_cuecutter_at_all_is_said(person: Person) -> None:
    exit_code, said = cut(person, Strange({("GET", ""): (200, {"content-type": "text/html"}, b"<h1>Hello</h1>")}))
    assert exit_code == 3
    assert "(code not-cuecutter)" in said


def test_texts_of_a_server_are_printed_and_not_obeyed(person: Person) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    error = {"code": evil, "title": evil, "detail": evil, "remedy": evil}
    failed = dataset(status="failed", name=evil, error=error, warnings={"counts": {evil: 1}, "first": [{"code": evil}]})
    server = with_archive(b"", dataset=failed)  # type: ignore[arg-type]
    server.rules[("GET", f"/tts/datasets/{ID}")] = json_answer(failed)
    with serving(server):
        for command in (["show", ID], ["watch", ID], ["process", ID], ["cut", "chapters", "--for", "piper", "-o", "o"]):
            done = person.run(*command, env={"CUECUTTER_URL": server.url})
            assert all(char.isprintable() or char == "\n" for char in done.stdout + done.stderr), command


def test_a_server_that_is_not_there_is_three_and_one_line(person: Person) -> None:
    done = person.run("ls", env={"CUECUTTER_URL": "http://127.0.0.1:1"})
    assert done.returncode == 3
    first, second = done.stderr.splitlines()
    assert first.endswith("(code unreachable)")
    assert second == "what to do: See whether it runs and the address is right: cuecutter doctor"


def test_an_error_of_the_server_has_its_request_id(person: Person) -> None:
    problem = {"code": "busy", "title": "Busy", "detail": "Too many.", "remedy": "Ask again.", "request_id": "r-1"}
    with serving(Strange({("DELETE", "/tts/datasets"): json_answer(problem, 409)})) as server:
        done = person.run("rm", ID, "--yes", env={"CUECUTTER_URL": server.url})
    assert done.stderr.splitlines()[:2] == ["error: Too many. (code busy, request r-1)", "what to do: Ask again."]


def test_json_has_the_same_error(person: Person) -> None:
    with serving(with_archive(b"no archive")) as server:
        done = person.run("cut", "chapters", "--for", "piper", "-o", "out", "--json", env={"CUECUTTER_URL": server.url})
    told = json.loads(done.stdout)
    assert (told["exit"], done.returncode) == (1, 1)
    assert told["error"]["code"] in ("archive-damaged", "download-damaged")
    assert told["pairs"][0]["kept"] == 1
