"""The audit of locked packages for known vulnerabilities."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from scripts import audit

UNREAD = "the list of known vulnerabilities cannot be read ({})."

GOOD = {"name": "django", "version": "5.2.1", "vulns": []}
BAD = {
    "name": "sample",
    "version": "1.0",
    "vulns": [
        {"id": "PYSEC-2024-1", "fix_versions": ["1.1", "2.0"], "aliases": ["CVE-2024-1"], "description": "…"},
        {"id": "PYSEC-2024-2", "fix_versions": [], "aliases": [], "description": "…"},
    ],
}


def report(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what pip-audit will say, on either stream."""
    said = {"stdout": report(GOOD), "stderr": ""}

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert {"--require-hashes", "--disable-pip"} <= set(command)
        return subprocess.CompletedProcess(command, 0, **said)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.delenv("AUDIT", raising=False)
    return said


def test_no_known_vulnerability_passes(says: dict[str, str], capsys: pytest.CaptureFixture[str]):
    assert audit.main() == 0
    assert capsys.readouterr().out.splitlines() == [
        "audit: requirements.txt: 1 packages, 0 known vulnerabilities",
        "audit: requirements-dev.txt: 1 packages, 0 known vulnerabilities",
    ]


def test_known_vulnerability_fails_and_names_the_fixed_version(
    says: dict[str, str], capsys: pytest.CaptureFixture[str]
):
    says["stdout"] = report(GOOD, BAD)
    assert audit.main() == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "audit: sample 1.0: PYSEC-2024-1 (CVE-2024-1); corrected in 1.1, 2.0",
        "audit: sample 1.0: PYSEC-2024-2 (no other name); not corrected yet",
    ]


def test_accepted_vulnerability_passes(says: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    says["stdout"] = report(BAD)
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-2024-1": "not used", "PYSEC-2024-2": "not used"})
    assert audit.main() == 0


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"stdout": "", "stderr": "Traceback\nProxyError: no way\n"}, UNREAD.format("ProxyError")),
        ({"stdout": "", "stderr": ""}, UNREAD.format("no reason given")),
        ({"stdout": report(GOOD, {"name": "own", "skip_reason": "not found"})}, "own: not found"),
    ],
)
def test_failed_look_up_is_reported_and_fails_only_when_required(
    says: dict[str, str], said: dict[str, str], reason: str, monkeypatch, capsys: pytest.CaptureFixture[str]
):
    says.update(said)
    assert audit.main() == 0
    assert capsys.readouterr().out == f"audit: requirements.txt was not checked: {reason}\n"
    monkeypatch.setenv("AUDIT", "required")
    assert audit.main() == 1


def test_every_accepted_vulnerability_has_a_reason():
    assert [reason for reason in audit.ACCEPTED.values() if len(reason) < 20] == []
