"""What all tests share: the reference facts in a real PostgreSQL, loaded once a run and then copied."""

from __future__ import annotations

import gc
import itertools
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase, override_settings

from votes.editing.reference import load_reference, remove_landmarks
from votes.importing.shipped.loader import load_shipped
from votes.record import record as record_module
from votes.record.record import SHARED, Record
from web.serving.page_cache import PageCache

# Machines are shared: how long an example takes says nothing of what is tested.
hypothesis.settings.register_profile("plenary", deadline=None)
hypothesis.settings.load_profile("plenary")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import DjangoDbBlocker


LOADING = 7_915  # Advisory locks: one process makes a database for all, and the others wait for it.
MADE_ONCE = "test_once_"
HOMES = itertools.count()
IN_USE = 7_914  # An advisory lock in the server's own database: held alone to make the template, then with others.


def pytest_collection_finish() -> None:
    """Have the collector leave modules and tests alone, and look less often at pages that are parsed and dropped."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


STARTING_SERVERS = tuple(
    f"tests/{place}"
    for place in ("config/embedded/", "config/test_commands", "config/test_serve", "scripts/test_bootstrap")
)
"""Where tests mostly wait for what they started."""


def pytest_xdist_auto_num_workers() -> int:
    """Have one worker more than cores, since tests also wait: for the database, a browser, other processes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores + 1, 5)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the tests that wait over the run, since nobody else would be at work if they came together at its end."""
    waiting = [item for item in items if item.nodeid.startswith(STARTING_SERVERS)]
    others = [item for item in items if not item.nodeid.startswith(STARTING_SERVERS)]
    if waiting and len(others) > len(waiting):
        every = len(others) // len(waiting)
        for number, item in enumerate(waiting):
            others.insert(number * (every + 1), item)
        items[:] = others


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Copy each worker's database from a template, made once a run, when it begins and after a test that committed.

    Django would migrate for every worker, and leave nothing in a database to which a test has committed.
    """
    name = f"test_{connection.settings_dict['NAME']}_template"
    template = connection.ops.quote_name(name)
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            server = stack.enter_context(connection._nodb_cursor())

            def alone() -> bool:
                server.execute("SELECT pg_try_advisory_lock(%s)", [IN_USE])
                return bool(server.fetchone()[0])

            fresh: set[str] = set()

            def copy(_: TransactionTestCase) -> None:
                connection.close()
                own = connection.settings_dict["NAME"]
                if own in fresh and not rows_written(server, own):
                    return
                quoted = connection.ops.quote_name(own)
                server.execute(f"DROP DATABASE {quoted} WITH (FORCE)")
                server.execute(f"CREATE DATABASE {quoted} TEMPLATE {template}")
                fresh.add(own)

            if first := alone():
                server.execute(f"DROP DATABASE IF EXISTS {template}")  # A run that was killed may have left one.
                drop_made_once(server)
                server.execute(f"CREATE DATABASE {template}")
                fill(name)
            server.execute("SELECT pg_advisory_lock_shared(%s)", [IN_USE])
            if first:
                server.execute("SELECT pg_advisory_unlock(%s)", [IN_USE])
        connection.settings_dict["TEST"]["TEMPLATE"] = name
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", copy)
            yield
        server.execute("SELECT pg_advisory_unlock_shared(%s)", [IN_USE])
        if alone():
            server.execute(f"DROP DATABASE {template}")
            drop_made_once(server)


def rows_written(server: Any, name: str) -> int:
    """Return how many rows of a database were ever written, those of its catalogue and what was taken back among them.

    Whoever is connected to it is sent away first, upon which PostgreSQL adds up what they did.
    """
    server.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name])
    server.execute("SELECT tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = %s", [name])
    return int(server.fetchone()[0])


def fill(name: str) -> None:
    """Write into that database what every test starts from: what migrations make, and the reference facts."""
    with connected_to(name):
        call_command("migrate", verbosity=0)
        load_reference(settings.BASE_DIR / "data")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # Or pages would be planned for whatever the server last looked at by itself.


def made_once(fill_more: Callable[[], object]) -> str:
    """Return the name of a database that is made once a run, for all workers, and only read by them.

    It holds what ``fill_more`` writes beside what every test starts from.
    """
    base = connection.settings_dict["TEST"]["TEMPLATE"]
    name = f"{MADE_ONCE}{fill_more.__name__}"
    with connection._nodb_cursor() as server:
        server.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOADING, name])
        server.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [name])
        if not server.fetchone()[0]:
            unfinished = f"{name}_unfinished"
            quoted = connection.ops.quote_name
            server.execute(f"CREATE DATABASE {quoted(unfinished)} TEMPLATE {quoted(base)}")
            with connected_to(unfinished):
                fill_more()
            server.execute(f"ALTER DATABASE {quoted(unfinished)} RENAME TO {quoted(name)}")
        server.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOADING, name])
    return name


def drop_made_once(server: Any) -> None:
    """Drop the databases of ``made_once``, and what a run that was killed has left of them."""
    server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [MADE_ONCE])
    for (name,) in server.fetchall():
        server.execute(f"DROP DATABASE {connection.ops.quote_name(name)} WITH (FORCE)")


def whole() -> None:
    """Write the record as it ships."""
    with transaction.atomic():
        remove_landmarks()
    load_shipped(by_name="tests")


@pytest.fixture(scope="session")
def whole_record_database(
    django_db_setup: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> str:
    """Return the name of a database that holds the record as it ships."""
    with django_db_blocker.unblock():
        return made_once(whole)


@pytest.fixture
def whole_record(whole_record_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give the test a database that holds the record as it ships, to read only."""
    with django_db_blocker.unblock(), connected_to(whole_record_database):
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        yield


@contextmanager
def database_with(fill_more: Callable[[], object]) -> Iterator[str]:
    """Give the name of a database that holds what ``fill_more`` writes beside what every test starts from."""
    quoted = connection.ops.quote_name
    name = f"{MADE_ONCE}{fill_more.__name__}_{connection.settings_dict['NAME']}"
    with connection._nodb_cursor() as server:
        server.execute(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
        server.execute(
            f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(connection.settings_dict['TEST']['TEMPLATE'])}"
        )
    with connected_to(name):
        fill_more()
    yield name
    with connection._nodb_cursor() as server:
        server.execute(f"DROP DATABASE {quoted(name)} WITH (FORCE)")


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Have the connection be to the database ``name``."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture
def record(db: None) -> None:
    """Give the test the database, which holds the reference facts."""


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests() -> Iterator[None]:
    """Set what holds for all tests, once: to set it for each takes longer than many of them."""
    storages = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(
        # In no time, which is what nobody wants elsewhere.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        # As often as they like; those about a limit set their own.
        API_REQUESTS_A_MINUTE=0,
        SELECTIONS_A_MINUTE=0,
        # By their plain names, so that no test needs static files collected.
        STORAGES={**settings.STORAGES, **storages},
        # WhiteNoise would look through all that a developer's site has collected, for every test that asks for a page.
        STATIC_ROOT=None,
        # Databases are prepared with the small facts alone; tests of the whole record ask for it.
        RECORD="none",
    ):
        yield


@pytest.fixture(autouse=True)
def own_home(settings_of_tests: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what a test offers for download or upload out of the developer's own folder, and of other tests' sight.

    Set without Django's signal, to which nobody listens for it, and without making a folder that few tests need.
    """
    settings.HOME = tmp_path_factory.getbasetemp() / f"home-{next(HOMES)}"


@pytest.fixture(scope="session", autouse=True)
def untouched_record_loaded_once() -> Iterator[None]:
    """Load the record once a worker for all tests that have written nothing when they read it.

    A request within a test's transaction loads its record for itself alone, and computes all that hangs on it: three
    quarters of the time of a page in tests, which production spends once a version.
    """
    real = record_module.load
    untouched: dict[str, Record] = {}

    def load() -> Record:
        if connection.force_debug_cursor or not is_untouched():
            return real()
        database = connection.settings_dict["NAME"]
        if database not in untouched:
            record = real()
            # Read later than the rest, when another test may have written what this one must not hold.
            assert record.about_states
            assert record.about_blocs
            untouched[database] = record
        return untouched[database]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_module, "load", load)
        yield


def is_untouched() -> bool:
    """Tell whether this is a transaction that a test is run in and that has written nothing yet."""
    blocks = connection.atomic_blocks
    if not blocks or not blocks[0]._from_testcase or connection.needs_rollback:  # type: ignore[attr-defined]
        return False
    # Past Django's cursors, which tests count and watch.
    query = connection.connection.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
    return bool(query.fetchone()[0])


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Forget what another test's database held; a version there may be the number of another one here."""
    SHARED.forget()
    PageCache.pages.forget()
