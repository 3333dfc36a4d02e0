"""The front page."""

from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from resolutions.models import Topic
from votes.models import RollCall


def home(request: HttpRequest) -> HttpResponse:
    """Show the search box, what the record covers, and the latest votes."""
    published = RollCall.objects.published()
    context = {
        "latest": published.decisive().with_tally().newest_first()[:8],
        "closest": published.decisive().filter(tally__cast__gt=0).with_tally().closest_first()[:4],
        "record": published.aggregate(
            roll_calls=Count("pk"), first=Min("date"), last=Max("date"), bodies=Count("body", distinct=True)
        ),
        "topics": Topic.objects.annotate(
            roll_calls=Count(
                "resolutions__roll_calls",
                filter=Q(resolutions__roll_calls__status="published", resolutions__roll_calls__decisive=True),
            )
        ).filter(roll_calls__gt=0),
    }
    return render(request, "home.html", context)
