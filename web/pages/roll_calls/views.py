"""Lists of resolutions and roll calls, and the pages of a text and of a recorded vote."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from resolutions.headings import heading_name, heading_slug
from resolutions.models import Resolution
from resolutions.symbols import looks_like_symbol, parse_or_none
from votes.models import Finding, RetiredAddress, RollCall
from votes.record.record import Record, reading
from votes.reports.breakdown import Breakdown, PartnerBreaks
from votes.reports.explanation import Explanation
from votes.reports.ideal_points import cut_point_of
from votes.reports.roll_call_context import RollCallContext
from web.discovery.head import origin_of
from web.discovery.oembed import snippet
from web.display.breaks import break_lines
from web.display.rendering import parties, render_page_or_part, varied, wants_part
from web.lists import retired
from web.lists.filters import RollCallFilter
from web.lists.listing import listing_of
from web.lists.not_found import missing_text
from web.lists.sentences import counted_otherwise
from web.lists.suggestions import Help
from web.pages.roll_calls import history, sources
from web.pages.roll_calls.sheet import Sheet, tile_links
from web.serving.parameters import address, reads, tidy_address, unanswered


@reads(*RollCallFilter.base_filters, "page")
@tidy_address
def resolutions(request: HttpRequest) -> HttpResponse:
    """Show a row per resolution with its decisive roll call; a search for a complete symbol redirects to the text."""
    if list(request.GET) == ["q"] and not wants_part(request) and (found := _text_called(request.GET["q"])):
        return varied(redirect(found))
    return _list(request, "resolutions")


@reads(*RollCallFilter.base_filters, "page")
@tidy_address
def roll_calls(request: HttpRequest) -> HttpResponse:
    """Show a row per roll call: whole texts, amendments, paragraphs and motions."""
    return _list(request, "roll_calls")


def _text_called(text: str) -> Resolution | None:
    """Return the only text with this symbol, in any known spelling."""
    if not looks_like_symbol(text) or parse_or_none(text) is None:
        return None
    named = list(Resolution.objects.published().order_by().with_symbol(text)[:2])
    return named[0] if len(named) == 1 else None


def _list(request: HttpRequest, of: str) -> HttpResponse:
    """Show a filtered list."""
    with reading() as record:
        listing = listing_of(of, request.GET, record)
        context = {"listing": listing, "help": Help(listing, of), "of": of, **parties(record)}
        return render_page_or_part(request, "lists/page.html", "lists/_results.html", context)


@reads(*Sheet.parameters)
@tidy_address
def resolution(request: HttpRequest, symbol: str) -> HttpResponse:
    """Show a text with its roll calls; any other spelling of its symbol, and a unique near miss, redirect to it."""
    with reading() as record:
        published = Resolution.objects.published().order_by()
        named = list(published.with_symbol(symbol.rstrip("/"))[:2])
        is_known = bool(named)
        named = named or list(published.near_symbol(symbol)[:2])
        if is_known and len(named) > 1:
            raise Http404(_("Several resolutions have the symbol “%(symbol)s”.") % {"symbol": symbol})
        if not is_known and (gone := retired.text(request, symbol)):
            return gone
        if len(named) != 1:
            raise missing_text(symbol, record)
        text = named[0]
        if symbol != text.symbol:
            # Only a known spelling redirects permanently: a near miss may have a closer match later.
            return redirect(address(text.get_absolute_url(), request.GET), permanent=is_known)
        # Avoid a query per roll call.
        taken = list(text.roll_calls.published().select_related("tally").order_by())
        decisive = next((roll_call for roll_call in taken if roll_call.decisive), None)
        others = record.register.with_keys([roll_call.pk for roll_call in taken if roll_call is not decisive])
        context: dict[str, object] = {
            "resolution": text,
            "others": record.roll_calls_by_key(record.register.keys[others].tolist()),
        }
        if decisive is None:
            context |= {
                "roll_call": None,
                "withdrawn": RetiredAddress.objects.withdrawn_on(text),
                "body": text.body,
                "session": text.session,
            }
            return render(request, "roll_calls/resolution.html", context)
        vote_context = RollCallContext.of(decisive)
        context |= {"withdrawn": (), "body": vote_context.body_name, "session": vote_context.session}
        if text.session_id != decisive.session_id:
            context["session"] = text.session
        topics = record.register.topics_of(decisive.pk)
        context["topics"] = [(slug, name) for slug, name in record.topics.items() if slug in topics]
        return _show(request, record, decisive, vote_context, template="roll_calls/resolution.html", **context)


@reads(*Sheet.parameters)
@tidy_address
def roll_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one recorded vote."""
    with reading() as record:
        published = RollCall.objects.published().select_related("resolution", "tally")
        one = published.filter(slug=slug.lower()).order_by().first()
        if one is None:
            return retired.page(request, slug, "web:roll_call", record)
        if slug != one.slug:
            own = reverse("web:roll_call", args=[one.slug])
            return redirect(address(own, request.GET), permanent=True)
        return _show(request, record, one, RollCallContext.of(one), template="roll_calls/roll_call.html", topics=())


def _show(
    request: HttpRequest,
    record: Record,
    shown: RollCall,
    vote_context: RollCallContext,
    *,
    template: str,
    **context: object,
) -> HttpResponse:
    """Render a roll call's page."""
    breakdown = Breakdown.of(shown, record, vote_context.intended)
    sheet = Sheet.of(breakdown, request.GET)
    context |= {
        "roll_call": shown,
        "breakdown": breakdown,
        "sheet": sheet,
        "tiles": tile_links(breakdown, vote_context, sheet),
        "vote_context": vote_context,
        "ignored": unanswered(request.GET, Sheet.parameters),
    }
    if not wants_part(request):
        partner_breaks = PartnerBreaks.of(shown, record)
        embed = origin_of(request) + reverse("web:roll_call_embed", args=[shown.slug])
        context |= {
            "resolution": shown.resolution,
            "subjects": [(heading_slug(one), heading_name(one)) for one in getattr(shown.resolution, "subjects", ())],
            "explanation": Explanation.of(shown, breakdown.states, vote_context),
            "partner_breaks": partner_breaks,
            "break_lines": break_lines(partner_breaks.breaks, record, shown.date) if partner_breaks else (),
            "cut_point": cut_point_of(shown, record) if breakdown.states else None,
            "history": history.read(shown, record) if vote_context.has_history else None,
            "findings": Finding.objects.on_page_of(shown) if vote_context.has_findings else (),
            "corrected": sources.corrections(shown, vote_context, record),
            "illegible": sources.illegible(shown, record),
            "counted_otherwise": counted_otherwise(shown),
            "embed_code": snippet(shown, embed),
        }
    return render_page_or_part(request, template, "roll_calls/_sheet.html", context)
