"""Which database is used, and what is said of a DATABASE_URL that cannot be."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.database import database_from_environment, from_url


def test_without_database_url_the_embedded_server_is_used(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert database_from_environment()["ENGINE"] == "config.postgresql"


def test_database_url_is_read_whole(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:p%40ss@db.example:5433/record?sslmode=require")
    found = database_from_environment()
    assert {key: found[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "record",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("sqlite:///db.sqlite3", "is not the address of a PostgreSQL server"),
        ("postgresql://[host/x", "cannot be read"),
        ("postgresql://host", "names no database"),
        ("postgresql://host/x?nonsense=1", "cannot be read"),
    ],
)
def test_a_wrong_database_url_is_one_line_that_says_what_it_should_look_like(url, wrong):
    with pytest.raises(ImproperlyConfigured) as caught:
        from_url(url)
    message = str(caught.value)
    assert wrong in message
    assert "postgresql://user:password@host:5432/database" in message
    assert "\n" not in message
