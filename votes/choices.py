"""The four choices, in the letters of the record, the words of the interface and those of the addresses."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Choice(TextChoices):
    """What a member state did in a roll call."""

    YES = "Y", _("In favour")
    NO = "N", _("Against")
    ABSTAINING = "A", _("Abstaining")
    NON_VOTING = "X", _("Non-voting")

    @property
    def word(self) -> str:
        """Return the word for the choice in addresses."""
        return WORDS[self]

    @classmethod
    def from_word(cls, word: str) -> "Choice":
        """Return the choice of an address's word; raise ValueError for any other."""
        for choice, known in WORDS.items():
            if word == known:
                return choice
        raise ValueError(f"Unknown choice “{word}”; the choices are {', '.join(WORDS.values())}.")


WORDS = {
    Choice.YES: "for",
    Choice.NO: "against",
    Choice.ABSTAINING: "abstain",
    Choice.NON_VOTING: "nonvoting",
}

# The choices that are a position; being absent or not taking part is not one.
POSITIONS = (Choice.YES, Choice.NO, Choice.ABSTAINING)
