"""Agreement of member states: filters of the agreement page, content of its JSON file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy

from web.api.base import ReadView
from web.api.query import some
from web.api.schema import agreement, described, fields
from web.api.serializers import AgreementAnswer
from web.lists.question import FILTERS
from web.pages.agreement.files import json_document
from web.pages.agreement.question import OWN, AgreementQuestion

if TYPE_CHECKING:
    from votes.record.record import Record
    from web.api.query import Query


@described(
    "agreement",
    gettext_lazy("Agreement of member states"),
    AgreementAnswer,
    *agreement(),
    fields(AgreementAnswer),
    tag="agreement",
)
class Agreement(ReadView):
    """The agreement of chosen states, of a bloc or of all, over the roll calls asked about."""

    serializer_class = AgreementAnswer
    parameters: ClassVar = (*OWN, *FILTERS)
    repeatable: ClassVar = ("state", "subject")

    def answer(self, query: Query, record: Record, **named: str) -> dict[str, Any]:
        """Return the measure for each pair of states, with its number of roll calls."""
        question = AgreementQuestion(query.parameters, record)
        for name, said in question.errors.items():
            query.refuse(name, *said)
        wanted = self.fields(query)
        return some(json_document(question), wanted)
