"""DATABASE_URL and DATABASE_REPLICA_URL: defaults, parsing and errors."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.database import TIMEOUTS, database_from_environment, from_url, replica_from_environment


def test_without_database_url_the_embedded_server_is_used(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert database_from_environment()["ENGINE"] == "config.postgresql"


def test_every_part_of_database_url_is_read(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:p%40ss@db.example:5433/record?sslmode=require")
    database = database_from_environment()
    assert {key: database[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "record",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {**TIMEOUTS, "sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("sqlite:///db.sqlite3", "is not the address of a PostgreSQL server"),
        ("postgresql://[host/x", "cannot be read"),
        ("postgresql://host", "does not name a database"),
        ("postgresql://host/x?nonsense=1", "cannot be read"),
    ],
)
def test_invalid_database_url_is_one_line_with_an_example(url, wrong):
    with pytest.raises(ImproperlyConfigured) as caught:
        from_url(url)
    message = str(caught.value)
    assert wrong in message
    assert "postgresql://user:password@host:5432/database" in message
    assert "\n" not in message


def test_missing_password_in_database_url_falls_back_to_postgres_password(monkeypatch):
    monkeypatch.setenv("POSTGRES_PASSWORD", "p@ss")
    assert from_url("postgresql://ann@db/record")["PASSWORD"] == "p@ss"
    assert from_url("postgresql://ann:other@db/record")["PASSWORD"] == "other"


def test_replica_is_optional_and_configured_beside_the_database(monkeypatch):
    monkeypatch.delenv("DATABASE_REPLICA_URL", raising=False)
    assert replica_from_environment() == {}
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgresql://ann@replica/record?connect_timeout=2")
    replica = replica_from_environment()["replica"]
    assert (replica["HOST"], replica["NAME"], replica["OPTIONS"]["connect_timeout"]) == ("replica", "record", "2")
    assert replica["TEST"] == {"MIRROR": "default"}


def test_invalid_replica_url_names_its_variable(monkeypatch):
    monkeypatch.setenv("DATABASE_REPLICA_URL", "replica.example")
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_REPLICA_URL is not the address"):
        replica_from_environment()


def test_connections_work_through_a_transaction_pooler(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann@pooler/record")
    assert database_from_environment()["DISABLE_SERVER_SIDE_CURSORS"]
