"""The public addresses. They get cited, so they are stable."""

from django.urls import path, re_path

from web.views import (
    about,
    blocs,
    data,
    downloads,
    home,
    quality,
    roll_calls,
    states,
)

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    re_path(r"^(?P<of>resolutions|roll-calls|votes)\.(?P<form>csv|json|parquet)$", downloads.rows, name="download"),
    path("resolutions/", roll_calls.resolutions, name="resolutions"),
    path("resolutions/<path:symbol>", roll_calls.resolution, name="resolution"),
    path("roll-calls/", roll_calls.roll_calls, name="roll_calls"),
    path("roll-calls/<slug:slug>/", roll_calls.roll_call, name="roll_call"),
    re_path(r"^roll-calls/(?P<slug>[-\w]+)\.(?P<form>csv|json)$", downloads.roll_call, name="roll_call_download"),
    path("states/", states.states, name="states"),
    path("states/<str:code>/", states.state, name="state"),
    path("blocs/", blocs.blocs, name="blocs"),
    path("blocs/<slug:slug>/", blocs.bloc, name="bloc"),
    path("data/", data.data, name="data"),
    path("data/codebook/", data.codebook, name="codebook"),
    re_path(r"^data/(?P<name>[\w-]+\.(?:csv|parquet|json|md|zip)|SHA256SUMS)$", data.file, name="data_file"),
    path("data/quality/", quality.quality, name="quality"),
    path("about/", about.about, name="about"),
    path("contact/", about.contact, name="contact"),
    path("privacy/", about.privacy, name="privacy"),
]
