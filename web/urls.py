"""The public addresses. They get cited, so they are stable."""

from django.urls import path

from web.views import about, blocs, home, roll_calls, states

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    path("resolutions/", roll_calls.resolutions, name="resolutions"),
    path("resolutions/<path:symbol>", roll_calls.resolution, name="resolution"),
    path("roll-calls/", roll_calls.roll_calls, name="roll_calls"),
    path("roll-calls/<slug:slug>/", roll_calls.roll_call, name="roll_call"),
    path("states/", states.states, name="states"),
    path("states/<str:code>/", states.state, name="state"),
    path("blocs/", blocs.blocs, name="blocs"),
    path("blocs/<slug:slug>/", blocs.bloc, name="bloc"),
    path("about/", about.about, name="about"),
    path("contact/", about.contact, name="contact"),
    path("privacy/", about.privacy, name="privacy"),
]
