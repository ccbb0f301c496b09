"""Every spelling of DATABASE_URL that people use becomes the one that asyncpg reads; an error never quotes it."""

import re

import pytest

from catalog.database_url import SSL_MODES, check_setting, for_driver


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgresql://u:p@h:5432/d", "postgresql://u:p@h:5432/d"),
        ("postgres://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+psycopg2://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgres+asyncpg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+asyncpg://u:p%40%2F%25@[::1]:5432/d", "postgresql://u:p%40%2F%25@[::1]:5432/d"),
        ("postgresql://u:p@a:1,b:2/d?target_session_attrs=any", "postgresql://u:p@a:1,b:2/d?target_session_attrs=any"),
        ("postgresql:///d?host=/run/postgresql", "postgresql:///d?host=/run/postgresql"),
        ("postgresql+asyncpg://u:p@h/d?ssl=require", "postgresql://u:p@h/d?sslmode=require"),
        ("postgresql://u:p@h/d?sslmode=verify-full", "postgresql://u:p@h/d?sslmode=verify-full"),
        ("postgresql://u:p@h/d?ssl=prefer&sslmode=prefer", "postgresql://u:p@h/d?sslmode=prefer"),
        ("postgresql://u:p@h/d?search_path=a%2Cb&ssl=allow", "postgresql://u:p@h/d?search_path=a%2Cb&sslmode=allow"),
        ("postgresql://u:p@h/d?connect_timeout=10", "postgresql://u:p@h/d"),
        ("postgresql+asyncpg://u:p@h/d?prepared_statement_cache_size=0&timeout=3", "postgresql://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require&channel_binding=prefer", "postgresql://u:p@h/d?sslmode=require"),
    ],
)
def test_what_people_write_is_what_the_driver_reads(written: str, read: str) -> None:
    assert for_driver(written) == read


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("mysql://u:hidden@h/d", "it is written postgresql://user:password@host:5432/database"),
        ("hidden", "it is written postgresql://"),
        ("postgresql:u:hidden@h/d", "it is written postgresql://"),
        ("postgresql://u:hid den@h/d", "percent-encoded"),
        ("postgresql://u:x#hidden@h/d", "percent-encoded"),
        ("postgresql://u:x@hidden@h/d", "written %40"),
        ("postgresql://u:x/hidden@h/d", "written %2F"),
        ("postgresql://u:x?hidden@h/d", "written %2F %3F"),
        ("postgresql://u:hidden@h:port/d", "a port from 1 to 65535"),
        ("postgresql://u:hidden@h:99999/d", "a port from 1 to 65535"),
        ("postgresql://u:hidden@h:/d", "a port from 1 to 65535"),
        ("postgresql://u:hidden@h/d?hidden", "name=value"),
        ("postgresql://u:hidden@h/d?ssl=hidden", f"its ssl is one of {', '.join(SSL_MODES)}"),
        ("postgresql://u:hidden@h/d?sslmode=required", f"its sslmode is one of {', '.join(SSL_MODES)}"),
        ("postgresql://u:hidden@h/d?ssl=require&sslmode=disable", "differ"),
        ("postgresql://u:hidden@h/d?channel_binding=require", "leave it out"),
    ],
)
def test_a_malformed_one_is_refused_with_the_way_to_write_it(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)) as refused:
        check_setting(written)
    assert str(refused.value).startswith("DATABASE_URL (")
    assert "hidden" not in str(refused.value)
