"""URLs of the public site. They are cited, so they must stay stable."""

from django.urls import path, re_path

from web import styleguide
from web.discovery import views as feeds
from web.files import downloads
from web.pages.about import views as about
from web.pages.agreement import views as agreement
from web.pages.comparison import views as compare_states
from web.pages.data import changes, quality
from web.pages.data import views as data
from web.pages.guides import views as guides
from web.pages.home import views as home
from web.pages.ideal_points import views as ideal_points
from web.pages.machines import popolo
from web.pages.machines import views as machines
from web.pages.movement import views as compare_roll_calls
from web.pages.profiles import blocs, states
from web.pages.report import views as report
from web.pages.roll_calls import embed, history, pictures
from web.pages.roll_calls import views as roll_calls
from web.pages.search import views as suggestions
from web.pages.subjects import views as subjects
from web.pages.vetoes import views as vetoes

FORM = r"(?P<form>csv|json|svg|png)"

app_name = "web"

urlpatterns = [
    path("", home.home, name="home"),
    re_path(r"^(?P<of>resolutions|roll-calls|votes)\.(?P<form>csv|json|parquet)$", downloads.rows, name="download"),
    re_path(r"^(?P<of>resolutions|roll-calls)\.atom$", feeds.list_feed, name="feed"),
    path("resolutions/", roll_calls.resolutions, name="resolutions"),
    path("resolutions/<path:symbol>", roll_calls.resolution, name="resolution"),
    path("roll-calls/", roll_calls.roll_calls, name="roll_calls"),
    path("roll-calls/<slug:slug>/", roll_calls.roll_call, name="roll_call"),
    re_path(r"^roll-calls/(?P<slug>[-\w]+)\.(?P<form>csv|json)$", downloads.roll_call, name="roll_call_download"),
    path("roll-calls/<slug:slug>/embed/", embed.card, name="roll_call_embed"),
    re_path(r"^roll-calls/(?P<slug>[-\w]+)\.popolo\.json$", popolo.file, name="roll_call_popolo"),
    path("roll-calls/<slug:slug>/card.png", pictures.card, name="roll_call_card"),
    re_path(r"^roll-calls/(?P<slug>[-\w]+)/tiles\.(?P<form>svg|png)$", pictures.tiles, name="roll_call_tiles"),
    path("roll-calls/<slug:slug>/history/", history.page, name="roll_call_history"),
    re_path(r"^roll-calls/(?P<slug>[-\w]+)/history\.(?P<form>csv|json)$", history.file, name="roll_call_history_file"),
    path("subjects/", subjects.subjects, name="subjects"),
    path("subjects/<str:slug>/", subjects.subject, name="subject"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("states/", states.states, name="states"),
    path("states/<str:code>/", states.state, name="state"),
    re_path(r"^states/(?P<code>[A-Za-z]+)\.atom$", feeds.state, name="state_feed"),
    re_path(r"^states/(?P<code>[A-Za-z]+)\.(?P<form>json)$", states.file, name="state_file"),
    re_path(
        r"^states/(?P<code>[A-Za-z]+)/(?P<what>partners|blocs|breaks)\.(?P<form>csv)$", states.file, name="state_table"
    ),
    re_path(r"^states/(?P<code>[A-Za-z]+)/(?P<what>blocs)\.(?P<form>svg|png)$", states.file, name="state_picture"),
    path("blocs/", blocs.blocs, name="blocs"),
    path("blocs/<slug:slug>/", blocs.bloc, name="bloc"),
    re_path(r"^blocs/(?P<slug>[-\w]+)\.atom$", feeds.bloc, name="bloc_feed"),
    re_path(r"^blocs/(?P<slug>[-\w]+)\.(?P<form>json)$", blocs.file, name="bloc_file"),
    re_path(r"^blocs/(?P<slug>[-\w]+)/(?P<what>cohesion|breaks)\.(?P<form>csv)$", blocs.file, name="bloc_table"),
    re_path(r"^blocs/(?P<slug>[-\w]+)/(?P<what>cohesion)\.(?P<form>svg|png)$", blocs.file, name="bloc_picture"),
    path("compare/states/", compare_states.page, name="compare_states"),
    re_path(rf"^compare/states\.{FORM}$", compare_states.file, name="compare_states_file"),
    path("compare/roll-calls/", compare_roll_calls.page, name="compare_roll_calls"),
    re_path(rf"^compare/roll-calls\.{FORM}$", compare_roll_calls.file, name="compare_roll_calls_file"),
    path("agreement/", agreement.page, name="agreement"),
    re_path(rf"^agreement\.{FORM}$", agreement.file, name="agreement_file"),
    path("ideal-points/", ideal_points.page, name="ideal_points"),
    re_path(rf"^ideal-points\.{FORM}$", ideal_points.file, name="ideal_points_file"),
    path("vetoes/", vetoes.page, name="vetoes"),
    re_path(rf"^vetoes\.{FORM}$", vetoes.file, name="vetoes_file"),
    path("data/", data.data, name="data"),
    path("data/codebook/", data.codebook, name="codebook"),
    re_path(r"^data/(?P<name>[\w-]+\.(?:csv|parquet|json|md|zip)|SHA256SUMS)$", data.file, name="data_file"),
    path("data/quality/", quality.quality, name="quality"),
    path("data/changes/", changes.changes, name="changes"),
    path("about/", about.about, name="about"),
    path("reading-a-vote/", guides.page, {"name": "reading"}, name="reading"),
    path("methods/", guides.page, {"name": "methods"}, name="methods"),
    path("cookbook/", guides.page, {"name": "cookbook"}, name="cookbook"),
    path("api/", guides.page, {"name": "api_guide"}, name="api_guide"),
    path("report/", report.report, name="report"),
    path("report/thanks/", report.thanks, name="report_thanks"),
    path("contact/", about.contact, name="contact"),
    path("privacy/", about.privacy, name="privacy"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("oembed", embed.oembed, name="oembed"),
    path("sitemap.xml", machines.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", machines.sitemap_section, name="sitemap_section"),
    path("robots.txt", machines.robots, name="robots"),
    path("llms.txt", machines.llms, name="llms"),
    path("favicon.ico", machines.icon, name="icon"),
]
