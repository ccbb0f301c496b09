"""A setting that is missing or malformed stops the start, by its name and never by its value."""

import pytest

from catalog import __main__ as program

GOOD = {"DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/x", "NATS_URL": "nats://u:hidden@127.0.0.1:1"}


@pytest.mark.parametrize("arguments", [[], ["rebuild"], ["rebuild", "--check"]])
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"NATS_URL": ""}, "NATS_URL"),
        ({"DATABASE_URL": "mysql://u:hidden@h/x"}, "DATABASE_URL"),
        ({"HTTP_PORT": "hidden"}, "HTTP_PORT"),
        ({"HTTP_PORT": "65536"}, "HTTP_PORT"),
    ],
)
def test_the_start_stops_with_status_two_and_the_name(
    arguments: list[str],
    changes: dict[str, str],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        program.main(arguments)
    shown = capsys.readouterr()
    assert (stopped.value.code, shown.out) == (2, "")
    assert named in shown.err
    assert "hidden" not in shown.err
