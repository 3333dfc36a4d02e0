"""URLs of the API, below ``/api/v1/``."""

from django.urls import path, re_path

from web.api import agreement, description, reference, roll_calls
from web.api.errors import nowhere

app_name = "api"

urlpatterns = [
    path("", description.IndexView.as_view(), name="index"),
    re_path(r"^openapi\.(?P<form>json|yaml)$", description.openapi, name="openapi"),
    path("docs/", description.docs, name="docs"),
    path("resolutions/", roll_calls.Resolutions.as_view(), name="resolutions"),
    path("resolutions/<path:symbol>", roll_calls.OneResolution.as_view(), name="resolution"),
    path("roll-calls/", roll_calls.RollCalls.as_view(), name="roll_calls"),
    path("roll-calls/<slug:slug>/", roll_calls.OneRollCall.as_view(), name="roll_call"),
    path("memberships/", reference.Memberships.as_view(), name="memberships"),
    path("agreement/", agreement.Agreement.as_view(), name="agreement"),
    path("states/<str:code>/", reference.OneState.as_view(), name="state"),
    path("blocs/<str:bloc>/", reference.OneBloc.as_view(), name="bloc"),
    *(path(f"{table}/", view, name=table) for table, view in reference.VIEWS.items()),
    re_path("", nowhere),
]
