"""The Jinja2 environment of the public pages: globals, filters and tests of their templates.

The admin, its login and the API's own pages stay with Django's templates, in ``django_templates/``.
"""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat, urlize
from django.templatetags.static import static
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_bidi
from jinja2 import StrictUndefined

from votes.choices import Choice
from votes.reports import wording
from web.discovery import head
from web.display.addresses import url
from web.display.bars import bar_of, choice_figures
from web.display.blocs import by_kind
from web.display.caching import FragmentCache
from web.display.dates import dated, iso, moment
from web.display.escaping import FastEnvironment
from web.display.figures import decimal, number, rounded
from web.display.labels import choice_label, kind_label, result_label
from web.display.translating import translated, translated_plural
from web.lists import builder, coverage, sentences
from web.pages.ideal_points import cut_points
from web.serving.parameters import query_of_page


def environment(**options: Any) -> FastEnvironment:
    """Return the environment, given the options of Django's backend; an unknown name is an error."""
    made = FastEnvironment(  # Django's backend asks for autoescape
        extensions=["jinja2.ext.i18n", FragmentCache],
        trim_blocks=True,
        lstrip_blocks=True,
        **{**options, "undefined": StrictUndefined},
    )
    made.policies["ext.i18n.trimmed"] = True
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    made.newstyle_gettext = True  # type: ignore[attr-defined]  # of the extension
    made.globals |= {
        "_": translated,
        "gettext": translated,
        "ngettext": translated_plural,
        "Choice": Choice,
        "beyond_sentence": coverage.beyond,
        "choice_figures": choice_figures,
        "condition_rows": builder.rows_of,
        "cut_points": cut_points,
        "get_language": get_language,
        "get_language_bidi": get_language_bidi,
        "head": head,
        "how_options": builder.how_options,
        "query_of_page": query_of_page,
        "sentences": sentences,
        "static": static,
        "url": url,
        "wording": wording,
    }
    made.filters |= {
        "by_kind": by_kind,
        "bar_of": bar_of,
        "capfirst": capfirst,
        "choice_label": choice_label,
        "dated": dated,
        "decimal": decimal,
        "filesizeformat": filesizeformat,
        "iso": iso,
        "kind_label": kind_label,
        "moment": moment,
        "number": number,
        "result_label": result_label,
        "rounded": rounded,
        "urlize": urlize,
    }
    return made
