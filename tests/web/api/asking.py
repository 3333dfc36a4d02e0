"""Asking the API in tests as a program does."""

from __future__ import annotations

from typing import Any

from django.test import Client


def ask(address: str, *, status: int = 200, **headers: str) -> Any:
    """Return what the API answers at an address below its root, or at a whole one."""
    response = Client().get(address if address.startswith("http") else f"/api/v1{address}", headers=headers or None)
    assert response.status_code == status, (address, response.status_code, response.content)
    is_json = "application/json" if status == 200 else "application/problem+json"
    assert response.headers["Content-Type"] == is_json
    return response.json()


def pages(address: str, *, link: str = "next") -> list[list[dict[str, Any]]]:
    """Return the rows of a page and of all pages on from it."""
    found, at = [], address
    while at:
        answer = ask(at)
        found.append(answer["results"])
        at = answer[link]
    return found


def errors(address: str) -> dict[str, list[str]]:
    """Return what is wrong with each parameter of an address."""
    answer = ask(address, status=400)
    assert answer["title"] == "Bad Request"
    found: dict[str, list[str]] = answer["errors"]
    return found
