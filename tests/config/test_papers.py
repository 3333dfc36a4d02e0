"""Project files agree with the code: .env.example, lock files, CI and README."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
SOURCES = [
    *ROOT.glob("config/**/*.py"),
    *ROOT.glob("web/**/*.py"),
    *ROOT.glob("tests/browser/*.py"),
    *ROOT.glob("tests/stack/*.py"),
    *ROOT.glob("scripts/*"),
]
# Set by one part of Plenary for another, or by the system: nobody is meant to set them.
INTERNAL = {
    "PLENARY_TERMINAL",
    "FIT_IDEAL_POINTS",
    "PROMETHEUS_MULTIPROC_DIR",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "PATH",
}
COMPOSE = [ROOT / "docker-compose.yml", *ROOT.glob("deploy/compose.*.yml")]


def text(name: str) -> str:
    return (ROOT / name).read_text()


def test_every_variable_that_is_read_is_in_env_example():
    read = {
        name
        for source in SOURCES
        for name in re.findall(
            r"(?:environ(?:\.get\(|\[|\.setdefault\()|whole_number\(|\bone_of\(|\btext\()\"([A-Z_]+)\"",
            source.read_text(),
        )
    }
    read |= {name for path in COMPOSE for name in re.findall(r"\$\{([A-Z_]+)", path.read_text())} | {"COMPOSE_FILE"}
    written = set(re.findall(r"^#?([A-Z_]+)=", text(".env.example"), re.MULTILINE))
    assert read - INTERNAL == written


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_lock_files_are_exact_hashed_and_name_no_host(lock):
    lines = text(lock).splitlines()
    packages = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert packages
    assert [line for line in packages if not re.match(r"[a-z0-9._-]+==\S+ .*\\$", line)] == []
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    assert text(lock).count("--hash=sha256:") >= len(packages)


def test_every_dependency_is_locked_and_justified():
    project = tomllib.loads(text("pyproject.toml"))
    named = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = text("requirements-dev.txt")
    for requirement in named:
        name = re.split(r"[^A-Za-z0-9_-]", requirement)[0]
        assert re.search(rf"^{name}==", locked, re.MULTILINE), name
        assert re.search(rf'^\s+"{re.escape(requirement)}",\s+# \w', text("pyproject.toml"), re.MULTILINE), name


def test_ci_runs_the_readmes_test_command():
    script = text(".ci/run").splitlines()
    end = ["make test", "make test-stack", "make test-faults"]
    assert script[-4:] == ["export BROWSER_TESTS=required COOKBOOK_TESTS=required STACK_TESTS=required", *end]
    assert "make test " in text("README.md")
    assert "make run " in text("README.md")


def test_links_in_the_readme_resolve():
    links = re.findall(r"\]\(([^)#]+)\)", text("README.md"))
    local = [link for link in links if "://" not in link]
    assert local
    assert [link for link in local if not Path(ROOT, link).exists()] == []
