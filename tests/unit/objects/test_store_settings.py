"""Settings that may be logged, and deadlines that grow with what is sent."""

from objects import S3Settings, Timeouts


def test_secrets_do_not_show() -> None:
    settings = S3Settings(
        bucket="b", region="r", access_key_id="id", secret_access_key="very-secret", session_token="token-42"
    )

    assert "very-secret" not in repr(settings)
    assert "token-42" not in f"{settings}"


def test_a_call_with_bytes_has_more_time() -> None:
    timeouts = Timeouts(call_seconds=60, slowest_bytes_per_second=1_000)

    assert timeouts.deadline_seconds(0) == 60
    assert timeouts.deadline_seconds(30_000) == 90
