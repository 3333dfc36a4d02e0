"""Parsing sentences about a vote: announced figures, results, symbols, and votes that delegations had intended.

Every pattern begins with a character class, and what it may span is bounded, so that searching is linear.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resolutions.symbols import parse_or_none
from votes.entry.understood import LETTERS, Announcement, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from votes.entry.text import PlainText
    from votes.entry.understood import Letter, Result

MOST_SENTENCES = 40
"""How many sentences of a kind are read: one vote has few, and a whole meeting has several votes."""
AROUND = 700
"""How many characters before and after its figures a sentence may have."""

WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
FRENCH = (
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt"
)
SPANISH = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte"
)
NUMBERS = {
    **{word: number for words in (WORDS, FRENCH, SPANISH) for number, word in enumerate(words.split())},
    **dict.fromkeys(("no", "none", "nil", "aucun", "aucune", "ningun", "ninguno", "ninguna"), 0),
    **dict.fromkeys(("une", "una"), 1),
}

S = r"[ \n\f]"
N = rf"(?:[0-9]{{1,3}}|{'|'.join(sorted(NUMBERS, key=lambda word: (-len(word), word)))})(?![a-z0-9/-])"


def _states(group: str) -> str:
    """Return the pattern of states named in brackets after a figure."""
    return rf"(?:{S}?\((?P<{group}>[^()]{{0,4000}}+)\))?+"


FIGURES = re.compile(
    rf"(?=[0-9a-z])(?<![a-z0-9/.-])(?P<yes>{N}){S}"
    rf"(?:votes?{S}(?:cast{S})?in{S}favou?r|votes?|in{S}favou?r|(?=to{S}{N},{S}with))"
    rf"{_states('yes_states')}"
    rf"(?:,?{S}?(?:and{S}|with{S})?to{S}(?P<no>{N})(?:{S}votes?)?(?:{S}against)?{_states('no_states')}"
    rf"|,?{S}?(?:and{S}|with{S})?(?P<no_against>{N})(?:{S}votes?)?{S}against{_states('no_against_states')}"
    rf"|(?<=r)(?=\.)|(?=,?{S}(?:and{S})?with{S}{N}{S}abst))"
    rf"(?:[,;]?{S}?(?:and{S})?(?:with{S})?(?P<abstaining>{N}){S}(?:abstentions?|abstaining|abstained)"
    rf"{_states('abstaining_states')})?"
)
IN_FRENCH = re.compile(
    rf"(?=[0-9a-z])(?<![a-z0-9/.-])(?P<yes>{N}){S}voix(?:{S}pour)?{_states('yes_states')}"
    rf"(?:,?{S}?(?:et{S})?contre{S}(?P<no>{N})(?:{S}voix)?{_states('no_states')}"
    rf"|,?{S}?(?:et{S})?(?P<no_against>{N})(?:{S}voix)?{S}contre{_states('no_against_states')})?"
    rf"(?:,?{S}?(?:et{S}|avec{S}){{0,2}}(?P<abstaining>{N}){S}abstentions?{_states('abstaining_states')})?"
)
IN_SPANISH = re.compile(
    rf"(?=[0-9a-z])(?<![a-z0-9/.-])(?P<yes>{N}){S}votos?(?:{S}a{S}favor)?{_states('yes_states')}"
    rf"(?:,?{S}?(?:y{S})?(?:en{S})?contra{S}(?P<no>{N})(?:{S}votos?)?{_states('no_states')}"
    rf"|,?{S}?(?:y{S})?(?P<no_against>{N})(?:{S}votos?)?{S}(?:en{S})?contra{_states('no_against_states')})?"
    rf"(?:,?{S}?(?:y{S}|con{S}){{0,2}}(?P<abstaining>{N}){S}abstencion(?:es)?{_states('abstaining_states')})?"
)
LANGUAGES = (FIGURES, IN_FRENCH, IN_SPANISH)
UNANIMOUS = re.compile("unanim(?:ous|ite|idad)")

SENTENCE_LIMIT = rf"[.!?][\"')]?{S}(?=[a-z\"(])|\f|[\]\[]"
SENTENCE_END = re.compile(rf"[.!?:][\"')]?(?={S})|\f|[\]\[]")
# Where a sentence begins though what stands before it, the last name of a list, has no full stop.
SENTENCE_START = re.compile(
    rf"(?P<limit>{SENTENCE_LIMIT})|(?<!draft)(?<![ \n]the)(?<![ \n]of)(?<![ \n]de)\n"
    rf"(?=(?:the{S}|a{S})?(?:(?:first|second|third|[a-z]{{3,12}}th){S})?(?:president|(?:general{S})?assembly|council|security|"
    r"draft|amendment|oral|operative|preambular|paragraph|resolution|decision|motion|proposal|text|result|recorded)\b"
    rf"|by{S}(?:a|{N}){S}|there{S}w|i{S}(?:now{S})?"
    rf"|(?:l[aeo]s?{S}|l'|el{S}|un{S})?(?:presidente?\b|assemblee|asamblea|conseil|consejo|projets?{S}de|proyectos?{S}de"
    r"|amendements?\b|enmiendas?\b|paragraphes?\b|parrafos?\b|mocion\b|resultad?o?t?\b|vote\b|votacion\b|propos)"
    rf"|p[ao]r{S}(?:{N}{S}vo|$)|queda|il{S}y{S}a|hay{S})"
)
RESULT = re.compile(
    rf"(?P<rejected>(?:not|never|fail(?:ed|s|ing)?){S}(?:been{S}|be{S}|to{S}be{S}|of{S}|to{S})?"
    rf"(?:adopt(?:ed|ing)?|carried|approved?|retained|pass(?:ed)?)|reject(?:ed|s|ing)?|defeated|\blost\b"
    rf"|n'(?:est|a|ont|sont){S}(?:donc{S})?pas{S}(?:ete{S})?(?:adopt|maintenu|approuv)e?e?s?|rejete?e?s?\b"
    rf"|no{S}(?:ha{S}sido|han{S}sido|queda|quedan|fue|fueron|es){S}(?:aprobad|adoptad|mantenid)[ao]s?"
    rf"|no{S}se{S}(?:aprueba|adopta|mantiene)n?|rechazad[ao]s?\b)"
    r"|(?P<adopted>\b(?:adopt(?:ed|s|ing)|carried|approv(?:ed|es|ing)|retained|pass(?:ed|es)"
    rf"|adoptee?s?\b|approuvee?s?\b|maintenue?s?\b|aprobad[ao]s?\b|adoptad[ao]s?\b|se{S}mantienen?\b))"
)
VETO = re.compile(
    rf"negative{S}votes?{S}of{S}[a-z0-9]{{1,9}}{S}(?:or{S}more{S})?permanent{S}member|\bveto"
    rf"|votes?{S}negatifs?{S}(?:d'|de{S})[a-z0-9]{{1,9}}{S}(?:ou{S}plusieurs{S})?membres?{S}permanents?"
    rf"|votos?{S}(?:negativos?|en{S}contra){S}de{S}[a-z0-9]{{1,9}}{S}(?:o{S}mas{S})?miembros?{S}permanentes?"
)

PATH = r"(?:/\n?[a-z0-9.–-]{1,20}){1,6}+"
DRAFT = re.compile(
    rf"(?=[adept])\b(?:draft{S}(?:resolution|decision|amendment|proposal|text)s?|amendments?|document|text"
    rf"|projets?{S}de{S}(?:resolution|decision)|amendements?|proyectos?{S}de{S}(?:resolucion|decision)|enmiendas?"
    rf"|documento|cote){S}(?:contained{S}in{S}document{S}|figurant{S}dans{S}le{S}document{S}"
    rf"|que{S}figura{S}en{S}el{S}documento{S})?(?P<draft>[as]{PATH})"
)
NUMBER = (
    rf"(?:(?:es|s)[–-])?[0-9]{{1,3}}/[0-9]{{1,4}}(?:{S}?[a-z](?=\)))?"
    rf"|[0-9]{{1,4}}(?:{S}[a-z])?{S}?\((?:e?s[–-])?[ivx]{{1,7}}\)"
    rf"|[0-9]{{1,4}}{S}?\([0-9]{{4}}\)"
)
RESOLUTION = re.compile(
    rf"(?=[(acqt])(?:\(|\bas{S}|\badopt(?:s|ed|ing){S}(?:as{S})?|\ben{S}tant{S}que{S}|\bqualite{S}de{S}|\bcomo{S}"
    rf"|\btant{S}que{S})(?:la{S})?(?P<type>resolution|resolucion|decision){S}(?P<number>{NUMBER})"
    rf"|(?=[as])(?<![a-z0-9/])(?P<whole>[as]/(?:res|dec)/(?:{NUMBER}))"
)

INTENT = re.compile(
    rf"(?=h)(?<![a-z])(?:had|have|has){S}(?P<negated>not{S})?(?:intended|meant|wished|wanted){S}(?:to{S})?"
    rf"(?P<not>not{S}(?:to{S})?)?(?:(?P<Y>vote{S}(?:in{S}favou?r|for|yes))|(?P<N>vote{S}(?:against|no))|(?P<A>abstain)"
    rf"|(?P<X>participate|vote|take{S}part))?"
)
IN_FRENCH_INTENT = re.compile(
    rf"(?=[aesv])(?<![a-z])(?:(?:avai(?:t|ent)|a|ont){S}(?:eu{S})?l'intention{S}(?P<negated>de{S}ne{S}pas)?(?:d'|de{S})?"
    rf"|entendai(?:t|ent)|souhaitai(?:t|ent)|voulai(?:t|ent)){S}?(?P<not>ne{S}pas{S})?"
    rf"(?:(?P<Y>voter{S}(?:pour|en{S}faveur))|(?P<N>voter{S}contre)|(?P<A>s'abstenir)"
    rf"|(?P<X>participer|voter|prendre{S}part))?"
)
IN_SPANISH_INTENT = re.compile(
    rf"(?=[dhpqst])(?<![a-z])(?:(?:habian?|han?|tenian?){S}(?:tenido{S})?(?:la{S})?intencion{S}de"
    rf"|su{S}intencion{S}(?:era|habia{S}sido|fue)|deseaban?|querian?|pensaban?){S}(?P<negated>no{S})?(?P<not>no{S})?"
    rf"(?:(?P<Y>votar{S}(?:a{S}favor|en{S}favor))|(?P<N>votar{S}en{S}contra)|(?P<A>abstenerse)"
    rf"|(?P<X>participar|votar|tomar{S}parte))?"
)
INTENTS = (INTENT, IN_FRENCH_INTENT, IN_SPANISH_INTENT)
DELEGATIONS = re.compile(
    rf"(?=[dr])(?<![a-z])(?:delegations?|representati?ves?|delegacion(?:es)?|representante?s?){S}"
    rf"(?:of{S}|de{S}la{S}|de{S}l'|de{S}los{S}|de{S}las{S}|del{S}|des{S}|du{S}|de{S}|d')(?P<names>.+)",
    re.DOTALL,
)
TOLD = re.compile(
    rf"{S}(?=[aohisp])(?:(?:a|ont|ha|han|avai(?:t|ent)|habian?){S}(?:par{S}la{S}suite|ulterieurement|ensuite|depuis|informe|"
    rf"indique|avise|fait|posteriormente|comunicado|informado|indicado)|informo|informaron|comunico|comunicaron|"
    rf"indico|indicaron|senalo|senalaron|posteriormente|par{S}la{S}suite)\b|{S}(?=[sliahntrw])(?:subsequently|later|informed|advised|had|has|have|notified|told|indicated|requested|wished|"
    rf"that{S}(?:it|they)|which|who)\b|,{S}?(?=that\b|which\b)"
)


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement, with where in the plain text it stands and where it names states in brackets."""

    start: int
    end: int
    cut: int
    """Where a list before it ends at the latest."""
    announcement: Announcement
    states: tuple[tuple[Letter, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SaidIntent:
    """What delegations say they had intended, with where in the plain text it stands and where it names them."""

    start: int
    end: int
    cut: int
    """Where a list before it ends at the latest."""
    intended: Letter | None
    """None where what was intended was not understood."""
    names: tuple[int, int] | None
    """None where no delegation was found."""


def sentence(text: str, start: int, end: int) -> tuple[int, int, int]:
    """Return where the sentence that has ``start`` to ``end`` in it may begin at the earliest, does begin, and ends.

    A list may stand before it in the same breath, so that it begins at the last line that looks like a beginning;
    where there is none nearby, at ``start`` or with the text.
    """
    first = max(start - AROUND, 0)
    earliest, begun = first, start if first else 0
    for match in SENTENCE_START.finditer(text, first, start):
        begun = match.end()
        earliest = begun if match["limit"] else earliest
    ended = SENTENCE_END.search(text, end, min(end + AROUND, len(text)))
    return earliest, begun, (ended.start() if ended else min(end + AROUND, len(text)))


def _cut(text: str, begun: int, core: int) -> int:
    """Return where a list before a sentence ends: at the line on which it begins, else at its ``core``."""
    return begun if text[begun - 1 : begun] in ("\n", "\f") else core


def announcements(plain: PlainText) -> tuple[list[Announced], int | None]:
    """Return the sentences that announce a vote, in their order, and where reading ended as there were too many."""
    text = plain.text
    found: list[Announced] = []
    for match in figures(text):
        if len(found) >= MOST_SENTENCES:
            return found, match.start()
        found.append(_announced(plain, match, "no" if match["no"] else "no_against"))
    known = [(one.start, next_end(text, one.end)) for one in found]
    for number, match in enumerate(UNANIMOUS.finditer(text)):
        if number >= MOST_SENTENCES:
            break
        _earliest, start, end = sentence(text, *match.span())
        if re.search("adopt|aprob", text[start:end]) and not any(
            first <= match.start() < last for first, last in known
        ):
            announcement = Announcement(plain.place(start, end), {}, "adopted", is_unanimous=True)
            found.append(Announced(start, end, _cut(text, start, match.start()), announcement))
    return sorted(found, key=lambda one: one.start), None


def figures(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
    """Yield where ``text`` announces figures, in whichever language it does first; one tally is no two."""
    for language in LANGUAGES:
        found = language.finditer(text, start, end)
        matches = (m for m in found if m["no"] or m["no_against"] or m["abstaining"] or "vot" in m[0] or "pour" in m[0])
        if (first := next(matches, None)) is not None:
            yield first
            yield from matches
            return


def _announced(plain: PlainText, match: re.Match[str], against: str) -> Announced:
    text = plain.text
    earliest, start, end = sentence(text, *match.span())
    cut = _cut(text, start, match.start())
    figures: dict[Letter, int] = {}
    states: list[tuple[Letter, int, int]] = []
    groups: tuple[tuple[Letter, str], ...] = (("Y", "yes"), ("N", against), ("A", "abstaining"))
    for choice, group in groups:
        if match[group]:
            figures[choice] = NUMBERS[match[group]] if match[group] in NUMBERS else int(match[group])
            if match[f"{group}_states"] and not re.match("resolution|decision|see|annex|doc", match[f"{group}_states"]):
                states.append((choice, *match.span(f"{group}_states")))
    after = next_end(text, end)
    result = _result(text[start:end])
    if not result and (result := _result(text[earliest:end])):
        start = earliest
    result = result or _result(text[end:after])
    if result == "rejected" and VETO.search(text, start, after):
        result = "vetoed"
    unanimous = bool(UNANIMOUS.search(text, start, after))
    announcement = Announcement(plain.place(start, end), figures, result, unanimous)
    return Announced(start, end, cut, announcement, tuple(states))


def next_end(text: str, end: int) -> int:
    """Return where the sentence after the one that ends at ``end`` ends itself."""
    ended = SENTENCE_END.search(text, end + 2, end + AROUND)
    return ended.start() if ended else min(end + AROUND, len(text))


def _result(text: str) -> Result | None:
    said = {match.lastgroup for match in RESULT.finditer(text)}
    if len(said) != 1:
        return None
    return "adopted" if said == {"adopted"} else "rejected"


def symbols(plain: PlainText, announced: list[Announced]) -> tuple[tuple[Written, ...], tuple[Written, ...]]:
    """Return the resolutions and the drafts named with the announcements; a draft else wherever the text has it."""
    text = plain.text
    around = [(one.start, next_end(text, one.end)) for one in announced]
    resolutions = [written for start, end in around for written in resolutions_named(plain, start, end)]
    drafts = [written for start, end in around for written in _drafts(plain, start, end)]
    if not drafts:
        drafts = list(_drafts(plain, 0, len(text)))
    return tuple(dict.fromkeys(resolutions)), tuple(dict.fromkeys(drafts))


def resolutions_named(plain: PlainText, start: int, end: int) -> Iterator[Written]:
    for match in RESOLUTION.finditer(plain.text, start, end):
        group = "whole" if match["whole"] else "number"
        number = match[group]
        if group == "number":
            body = "S" if re.search(r"\([0-9]{4}\)", number) else "A"
            number = f"{body}/{match['type'][:3]}/{number}"
        if symbol := parse_or_none(number):
            yield Written(symbol.text, plain.place(*match.span(group)))


def _drafts(plain: PlainText, start: int, end: int) -> Iterator[Written]:
    for number, match in enumerate(DRAFT.finditer(plain.text, start, end)):
        if number >= MOST_SENTENCES:
            return
        written = match["draft"].rstrip(".–-")
        if symbol := parse_or_none(written.replace("\n", "")):
            first = match.start("draft")
            yield Written(symbol.text, plain.place(first, first + len(written)))


def intents(plain: PlainText) -> tuple[list[SaidIntent], int | None]:
    """Return what delegations say they had intended, and where reading ended as there were too many."""
    text = plain.text
    found: list[SaidIntent] = []
    last = 0
    for match in (match for language in INTENTS for match in language.finditer(text)):
        if text.rfind("secretari", max(match.start() - AROUND, 0), match.start()) < 0:
            continue  # a speaker's words
        earliest, start, end = sentence(text, *match.span())
        names = _names(text, max(earliest, last), match.start())
        start = min(start, names[0]) if names else start
        opened = text.rfind("[", max(start - AROUND, 0), match.start())
        if opened > text.rfind("]", max(start - AROUND, 0), match.start()):
            start = opened
        if len(found) >= MOST_SENTENCES:
            return found, match.start()
        cut = opened if start == opened else _cut(text, start, match.start())
        found.append(SaidIntent(start, end, cut, _intended(match), names))
        last = match.end()
    return found, None


def _intended(match: re.Match[str]) -> Letter | None:
    """Return the choice that was intended: not to vote is one, but not to abstain says nothing."""
    choice = next((letter for letter in LETTERS if match[letter]), None)
    negated = bool(match["negated"]) != bool(match["not"])
    return choice if negated == (choice == "X") else None


def _names(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the delegations are named that are said to have intended something."""
    window = text[start:end]
    at = max(window.rfind("delegation"), window.rfind("delegacion"), window.rfind("representa"))
    match = DELEGATIONS.match(text, start + at, end) if at >= 0 else None
    if not match:
        return None
    first = match.start("names")
    told = TOLD.search(text, first, end)
    return first, (told.start() if told else end)
