"""Add a body that votes, so that its votes can be entered or imported."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from resolutions.attribution import attributed
from resolutions.models import Body


class Command(BaseCommand):
    """Add a body, once."""

    help = (
        "Add a body that votes, such as the Human Rights Council; the admin does the same under Bodies. Its sessions "
        "and seats are added there, or come with an import. Safe to run again. Exit status: 0 when the body is on "
        "record with these facts, 1 when it is on record with others or a fact is not allowed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="two to eight capital letters and digits, such as HRC; it cannot be changed")
        parser.add_argument("name", help="as it is written after “in the”: “Human Rights Council”")
        parser.add_argument("--symbols", default="", metavar="A/HRC/", help="what its document symbols begin with")
        parser.add_argument(
            "--majority",
            choices=Body.Majority.values,
            default=Body.Majority.NOT_STATED.value,
            help="what its proposals need where a vote does not state a requirement",
        )

    def handle(self, *args: Any, code: str, name: str, symbols: str, majority: str, **options: Any) -> None:
        body = Body(code=code, name=name, symbol_prefix=symbols, majority=majority)
        if known := Body.objects.filter(code=code).first():
            facts = ("name", "symbol_prefix", "majority")
            if different := [fact for fact in facts if getattr(known, fact) != getattr(body, fact)]:
                said = "; ".join(f"{fact} is “{getattr(known, fact)}”" for fact in different)
                raise CommandError(f"{code} is already on record: {said}. Change it in the admin, under Bodies.")
            self.stdout.write(f"{known} ({code}) is already on record.")
            return
        try:
            body.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with attributed(command="add_body"):
            body.save()
        self.stdout.write(f"Added the {body} ({code}).")
