"""A machine that is configured for pip alone is configured for uv, too, and nothing of it is shown."""

from installation.pip_settings import for_uv

LISTED = """\
global.cert='/etc/ssl/ca.pem'
global.index-url='https://user:hidden@index.example/simple'
global.find-links='/opt/wheels\\n/srv/wheels'
global.no-cache-dir='true'
install.extra-index-url='file:///opt/more https://second.example/simple'
install.trusted-host='index.example'
:env:.default-timeout='180'
:env:.index-url='https://nearer.example/simple'
"""


def test_what_pip_knows_reaches_uv_in_its_own_words() -> None:
    assert for_uv(LISTED, {}) == {
        "UV_NO_PROGRESS": "1",
        "UV_DEFAULT_INDEX": "https://nearer.example/simple",
        "UV_INDEX": "file:///opt/more https://second.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/opt/wheels,/srv/wheels",
        "UV_INSECURE_HOST": "index.example",
        "UV_HTTP_TIMEOUT": "180",
        "SSL_CERT_FILE": "/etc/ssl/ca.pem",
    }


def test_what_a_person_has_told_uv_stays() -> None:
    assert "UV_DEFAULT_INDEX" not in for_uv(LISTED, {"UV_DEFAULT_INDEX": "https://mine.example/simple"})


def test_a_pip_without_settings_leaves_uv_its_own() -> None:
    assert for_uv("", {}) == {"UV_NO_PROGRESS": "1"}


def test_a_pip_that_may_use_no_index_makes_uv_stay_at_home() -> None:
    assert for_uv(":env:.no-index='1'\nglobal.find-links='/opt/wheels'\n", {}) == {
        "UV_NO_PROGRESS": "1",
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": "/opt/wheels",
    }
