"""docker-compose.yml, its additions and the image."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from config.embedded.binaries import MAJOR
from votes.exporting import downloads
from votes.importing.uploads import storage

ROOT = settings.BASE_DIR
MAIN = "docker-compose.yml"
ADDITIONS = ("deploy/compose.secrets.yml", "deploy/compose.replica.yml")
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_HOST_PASSWORD", "METRICS_TOKEN")
SET = {"DOMAIN": "votes.example.org", "SECRET_KEY": "", "POSTGRES_PASSWORD": ""}

NOT_PASSED = {
    "PRODUCTION", "PLENARY_HOME", "BIND", "OPENBLAS_NUM_THREADS",  # The image or the settings know them.
    "DEBUG", "BROWSER_TESTS", "STACK_TESTS", "AUDIT", "PLENARY_CORPORA",  # For who works on the code.
    "COMPOSE_FILE", "PLENARY_TAG",  # Read by docker compose itself.
}  # fmt: skip


def read_text(name: str) -> str:
    return (ROOT / name).read_text()


def read_yaml(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read_text(name))
    return found


def documented_variables() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", read_text(".env.example"), re.MULTILINE))


SERVICES: dict[str, dict[str, Any]] = read_yaml(MAIN)["services"]
OURS = ("migrate", "web", "backup")


@pytest.fixture(scope="module")
def environment_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty file, so that no .env of this checkout is read."""
    path: Path = tmp_path_factory.mktemp("compose") / "env"
    path.touch()
    return path


@pytest.fixture(scope="module")
def merged_config(environment_file: Path) -> dict[str, Any]:
    """Return the three files put together by docker-compose."""
    if not (program := shutil.which("docker-compose")):
        pytest.skip("docker-compose is not installed: apt-get install --no-install-recommends docker-compose")
    files = [part for name in (MAIN, *ADDITIONS) for part in ("-f", name)]
    command = [program, "--env-file", str(environment_file), *files, "config"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": os.environ["PATH"], **SET}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = yaml.safe_load(done.stdout)
    return found


def test_compose_files_are_valid_by_the_specification():
    """By its schema, which comes with the program that checks it."""
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]

    done = subprocess.run([*check, MAIN, *ADDITIONS], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "ok -- validation done\n"), done.stdout


def test_additional_compose_files_merge_with_the_main_one(merged_config: dict[str, Any]):
    assert set(merged_config["services"]) == {*SERVICES, "replica"}
    web = merged_config["services"]["web"]["environment"]
    # An empty variable is an unset one, so that the file counts.
    assert (web["SECRET_KEY"], web["SECRET_KEY_FILE"]) == ("", "/run/secrets/secret_key")
    assert web["DATABASE_REPLICA_URL"] == "postgresql://plenary@replica:5432/plenary"
    assert merged_config["secrets"]["secret_key"]["file"] == str(ROOT / "deploy/secrets/secret_key")


def test_missing_domain_or_secret_stops_the_start():
    lines = read_text(MAIN)
    assert len(re.findall(r"\$\{DOMAIN:\?set it in \.env", lines)) == lines.count("${DOMAIN")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert len(re.findall(rf"\${{{name}\?set it in \.env", lines)) == lines.count(f"${{{name}")


def test_every_variable_is_passed_to_the_container_and_documented():
    passed = {name for service in ("web", "backup", "proxy") for name in SERVICES[service]["environment"]}
    assert documented_variables() - passed == NOT_PASSED


def test_proxy_gets_every_variable_that_its_configuration_reads():
    calls = set(re.findall(r"\{\$([A-Z_]+)", read_text("deploy/Caddyfile")))
    passed = set(SERVICES["proxy"]["environment"])
    # The others have defaults for containers, and are set where Caddy runs without.
    assert calls == passed | {"HTTP_PORT", "HTTPS_PORT", "CADDY_ADMIN", "UPSTREAMS", "BUFFERS"}


@pytest.mark.parametrize("name", [*SERVICES, "replica"])
def test_every_container_is_read_only_without_capabilities(name: str):
    service = SERVICES.get(name) or read_yaml(ADDITIONS[1])["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service) & {"privileged", "network_mode", "pid", "ipc", "devices"} == set()
    assert service["restart"] == ("on-failure:5" if name == "migrate" else "unless-stopped")
    assert service["healthcheck"].get("disable", False) is (name == "migrate")
    assert service["deploy"]["resources"]["limits"]["memory"]
    networks = ["inside", "outside"] if name in OURS else ["outside"] if name == "proxy" else ["inside"]
    assert service["networks"] == networks
    assert bool(service.get("ports")) is (name == "proxy")
    image = service["image"]
    assert re.fullmatch(r"plenary:\$\{PLENARY_TAG:-local\}" if name in OURS else r"[a-z]+:\d[\w.-]*", image)


def test_database_volume_is_mounted_where_the_image_stores_data():
    assert (
        SERVICES["database"]["image"] == read_yaml(ADDITIONS[1])["services"]["replica"]["image"] == f"postgres:{MAJOR}"
    )
    assert SERVICES["database"]["volumes"][0] == "database:/var/lib/postgresql"
    assert read_yaml(MAIN)["networks"]["inside"] == {"internal": True}
    assert set(read_yaml(MAIN)["volumes"]) == {"database", "backups", "certificates", "downloads", "uploads"}


def test_every_folder_the_application_writes_to_is_a_volume_of_its_user(settings):
    """All else is read-only; the folders are made in the image, or a volume would be root's."""
    settings.HOME = Path("/var/lib/plenary")
    written_to = {str(downloads.folder()), str(storage._home()), str(settings.HOME / "backups")}
    mounted = {volume.split(":")[1] for volume in SERVICES["web"]["volumes"]}
    made = {
        f"/var/lib/{path}" for path in re.findall(r"plenary/\w+", read_text("Dockerfile").partition("install --dir")[2])
    }

    assert mounted == written_to
    assert written_to <= made


def test_mounted_scripts_and_commands_exist():
    scripts = {
        *re.findall(r"\./(deploy/[\w.]+)", read_text(MAIN) + read_text(ADDITIONS[1])),
        SERVICES["backup"]["command"][1],
    }
    assert scripts == {"deploy/pg_hba.conf", "deploy/Caddyfile", "deploy/replica", "deploy/backup"}
    assert [name for name in scripts if not (ROOT / name).is_file()] == []
    commands = {*re.findall(r"manage\.py,? ([a-z_]+)", read_text(MAIN) + read_text("deploy/backup"))}
    assert commands == {"prepare", "backup"}
    assert commands - set(get_commands()) == set()


def test_secret_files_are_mounted_in_every_service_that_reads_them():
    services = read_yaml(ADDITIONS[0])["services"]
    for name in OURS:
        assert set(services[name]["environment"]) == {f"{secret}_FILE" for secret in SECRETS}
        assert services[name]["secrets"] == [secret.lower() for secret in SECRETS]
    assert services["database"]["secrets"] == ["postgres_password"]


def test_stop_grace_period_exceeds_gunicorns_graceful_timeout():
    lines = re.findall(r"^(\w+) = (\d+)$", read_text("config/gunicorn.conf.py"), re.MULTILINE)
    assigned = {name: int(number) for name, number in lines}
    assert int(SERVICES["web"]["stop_grace_period"].rstrip("s")) >= assigned["graceful_timeout"] + 5
    # A connection that gunicorn is about to close gets no further request.
    keepalive = re.search(r"keepalive (\d+)s", read_text("deploy/Caddyfile"))
    assert keepalive
    assert int(keepalive[1]) < assigned["keepalive"]


def test_image_installs_locked_packages_and_runs_without_root():
    lines = read_text("Dockerfile")
    assert "RUN sh scripts/bootstrap run" in lines
    assert "sh scripts/bootstrap run" in read_text("Makefile")
    last = lines[lines.rindex("FROM ") :]
    assert re.findall(r"^FROM (\S+)", lines, re.MULTILINE) == ["python:3.13-slim"] * 2
    assert re.findall(r"^USER (.+)", last, re.MULTILINE) == ["10001:10001"]
    assert last.index("COPY --from=build /app") < last.index("USER")
    assert "--chown" not in last
    assert re.findall(r"^STOPSIGNAL (.+)", last, re.MULTILINE) == ["SIGTERM"]
    assert re.search(r'^HEALTHCHECK .*\\\n +CMD \["python", "-c", ".*/healthz', last, re.MULTILINE)
    assert re.findall(r"^(?:CMD|ENTRYPOINT) (.)", last, re.MULTILINE) == ["["]
    assert "PRODUCTION=1" in last


def test_secrets_are_excluded_from_the_image():
    left_out = read_text(".dockerignore").splitlines()
    assert {".env", "deploy/secrets", ".plenary", ".git"} <= set(left_out)
    assert "deploy/secrets/" in read_text(".gitignore").splitlines()


def test_proxy_configuration_is_valid():
    if not (program := shutil.which("caddy")):
        pytest.skip("caddy is not installed: apt-get install caddy")
    surroundings = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "BUFFERS": "whole-bodies"}
    done = subprocess.run(
        [program, "adapt", "--validate", "--config", "deploy/Caddyfile"],
        cwd=ROOT, env={**surroundings, "UPSTREAMS": "to 127.0.0.1:8001 127.0.0.1:8002"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "warn" in done.stderr) == (0, False), done.stderr


def roll(folder: Path, *running: str) -> list[str]:
    """Return what deploy/roll asks docker for while these containers serve."""
    docker = folder / "docker"
    docker.write_text(
        '#!/bin/sh\necho "$*" >> "$CALLS"\n'
        f"case \"$*\" in 'compose ps --quiet web') printf '%s\\n' {' '.join(running) or ''};; esac\n"
    )
    docker.chmod(0o755)
    calls = folder / "calls"
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}
    subprocess.run(["/bin/sh", "deploy/roll"], cwd=ROOT, env=environment, check=True)
    return calls.read_text().splitlines()


def test_rolling_update_stops_old_servers_once_new_ones_are_healthy(tmp_path: Path):
    calls = roll(tmp_path, "one", "two")
    assert calls == [
        "compose build web",
        "compose run --rm migrate",
        "compose ps --quiet web",
        "compose up --detach --no-deps --no-recreate --wait --scale web=4 web",
        "stop one two",
        "rm one two",
        "compose up --detach --no-recreate --wait --scale web=2 web",
        "compose up --detach --no-deps backup proxy",
    ]


def test_first_deployment_starts_one_server(tmp_path: Path):
    assert roll(tmp_path)[3:] == [
        "compose up --detach --no-recreate --wait --scale web=1 web",
        "compose up --detach --no-deps backup proxy",
    ]
