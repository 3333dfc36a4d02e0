"""Accounts with the roles that the migration makes."""

import importlib

from django.apps import apps
from django.contrib.auth.models import Group, User

ROLES = ("nobody", "Recorders", "Verifiers", "Administrators", "superuser")

migration = importlib.import_module("votes.migrations.0009_roles")
reports = importlib.import_module("votes.migrations.0019_reports_and_returns")


def make_user(role: str, name: str = "") -> User:
    """Return a new account of staff: of a role, with no role at all, or a superuser's."""
    name = name or role.lower()
    if role == "superuser":
        return User.objects.create_superuser(name)
    user = User.objects.create_user(name, is_staff=True)
    if role != "nobody":
        if not Group.objects.filter(name=role).exists():  # a transactional test swept them away
            migration.make_roles(apps, None)
        reports.allow(apps, None)
        user.groups.add(Group.objects.get(name=role))
    return user
