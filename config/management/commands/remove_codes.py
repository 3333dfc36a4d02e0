"""Remove the one-time codes of an account whose device is lost."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.accounts import codes


class Command(BaseCommand):
    """For the administrator who lost their own; in the admin, the list of users has an action for others."""

    help = (
        "Remove the one-time codes of an account, so that its password alone logs it in. Exit status: 0 "
        "when the account has no codes any more, 1 when there is no such account, 2 for a wrong option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Unknown account: “{username}”.")
        removed = codes.remove(user=user)
        self.stdout.write(f"{username}: one-time codes removed." if removed else f"{username} had no one-time codes.")
