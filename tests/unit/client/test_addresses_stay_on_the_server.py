"""What a server sends as an address is a path below its own, or is refused."""

import pytest

from cuecutter import Problem, UnusableAnswer
from cuecutter.addresses import next_page, of_dataset, path_of

SERVER = "https://cuecutter.example.org"


@pytest.mark.parametrize(
    "location", ["/tts/archive?a=b@1", f"{SERVER}/tts/archive?a=b@1", f"{SERVER}:443/tts/archive?a=b@1#there"]
)
def test_an_address_of_the_server_itself_is_its_path(location: str) -> None:
    assert path_of(location, SERVER) == "/tts/archive?a=b@1"


@pytest.mark.parametrize(
    "location",
    [
        "http://cuecutter.example.org/x",
        "https://cuecutter.example.org:8443/x",
        "https://cuecutter.example.org.evil.example/x",
        "https://cuecutter.example.org@evil.example/x",
        "//evil.example/x",
        "https:/x",
        "javascript:x",
        "https://[::1/x",
        "https://cuecutter.example.org:x/x",
        "x",
        "",
    ],
)
def test_any_other_is_refused(location: str) -> None:
    with pytest.raises(UnusableAnswer):
        path_of(location, SERVER)


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ('</tts/datasets?limit=1&cursor=x>; rel="next"', "/tts/datasets?limit=1&cursor=x"),
        ("</a>; rel=prev, </b>; rel=next", "/b"),
        ('</a>; rel="prev"', None),
        ("", None),
        (None, None),
    ],
)
def test_the_next_page_is_found_in_the_link(link: str | None, path: str | None) -> None:
    assert next_page(link) == path


@pytest.mark.parametrize("dataset_id", ["", ".", ".."])
def test_an_id_that_would_be_another_path_is_missing(dataset_id: str) -> None:
    with pytest.raises(Problem) as raised:
        of_dataset(dataset_id)
    assert raised.value.status == 404


def test_a_run_stands_behind_the_id() -> None:
    assert of_dataset("a@7", "manifest") == "/tts/datasets/a@7/manifest"
    assert of_dataset("a/b c") == "/tts/datasets/a%2Fb%20c"
