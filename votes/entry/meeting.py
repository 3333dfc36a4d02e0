"""Cutting the verbatim record of a whole meeting into its recorded votes.

A vote begins where the record says that one was taken, or with the heading of its first list, and ends with the
sentence that announces its figures and what delegations told the Secretariat afterwards. What stands before it says
what it was on. Every pattern begins with a character class or a literal, and what it may span is bounded.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from resolutions.symbols import LAST_ROMAN_SESSION, parse_or_none
from votes.entry import sentences
from votes.entry.sentences import DRAFT, INTENTS, RESULT, sentence
from votes.entry.text import DAYS, MEETING, MONTHS, NUMBERED_MEETING, plain
from votes.entry.understood import LETTERS
from votes.entry.vote_text import HEADING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from votes.entry.text import Place, PlainText
    from votes.entry.understood import Letter

MOST_VOTES = 150
"""How many votes of a meeting are read; on the busiest day the Assembly took 62."""
FIRST_PAGE = 4000
"""In how many characters the date and the number of the meeting stand."""
INTRODUCTION = 3000
"""How many characters before a vote say what it is on."""
LONGEST_LISTS = 9000
"""In how many characters after a heading the figures are announced."""
LONGEST_NOTE = 1500
"""How many characters a delegation's later word may have."""

Kind = Literal["text", "amendment", "paragraph", "paragraph-amendment", "motion", "procedural"]

S = r"[ \n\f]"
HOW = rf"(?:by{S}(?P<how>roll-?{S}?call|show{S}of{S}hands|secret{S}ballot)|{S}?[.,:;])"
TAKEN = re.compile(
    rf"(?=[aistv])(?:(?<=[\n\f])|(?<=[.:?\])]{S}))(?:"
    rf"(?:a|the){S}(?:separate,?{S})?(?P<recorded>recorded{S}|registered{S})?vote{S}was{S}(?:then{S})?taken{S}?{HOW}"
    rf"|(?:il{S}est{S})?procede{S}(?:a{S}un|au){S}vote{S}(?P<fr>enregistre|par{S}appel{S}nominal|a{S}main{S}levee"
    rf"|a{S}bulletins{S}secrets|au{S}scrutin{S}secret)"
    rf"|il{S}est{S}procede{S}(?:a{S}un|au){S}(?:vote|scrutin){S}(?P<fr2>enregistre|par{S}appel{S}nominal|a{S}main{S}levee"
    rf"|a{S}bulletins?{S}secrets?|secret)"
    rf"|se{S}procede{S}a{S}(?:una{S})?(?P<es>votacion(?:{S}(?:registrada|nominal|ordinaria|secreta|a{S}mano{S}alzada))?)"
    rf"|votacion{S}(?P<es2>registrada|nominal|a{S}mano{S}alzada){S}?\.)"
)
SECRET = re.compile("secret")
BY_ROLL = re.compile("roll|nominal")
RECORDED = re.compile("recorded|registered|enregistre|registrada|roll|nominal")
DECIDED = re.compile(
    rf"\b(?:was|were){S}adopted|\bso{S}decided|\b(?:est|sont){S}adopte|il{S}en{S}est{S}ainsi{S}decide"
    rf"|\bqueda(?:n)?{S}aprobad|\basi{S}queda{S}acordado"
)
ENTITLED = re.compile(
    rf"\b(?:entitled|intitulee?s?|titulad[ao]s?|lleva{S}por{S}titulo){S}?[\"«]{S}?(?P<title>[^\"«»]{{3,500}}+)[\"»]"
)
AGENDA_NUMBER = r"[0-9][0-9a-z ,()]{0,60}"
AGENDA = re.compile(
    rf"(?:[\n\f](?:agenda{S}item{S}{AGENDA_NUMBER}|point{S}{AGENDA_NUMBER}{S}de{S}l'ordre{S}du{S}jour[a-z ()]{{0,20}}"
    rf"|tema{S}{AGENDA_NUMBER}{S}del{S}programa[a-z ()]{{0,20}})|the{S}agenda{S}was{S}adopted\."
    rf"|l'ordre{S}du{S}jour{S}est{S}adopte\.|queda{S}aprobado{S}el{S}orden{S}del{S}dia\.)[\n\f](?P<title>"
    r"(?:[^\n\f]{1,90}\n(?!the |mr|ms|draft|report|note|letter|\(|le |el |la |rapport|informe|projet|proyecto)){0,4}+"
    r"[^\n\f]{1,90})(?=[\n\f])"
)
AGENDA_BEFORE = 200_000
"""In how many characters before a vote the heading of its agenda item is looked for."""
LABEL = re.compile(
    rf"\b(?:draft{S}(?:resolution|decision|proposal)s?|projets?{S}de{S}(?:resolution|decision)"
    rf"|proyectos?{S}de{S}(?:resolucion|decision)){S}(?P<label>[ivxlc]{{1,7}}|[a-z]|[0-9]{{1,2}})(?![a-z0-9/.])"
)
SPEAKER = re.compile(
    r"[\n\f](?:the (?:acting )?president|mr\.|mrs\.|ms\.|miss|sir|le president|el presidente|la presidenta)\b"
)

AS_AMENDED = re.compile(
    rf"(?:as{S}(?:\w{{1,12}}{S}){{0,2}}(?:amended|revised|corrected)|as{S}a{S}whole|tel{S}que?|ainsi{S}modifie|en{S}su{S}forma"
    rf"|en{S}su{S}conjunto|dans{S}son{S}ensemble|modifie|enmendad[ao])"
)
AMENDMENT = re.compile("amendment|amendement|enmienda|oral(?:ly)? (?:revision|proposal)")
PARAGRAPH = re.compile(
    r"paragraph|parrafo|\bsection|\bseccion|\bpart\b|\bparts\b|\bpartie|\bwords?\b|\bmots?\b|\bpalabras?\b|\bphrase|\bclause"
    r"|\balinea|\bsentence\b|preambul|\bsubpara"
)
MOTION = re.compile(
    r"\bmotion|\bmocion|\bproposal (?:to|that|for|by|of)\b|\bproposition\b|adjourn|ajournement|aplaza|closure"
)
PROCEDURAL = re.compile(
    r"\bruling|\bchallenge|\bpriority|\bimportant question|\binclusion|\brequest\b|\bagenda\b|\bdemande\b"
)

UNITS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS = {word: number for number, word in enumerate(UNITS.split(), 1)}
TENTHS = ("thirtieth", "fortieth", "fiftieth", "sixtieth", "seventieth", "eightieth", "ninetieth")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_OF = (
    ORDINALS | {word: 10 * n for n, word in enumerate(TENTHS, 3)} | {word: 10 * n for n, word in enumerate(TENS, 2)}
)
SESSION = re.compile(
    rf"(?P<ordinal>\b(?:[a-z]{{5,7}}-{S}?)?[a-z]{{5,11}}){S}(?P<kind>emergency{S}special{S}|special{S})?session\b"
)
COUNCIL = re.compile("security council|conseil de securite|consejo de seguridad")
ASSEMBLY = re.compile("general assembly|assemblee generale|asamblea general|general\nassembly")
WITH_DAY = re.compile(rf"(?:{DAYS}),? (?P<date>\d[^\n\f]{{5,30}}\d{{4}})")
IN_WORDS = re.compile(rf"(?P<day>\d{{1,2}})(?:er)? (?:de )?(?P<month>{'|'.join(MONTHS)}) (?:de )?(?P<year>\d{{4}})")

BY_FIGURES = re.compile(
    r"(?i)^by \w{1,12} votes?(?: in favour)?(?: to \w{1,12})?(?: against)?"
    r"(?:,? (?:and |with ){1,2}\w{1,12} abstentions?)?, ?"
)
SAYS_NOTHING = re.compile(r"(?i)(?:result|resultado|résultat|vot|proposal$|it$|text$|$)")
"""What a sentence may say was voted on that tells nothing of its kind."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the first page of a record says of the meeting; empty or None where it does not."""

    body: str = ""
    """``GA`` or ``SC``."""
    meeting: str = ""
    """Its symbol, ``A/65/PV.71``."""
    number: int | None = None
    session: str = ""
    """The session's code, ``65`` or ``ES-11``."""
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class CutVote:
    """One recorded vote of a record: where it stands, and what the text around it says that it is on."""

    ordinal: int
    """From 1, in the order of the record."""
    start: int
    end: int
    """Where in the original text the announcement, the lists, the sentence and the corrections stand."""
    introduction: Place
    """What stands before, since the decision before."""
    sentence: Place | None
    """The sentence that announces the figures."""
    kind: Kind
    subject: str
    """What the sentence says was voted on: ``Operative paragraph 7``."""
    draft: str
    """The symbol of the draft, which may have been named at an earlier vote."""
    label: str
    """The number of the draft in its report: ``draft resolution III``."""
    resolution: str
    title: str
    """The draft's title as the record gives it."""
    agenda: str
    """The heading of the agenda item."""
    is_by_roll: bool
    is_announced: bool
    """Whether the record says in so many words that a recorded vote was taken."""


@dataclass(frozen=True, slots=True)
class Record:
    """A meeting and its recorded votes, in their order."""

    sitting: Sitting
    votes: tuple[CutVote, ...]
    ballots: int = 0
    """How many secret ballots it tells of, which are no recorded votes."""


@dataclass(slots=True)
class _Group:
    """The headings of one vote, while they are collected."""

    start: int
    taken: re.Match[str] | None
    choices: set[Letter]
    last: int
    """Where the last heading ends."""


def cut(text: str) -> Record:
    """Return the meeting that a verbatim record is of, and its recorded votes; in time linear in its length."""
    whole = plain(text)
    groups = list(_groups(whole.text))
    votes: list[CutVote] = []
    ballots = 0
    done = 0
    for number, group in enumerate(groups):
        following = groups[number + 1].start if number + 1 < len(groups) else len(whole.text)
        if group.taken and SECRET.search(group.taken[0]):
            ballots += 1
            continue
        if not group.choices and not (group.taken and RECORDED.search(group.taken[0])):
            continue
        if len(votes) >= MOST_VOTES:
            break
        one, done = _vote(text, whole, group, done=done, following=following, ordinal=len(votes) + 1)
        votes.append(one)
    return Record(_sitting(plain(text[:FIRST_PAGE], keep_pages=True).text), tuple(_linked(votes)), ballots)


def _groups(text: str) -> Iterator[_Group]:
    """Yield the votes: from the words that one was taken, or from the heading of a first list."""
    marks: list[tuple[int, re.Match[str], bool]] = [(m.start(), m, True) for m in TAKEN.finditer(text)]
    marks += [(m.start(), m, False) for m in HEADING.finditer(text)]
    marks.sort(key=lambda mark: mark[:1])
    group: _Group | None = None
    for start, match, is_taken in marks:
        if is_taken:
            if group:
                yield group
            group = _Group(start, match, set(), match.end())
            continue
        choice = next(letter for letter in LETTERS if match[letter])
        starts_line = text[start - 1] in "\n\f"
        has_colon = match["dash"] is None and match["line"] is None
        is_open = group is not None and start - group.last < LONGEST_LISTS
        if group and is_open and (choice not in group.choices or match["again"]) and (has_colon or starts_line):
            if sentences.SENTENCE_END.search(text, group.last, start) and any(
                sentences.figures(text, group.last, start)
            ):
                is_open = False  # the figures were announced: what follows is another vote, or a speech
            else:
                group.choices.add(choice)
                group.last = match.end()
                continue
        if has_colon and starts_line and choice in "YNA":
            if group:
                yield group
            group = _Group(start, None, {choice}, match.end())
    if group:
        yield group


def _vote(
    original: str, whole: PlainText, group: _Group, *, done: int, following: int, ordinal: int
) -> tuple[CutVote, int]:
    """Return a vote, and where in the plain text it ends."""
    text = whole.text
    until = min(following, group.last + LONGEST_LISTS)
    found = next(iter(sentences.figures(text, group.last, until)), None)
    if found and (speech := SPEAKER.search(text, group.last, found.start())) and "presid" not in speech[0]:
        found = None  # what a delegation says of another vote
    if found:
        _earliest, begun, ended = sentence(text, *found.span())
        end = _after(text, ended, following)
    else:
        speech = SPEAKER.search(text, group.last, until)
        begun, end = 0, speech.start() if speech else until
    said = text[begun:ended] if found else ""
    first = max(done, group.start - INTRODUCTION)
    decided = [match.end() for match in DECIDED.finditer(text, first, group.start)]
    since = decided[-1] if decided else first
    before = text[since : group.start]
    subject = _subject(original, whole, begun, ended) if found else ""
    if re.match("(?i)(?:result|vot)", subject):
        subject = _subject(original, whole, ended + 1, end) or subject
    kind = kind_of(before[-400:] if SAYS_NOTHING.match(subject) else subject)
    drafts = list(DRAFT.finditer(text, since, group.start)) or list(DRAFT.finditer(text, first, group.start))
    own = list(DRAFT.finditer(text, begun, ended)) if found else []
    is_amendment = kind in ("amendment", "paragraph-amendment")
    labels = LABEL.findall(said) or LABEL.findall(before)[-1:]
    place = whole.place(since, group.start)
    titles = list(ENTITLED.finditer(text, since, group.start))
    agendas = list(AGENDA.finditer(text, max(0, group.start - AGENDA_BEFORE), group.start))
    agenda = whole.written(original, *agendas[-1].span("title")) if agendas else ""
    resolutions = (
        [written.symbol for written in sentences.resolutions_named(whole, begun, sentences.next_end(text, ended))]
        if found
        else []
    )
    vote = CutVote(
        ordinal=ordinal,
        start=whole.place(group.start, end).start,
        end=whole.place(group.start, end).end,
        introduction=place,
        sentence=whole.place(begun, ended) if found else None,
        kind=kind,
        subject=subject,
        draft=_symbol([] if is_amendment else own, [] if labels else drafts),
        label=labels[0] if labels else "",
        resolution=resolutions[0] if resolutions else "",
        title=whole.written(original, *titles[-1].span("title")).strip(" .,") if titles else "",
        agenda=agenda.strip(" ."),
        is_by_roll=bool(group.taken and BY_ROLL.search(group.taken[0])),
        is_announced=group.taken is not None,
    )
    return vote, end


def _after(text: str, end: int, following: int) -> int:
    """Return where a vote ends whose sentence ends at ``end``: after its result and the delegations' later words."""
    after = sentences.next_end(text, end)
    if RESULT.search(text, end, after) and not re.search(r"(?:mr|mrs|ms)\.", text[end:after]):
        end = after
    for _number in range(sentences.MOST_SENTENCES):
        at = end
        while at < following and text[at] in " \n\f.*":
            at += 1
        limit = min(at + LONGEST_NOTE, following)
        if text[at : at + 1] == "[":
            closed = text.find("]", at, limit)
            if closed < 0:
                break
            end = closed + 1
        elif re.match(
            rf"(?:subsequently|the{S}delegation|la{S}delegacion|la{S}delegation|posteriormente|par{S}la{S}suite)",
            text[at:limit],
        ):
            told = next((m for pattern in INTENTS if (m := pattern.search(text, at, min(at + 700, limit)))), None)
            if not told or "secretari" not in text[at : told.start()]:
                break
            end = sentence(text, *told.span())[2]
        else:
            break
    return min(end + 1, following)


def _subject(original: str, whole: PlainText, begun: int, ended: int) -> str:
    """Return what a sentence says was voted on: what stands before its verb."""
    text = whole.text
    verb = re.compile(
        rf"{S}(?:was|were|is|has|have|had|received|obtained|failed|secured|est|sont|a{S}(?:ete|recu|obtenu)|ont{S}ete|n'est|n'a|recoit|obtient"
        r"|queda|quedan|ha|han|fue|fueron|se|no|recibe|obtiene|by)(?![a-z0-9/'])"
    ).search(text, begun, ended)
    spanish = re.compile(
        rf"(?:queda|quedan|ha{S}sido|han{S}sido|se{S}mantienen?){S}(?:aprobad|rechazad|adoptad)?[a-z]{{0,3}}{S}?"
    ).search(text, begun, ended)
    french = re.compile(
        rf"^{S}?(?:par{S}\w{{1,8}}{S}voix[^.]{{0,120}}?abstentions?|par{S}\w{{1,8}}{S}voix{S}contre{S}\w{{1,8}}),{S}?"
    ).match(text[begun:ended])
    if spanish and text.startswith(("por ", "queda"), begun):
        place = whole.written(original, spanish.end(), ended)
    elif french and verb:
        later = re.compile(rf"{S}(?:est|sont|a|ont|n'est|n'a)\b").search(text, begun + french.end(), ended)
        place = whole.written(original, begun + french.end(), later.start() if later else ended)
    elif verb:
        place = whole.written(original, begun, verb.start())
    else:
        return ""
    said = place.strip(" ,.")
    said = re.sub(r" (?:\((?:resol|deci)|por \w{1,10} voto).*$", "", said, flags=re.DOTALL)
    said = re.sub(r"^(?:[A-Z][\w .]{0,40}(?:\([^)]{1,40}\))?\s?: ?)", "", said)
    said = BY_FIGURES.sub("", said)
    said = re.sub(r"(?i)^(?:(?:the|la|le|les|el|los|las)\s|l[’'])", "", said)
    return said[:1].upper() + said[1:300]


def kind_of(said: str) -> Kind:
    """Return the kind of question that ``said`` names."""
    said = AS_AMENDED.sub(" ", plain(said).text)
    amendment, paragraph = AMENDMENT.search(said), PARAGRAPH.search(said)
    if MOTION.search(said):
        return "motion"
    if amendment:
        return "paragraph-amendment" if paragraph else "amendment"
    if paragraph:
        return "paragraph"
    return "procedural" if PROCEDURAL.search(said) and "draft" not in said else "text"


def _symbol(own: list[re.Match[str]], before: list[re.Match[str]]) -> str:
    """Return the draft's symbol: that of the sentence, else the last one before the vote."""
    for match in (*own, *reversed(before)):
        if symbol := parse_or_none(match["draft"].rstrip(".–-").replace("\n", "")):
            return symbol.text
    return ""


def _linked(votes: list[CutVote]) -> Iterator[CutVote]:
    """Yield the votes, those on a part or an amendment with the text that they are on, which is voted on after them."""
    text: CutVote | None = None
    found: list[CutVote] = []
    for vote in reversed(votes):
        if vote.kind == "text":
            text = vote
        elif text and (not vote.label or not text.label or vote.label == text.label):
            draft = text.draft or vote.draft
            is_other = vote.draft and text.draft and vote.draft != text.draft and vote.kind == "paragraph"
            if not is_other:
                title = vote.title or text.title
                if not text.title and vote.title:
                    found[found.index(text)] = text = replace(text, title=vote.title)
                resolution = vote.resolution or text.resolution
                found.append(replace(vote, draft=draft, resolution=resolution, title=title))
                continue
        found.append(vote)
    yield from reversed(found)


def _sitting(first: str) -> Sitting:
    """Return what the first page says of the meeting."""
    head = re.search(MEETING, first)
    assembly, council = ASSEMBLY.search(first), COUNCIL.search(first)
    symbol = parse_or_none(head[0].replace(" ", "")) if head else None
    body = ""
    if symbol:
        body = "SC" if symbol.text.startswith("S/") else "GA"
    elif assembly or council:
        body = "SC" if council and (not assembly or council.start() < assembly.start()) else "GA"
    number = re.search(rf"(?:{NUMBERED_MEETING}|\d{{1,5}}(?:st|nd|rd|th){S}plenary{S}meeting)", first)
    numbered = re.match(r"\d{1,5}", number[0]) if number else None
    session = _session(symbol.text if symbol else "", first) if body != "SC" else ""
    meeting = symbol.text if symbol else ""
    if not meeting and numbered:
        meeting = meeting_symbol(body, session, int(numbered[0]))
    return Sitting(body, meeting, int(numbered[0]) if numbered else None, session, _date(first))


def meeting_symbol(body: str, session: str, number: int) -> str:
    """Return the symbol of a meeting by its number, empty where the session is needed for it and not known."""
    if body == "SC":
        return f"S/PV.{number}"
    prefix = re.sub(r"\d+$", "", session)
    if body != "GA" or not session:
        return ""
    is_early = int(session.removeprefix(prefix)) <= LAST_ROMAN_SESSION.get(prefix, 0)
    return f"A/PV.{number}" if is_early else f"A/{session}/PV.{number}"


def _session(symbol: str, first: str) -> str:
    """Return the code of the session by a meeting's symbol, else by its name."""
    if match := re.match(r"A/((?:ES-|S-)?\d{1,3})/PV", symbol):
        return match[1]
    for match in SESSION.finditer(first):
        tens, _hyphen, unit = re.sub(r"\s", "", match["ordinal"]).rpartition("-")
        if unit in {*ORDINALS, *TENTHS} and (not tens or tens in TENS):
            prefix = "" if not match["kind"] else "ES-" if "emergency" in match["kind"] else "S-"
            return f"{prefix}{NUMBER_OF.get(tens, 0) + NUMBER_OF[unit]}"
    return ""


def _date(first: str) -> datetime.date | None:
    """Return the date of the meeting: one with its day of the week before any other."""
    weekday = WITH_DAY.search(first)
    match = IN_WORDS.search(weekday["date"]) if weekday else IN_WORDS.search(first)
    if not match:
        return None
    month = next(names.split("|").index(match["month"]) for names in MONTHS if match["month"] in names.split("|")) + 1
    try:
        return datetime.date(int(match["year"]), month, int(match["day"]))
    except ValueError:
        return None
