"""Check the locked packages for known vulnerabilities: ``make audit``.

Fails where one is known. Where nothing can be looked up, says so and does not fail, so that the check can stand in a
build without a network; ``AUDIT=required`` fails then too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
SECONDS = "10"
"""For how long the service may be silent."""

ACCEPTED: dict[str, str] = {}
"""Advisories that do not concern Plenary, by their id, each with the reason."""


class UnreachableError(Exception):
    """Nothing could be looked up."""


def main() -> int:
    """Look all locks up and say what was found; return the exit status."""
    known: list[str] = []
    for lock in LOCKS:
        try:
            number, vulnerabilities = vulnerable(audit_report(lock))
        except UnreachableError as error:
            sys.stdout.write(f"audit: {lock} was not checked: {error}\n")
            return 1 if os.environ.get("AUDIT") == "required" else 0
        sys.stdout.write(f"audit: {lock}: {number} packages, {len(vulnerabilities)} known vulnerabilities\n")
        known += vulnerabilities
    sys.stdout.writelines(f"audit: {line}\n" for line in known)
    return 1 if known else 0


def audit_report(lock: str) -> str:
    """Return what pip-audit says of a lock, as JSON. Raises UnreachableError where it cannot look anything up."""
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / lock), "--require-hashes", "--disable-pip",
        "--format", "json", "--progress-spinner", "off", "--timeout", SECONDS,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        (*_traceback, last) = done.stderr.strip().splitlines() or ["no reason given"]
        raise UnreachableError(f"the list of known vulnerabilities cannot be read ({last.partition(': ')[0][:100]}).")
    return done.stdout


def vulnerable(report: str) -> tuple[int, list[str]]:
    """Return how many packages a report of pip-audit is about, and a line for each vulnerability that concerns us.

    Raises UnreachableError where a package was skipped: what is not looked up is not known to be good.
    """
    packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    if skipped := [package for package in packages if "skip_reason" in package]:
        raise UnreachableError(f"{skipped[0]['name']}: {skipped[0]['skip_reason']}")
    lines = [
        f"{package['name']} {package['version']}: {known['id']} ({', '.join(known['aliases']) or 'no other name'}); "
        f"{'corrected in ' + ', '.join(known['fix_versions']) if known['fix_versions'] else 'not corrected yet'}"
        for package in packages
        for known in package["vulns"]
        if not {known["id"], *known["aliases"]} & ACCEPTED.keys()
    ]
    return len(packages), lines


if __name__ == "__main__":
    sys.exit(main())
