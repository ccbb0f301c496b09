"""The options of a run, in a form's field and in the body of `process`: every error, and what is allowed."""

import pytest

from contracts.dataset import Options, TextOptions
from gateway.domain.options import RULES, of_body, of_text
from gateway.errors import FieldError, InvalidRequest

SUCH = 'For example: {"sample_rate": 24000}.'
RATE = (
    "'options.sample_rate' must be a whole number from 8000 to 48000 (Hz), or null to keep the source's rate. "
    'For example: {"sample_rate": 24000}.'
)
MUST_BE = "'options' must be a JSON object such as {\"sample_rate\": 24000}"
DUMPS = "From Python, send json.dumps(...) of the dict: requests sends a dict in data= as the names of its keys."
BODY = 'The body must be a JSON object such as {"options": {"sample_rate": 24000}}; it '


def errors_of_text(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidRequest) as raised:
        of_text(text)
    return [(error.field, error.code, error.detail) for error in raised.value.field_errors]


def errors_of_body(raw: bytes, *others: FieldError) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidRequest) as raised:
        of_body(raw, *others)
    return [(error.field, error.code, error.detail) for error in raised.value.field_errors]


def test_every_option_has_a_rule() -> None:
    assert set(RULES) == set(Options.__struct_fields__)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ('{"sample_rate": 24000}', Options(sample_rate=24_000)),
        ('{"sample_rate": 8000}', Options(sample_rate=8_000)),
        ('{"text": {"repeats": "collapse"}, "tier": 0}', Options(text=TextOptions(repeats="collapse"), tier=0)),
        ('{"text": {}, "tier": "words", "offset_ms": -5}', Options(tier="words", offset_ms=-5)),
        ('{"time_scale": 1.001}', Options(time_scale=1.001)),
        ('{"sample_rate": 48000}', Options(sample_rate=48_000)),
        ('{"sample_rate": null}', Options()),
        ('{"timeline": "samples", "track": 1, "channel": 2}', Options(timeline="samples", track=1, channel=2)),
        ('{"timeline": "media", "track": null, "channel": "right"}', Options(channel="right")),
        ("{}", Options()),
    ],
)
def test_good_options_are_read(text: str, options: Options) -> None:
    assert of_text(text) == options


@pytest.mark.parametrize("value", ["96000", "7999", "48001", '"24000"', "24000.5", "true", "[]", "9" * 5_000, "1e999"])
def test_the_refusal_of_a_rate_says_which_are_allowed(value: str) -> None:
    assert errors_of_text(f'{{"sample_rate": {value}}}') == [("options.sample_rate", "invalid", RATE)]


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        *(("timeline", value, '{"timeline": "samples"}') for value in ('"Media"', "null", "0", "[]")),
        *(("track", value, '{"track": 1}') for value in ("-1", "1000", '"1"', "true", "0.5")),
        *(("channel", value, '{"channel": "left"}') for value in ("null", '"centre"', "-1", "64", "true", "[0]")),
    ],
)
def test_the_refusal_of_a_value_shows_one_that_is_allowed(name: str, value: str, example: str) -> None:
    ((field, code, detail),) = errors_of_text(f'{{"{name}": {value}}}')
    assert (field, code) == (f"options.{name}", "invalid")
    assert detail.endswith(f". For example: {example}.")
    of_text(example)


def test_the_refusal_of_an_unknown_option_lists_the_known_ones() -> None:
    assert errors_of_text('{"speed": 2}') == [
        (
            "options.speed",
            "unknown",
            "There is no option 'speed'; there are: sample_rate, timeline, track, channel, text, tier, offset_ms,"
            f" time_scale. {SUCH}",
        )
    ]


def test_every_error_of_the_options_is_reported() -> None:
    found = errors_of_text('{"speed": 2, "sample_rate": 96000, "channels": 1}')
    assert [(field, code) for field, code, _ in found] == [
        ("options.speed", "unknown"),
        ("options.sample_rate", "invalid"),
        ("options.channels", "unknown"),
    ]


@pytest.mark.parametrize("text", ["sample_rate", "speed", "{'sample_rate': 24000}"])
def test_a_dictionary_that_was_not_made_json_is_recognised(text: str) -> None:
    """What requests sends for `data={"options": {"sample_rate": 24000}}` is the key alone."""
    assert errors_of_text(text) == [("options", "invalid", f"{MUST_BE}, and is the text '{text}'. {DUMPS}")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "; it is not JSON from line 1, column 2 on."),
        ('{"sample_rate": 24000', "; it is not JSON from line 1, column 22 on."),
        ("{\n 'a': 1}", "; it is not JSON from line 2, column 2 on."),
        ('{"sample_rate": NaN}', "; it is not JSON: there is no NaN in it."),
        ('{"a": 1, "a": 2}', "; it has the member 'a' twice."),
        ("[" * 10_000, "; it is nested too deeply."),
        ("24000", ", and is a number."),
        ("null", ", and is null."),
        ("true", ", and is a boolean."),
        ("[]", ", and is an array."),
        ('"x"', ", and is a string."),
    ],
)
def test_the_refusal_of_what_is_no_object_says_what_it_is(text: str, why: str) -> None:
    assert errors_of_text(text) == [("options", "invalid", MUST_BE + why)]


def test_a_name_of_a_clients_making_is_cut_and_escaped() -> None:
    (surrogate, _, _), (long, _, detail) = errors_of_text('{"\\ud800": 1, "' + "x" * 10_000 + '": 1}')
    assert surrogate == "options.\\ud800"
    assert len(long) <= 110
    assert len(detail) <= 260


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        (b"", None),
        (b" \n", None),
        (b"{}", None),
        (b'{"options": null}', None),
        (b'{"options": {}}', Options()),
        (b'{"options": {"sample_rate": 16000}}', Options(sample_rate=16_000)),
    ],
)
def test_a_body_of_process_asks_for_these_options(raw: bytes, options: Options | None) -> None:
    assert of_body(raw) == options


@pytest.mark.parametrize(
    ("raw", "field_errors"),
    [
        (b"null", [("body", "invalid", f"{BODY}is null.")]),
        (b"[]", [("body", "invalid", f"{BODY}is an array.")]),
        (b"{", [("body", "invalid", f"{BODY}is not JSON from line 1, column 2 on.")]),
        (b"{}{}", [("body", "invalid", f"{BODY}is not JSON from line 1, column 3 on.")]),
        (b"sample_rate=24000", [("body", "invalid", f"{BODY}is not JSON from line 1, column 1 on.")]),
        (b'{"options": ' + b"[" * 60_000, [("body", "invalid", f"{BODY}is nested too deeply.")]),
        (b"\xff", [("body", "invalid", "The body must be UTF-8 text.")]),
        (b'{"\xff": 1}', [("body", "invalid", "The body must be UTF-8 text.")]),
        (b'{"options": []}', [("options", "invalid", f"{MUST_BE}, and is an array.")]),
        (b'{"options": "{}"}', [("options", "invalid", f"{MUST_BE}, and is a string.")]),
        (b'{"options": {"sample_rate": 1}}', [("options.sample_rate", "invalid", RATE)]),
        (
            b'{"sample_rate": 24000}',
            [
                (
                    "sample_rate",
                    "unknown",
                    "There is no member 'sample_rate' of the body; there is options, as in "
                    '{"options": {"sample_rate": 24000}}.',
                )
            ],
        ),
    ],
)
def test_a_bad_body_of_process_is_refused_where_it_is_wrong(
    raw: bytes, field_errors: list[tuple[str, str, str]]
) -> None:
    assert errors_of_body(raw) == field_errors


def test_all_errors_of_a_request_are_reported_together() -> None:
    query = FieldError("force", "unknown", "There is no query parameter 'force' here; there is none.")
    found = errors_of_body(b'{"option": {}, "options": {"speed": 2, "sample_rate": 1}}', query)
    assert [field for field, _, _ in found] == ["force", "option", "options.speed", "options.sample_rate"]
    assert [field for field, _, _ in errors_of_body(b"{", query)] == ["force", "body"]
    with pytest.raises(InvalidRequest):
        of_body(b"", query)


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        *(("text", value, '{"text": {"tags": "strip"}}') for value in ("null", '{"repeats": 1}', '{"tags": "x"}')),
        *(("tier", value, '{"tier": "sentences"}') for value in ("-1", '""', "1.5", "true", '"a\\u0007"')),
        *(("offset_ms", value, '{"offset_ms": -3600000}') for value in ("null", "1.5", "true", "1e13")),
        *(("time_scale", value, '{"time_scale": 0.95904}') for value in ("null", "0", "11", "true", '"1"')),
    ],
)
def test_the_refusal_of_a_transcripts_option_shows_a_value_that_is_allowed(name: str, value: str, example: str) -> None:
    ((field, code, detail),) = errors_of_text(f'{{"{name}": {value}}}')

    assert (field, code) == (f"options.{name}", "invalid")
    assert detail.endswith(f". For example: {example}.")
    of_text(example)
