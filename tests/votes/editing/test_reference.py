"""The reference data in ``data/``: correct, complete, and safe to load again."""

import datetime
import functools
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from resolutions.models import Body, Resolution, Session
from tests.factories import day
from tests.resolutions.corpora import columns
from votes.editing.reference import FactError, load_reference
from votes.models import (
    Bloc,
    BlocMembership,
    BodyMembership,
    MemberState,
    RollCall,
    Source,
    StateName,
    Vote,
)
from votes.totals import Totals

pytestmark = pytest.mark.usefixtures("record")

DATA = settings.BASE_DIR / "data"
TODAY = day("2026-07-01")
REGIONAL = ["african-group", "asia-pacific-group", "eastern-european-group", "grulac", "weog"]


def members(bloc: str, date: str) -> set[str]:
    memberships = BlocMembership.objects.full().on(day(date)).filter(bloc__slug=bloc)
    return set(memberships.values_list("state__code", flat=True))


def seated(body: str, date: datetime.date) -> set[str]:
    states = MemberState.objects.members_of(Body.objects.get(code=body), date)
    return set(states.values_list("code", flat=True))


class TestLandmarks:
    """The landmark roll calls."""

    def test_22_landmark_roll_calls_are_published(self):
        landmarks = RollCall.objects.published().filter(source__slug="landmark", decisive=True)

        assert landmarks.count() == 22
        assert landmarks.filter(body__code="SC").count() == 2
        assert Vote.objects.filter(roll_call__in=landmarks).count() == 3638

    def test_counted_totals_equal_announced_totals(self):
        for roll_call in RollCall.objects.with_tally().filter(source__slug="landmark"):
            assert roll_call.counted
            assert roll_call.announced
            assert roll_call.counted == roll_call.announced, roll_call

    def test_voters_are_the_members_of_the_day(self):
        for roll_call in RollCall.objects.select_related("body").filter(source__slug="landmark"):
            voted = set(roll_call.votes.values_list("state__code", flat=True))
            assert voted == seated(roll_call.body.code, roll_call.date), roll_call

    @pytest.mark.parametrize(
        ("symbol", "date", "totals", "result"),
        [
            ("A/RES/2758(XXVI)", "1971-10-25", Totals(76, 35, 17, 3), "adopted"),
            ("A/RES/3379(XXX)", "1975-11-10", Totals(72, 35, 32, 3), "adopted"),
            ("A/RES/ES-11/1", "2022-03-02", Totals(141, 5, 35, 12), "adopted"),
            ("A/RES/ES-11/7", "2025-02-24", Totals(93, 18, 65, 17), "adopted"),
            ("A/RES/ES-11/8", "2025-02-24", Totals(93, 8, 73, 19), "adopted"),
            ("S/RES/2774 (2025)", "2025-02-24", Totals(10, 0, 5, 0), "adopted"),
            ("S/2022/155", "2022-02-25", Totals(11, 1, 3, 0), "vetoed"),
        ],
    )
    def test_best_known_votes_have_the_right_date_totals_and_result(
        self, symbol: str, date: str, totals: Totals, result: str
    ):
        roll_call = RollCall.objects.with_tally().get(resolution__symbol=symbol)

        assert (str(roll_call.date), roll_call.counted, roll_call.result) == (date, totals, result)

    @pytest.mark.parametrize(
        ("slug", "choice", "codes"),
        [
            ("a-res-es-11-7", "N", "BDI BFA BLR CAF ERI GNQ HTI HUN ISR MHL MLI NER NIC PLW PRK RUS SDN USA"),
            ("a-res-es-11-1", "N", "BLR ERI PRK RUS SYR"),
            ("s-2022-155", "N", "RUS"),
            ("s-2022-155", "A", "ARE CHN IND"),
            ("s-res-2774-2025", "A", "DNK FRA GBR GRC SVN"),
        ],
    )
    def test_best_known_votes_have_the_right_dissenters(self, slug: str, choice: str, codes: str):
        votes = Vote.objects.filter(roll_call__slug=slug, choice=choice)

        assert set(votes.values_list("state__code", flat=True)) == set(codes.split())

    def test_draft_symbols_lead_to_their_texts(self):
        assert Resolution.objects.with_symbol("A/ES-11/L.10").get().symbol == "A/RES/ES-11/7"
        assert Resolution.objects.with_symbol("S/2025/112").get().symbol == "S/RES/2774 (2025)"


class TestStates:
    """Member states, their seats and names."""

    def test_202_states_of_which_193_are_members_and_nine_historical(self):
        former = MemberState.objects.exclude(code__in=seated("GA", TODAY))

        assert MemberState.objects.count() == 202
        assert len(seated("GA", TODAY)) == 193
        assert {s.code: set(s.successors.values_list("code", flat=True)) for s in former} == {
            "SUN": {"RUS"},
            "CSK": {"CZE", "SVK"},
            "YUG": {"BIH", "HRV", "MKD", "SCG", "SVN"},
            "SCG": {"MNE", "SRB"},
            "DDR": {"DEU"},
            "GER": {"DEU"},
            "YMD": {"YEM"},
            "EAT": {"TZA"},
            "EAZ": {"TZA"},
        }

    @pytest.mark.parametrize(
        ("date", "size"),
        [
            ("1945-12-31", 51),
            ("1955-12-13", 60),
            ("1955-12-15", 76),
            ("1971-10-25", 131),
            ("1991-12-31", 166),
            ("2006-06-02", 191),
            ("2006-06-03", 191),
            ("2006-06-28", 192),
            ("2011-07-13", 192),
            ("2011-07-14", 193),
        ],
    )
    def test_assembly_had_the_right_number_of_members(self, date: str, size: int):
        assert len(seated("GA", day(date))) == size

    @pytest.mark.parametrize(
        ("code", "date", "member"),
        [
            ("SUN", "1991-12-23", True),
            ("SUN", "1991-12-24", False),
            ("RUS", "1991-12-23", False),
            ("RUS", "1991-12-24", True),
            ("GER", "1990-10-02", True),
            ("DDR", "1990-10-02", True),
            ("DEU", "1990-10-02", False),
            ("DEU", "1990-10-03", True),
            ("IDN", "1965-06-01", False),
            ("IDN", "1966-09-28", True),
            ("SYR", "1959-06-01", False),
            ("SYR", "1962-06-01", True),
            ("YUG", "1995-06-01", False),
            ("CHN", "1971-10-24", True),
            ("CHN", "1971-10-26", True),
        ],
    )
    def test_seats_begin_and_end_on_the_right_days(self, code: str, date: str, member: bool):
        assert (code in seated("GA", day(date))) == member

    @pytest.mark.parametrize(
        ("code", "date", "name"),
        [
            ("BFA", "1984-01-01", "Upper Volta"),
            ("BFA", "1985-01-01", "Burkina Faso"),
            ("LKA", "1970-01-01", "Ceylon"),
            ("TUR", "2021-01-01", "Turkey"),
            ("TUR", "2023-01-01", "Türkiye"),
            ("MKD", "2010-01-01", "The former Yugoslav Republic of Macedonia"),
            ("MKD", "2020-01-01", "North Macedonia"),
            ("THA", "1948-01-01", "Siam"),
        ],
    )
    def test_states_have_the_right_name_on_each_date(self, code: str, date: str, name: str):
        assert MemberState.objects.get(code=code).name_on(day(date)).casefold() == name.casefold()


class TestCouncil:
    """Seats in the Security Council."""

    @pytest.mark.parametrize("year", range(1946, 2027))
    def test_council_is_complete_on_every_first_of_july(self, year: int):
        seats = BodyMembership.objects.filter(body__code="SC").on(datetime.date(year, 7, 1))
        permanent = set(seats.filter(permanent=True).values_list("state__code", flat=True))

        assert seats.count() == (11 if year < 1966 else 15)
        assert permanent == {"CHN", "FRA", "GBR", "USA", "SUN" if year <= 1991 else "RUS"}

    @pytest.mark.parametrize("year", range(2015, 2027))
    def test_council_has_ten_elected_members_of_whom_five_change_each_year(self, year: int):
        elected = BodyMembership.objects.filter(body__code="SC", permanent=False)
        now = set(elected.on(datetime.date(year, 7, 1)).values_list("state__code", flat=True))
        before = set(elected.on(datetime.date(year - 1, 7, 1)).values_list("state__code", flat=True))

        assert len(now) == 10
        # Italy and the Netherlands divided the term of 2017-2018.
        assert len(now - before) == (6 if year == 2018 else 5)

    def test_council_members_of_february_2022_and_2025_are_right(self):
        p5 = {"CHN", "FRA", "GBR", "RUS", "USA"}

        assert seated("SC", day("2022-02-25")) == p5 | {
            "ALB",
            "ARE",
            "BRA",
            "GAB",
            "GHA",
            "IND",
            "IRL",
            "KEN",
            "MEX",
            "NOR",
        }
        assert seated("SC", day("2025-02-24")) == p5 | {
            "DNK",
            "DZA",
            "GRC",
            "GUY",
            "KOR",
            "PAK",
            "PAN",
            "SLE",
            "SOM",
            "SVN",
        }

    def test_every_member_of_the_council_is_a_member_of_the_assembly(self):
        for year in range(1946, 2027):
            date = datetime.date(year, 7, 1)
            assert seated("SC", date) <= seated("GA", date), year


class TestBlocs:
    """Blocs and their members by date."""

    @pytest.mark.parametrize(
        ("bloc", "date", "size"),
        [
            ("eu", "1960-07-01", 6),
            ("eu", "1975-07-01", 9),
            ("eu", "1990-07-01", 12),
            ("eu", "2000-07-01", 15),
            ("eu", "2005-07-01", 25),
            ("eu", "2019-06-01", 28),
            ("eu", "2020-01-31", 28),
            ("eu", "2020-02-01", 27),
            ("eu", "2025-02-24", 27),
            ("nato", "1950-07-01", 12),
            ("nato", "1985-07-01", 16),
            ("nato", "2005-07-01", 26),
            ("nato", "2021-07-01", 30),
            ("nato", "2023-06-01", 31),
            ("nato", "2025-02-24", 32),
            ("brics", "2020-07-01", 5),
            ("brics", "2024-06-01", 9),
            ("brics", "2025-02-24", 10),
            ("g7", "2025-02-24", 7),
            ("p5", "2025-02-24", 5),
            ("asean", "2025-10-25", 10),
            ("asean", "2025-11-01", 11),
            ("oecd", "2025-02-24", 38),
            ("visegrad", "2025-02-24", 4),
            ("baltic", "2025-02-24", 3),
            ("nordic", "2025-02-24", 5),
            ("benelux", "2025-02-24", 3),
            ("gcc", "2025-02-24", 6),
        ],
    )
    def test_blocs_had_the_right_number_of_members(self, bloc: str, date: str, size: int):
        assert len(members(bloc, date)) == size

    @pytest.mark.parametrize(
        ("bloc", "code", "date", "member"),
        [
            ("eu", "GBR", "2020-01-31", True),
            ("eu", "GBR", "2020-02-01", False),
            ("eu", "HRV", "2013-06-30", False),
            ("eu", "HRV", "2013-07-01", True),
            ("nato", "FIN", "2023-04-03", False),
            ("nato", "FIN", "2023-04-04", True),
            ("nato", "SWE", "2024-03-06", False),
            ("nato", "SWE", "2024-03-07", True),
            ("oecd", "CRI", "2025-02-24", True),
            ("arab-league", "SYR", "2010-07-01", True),
            ("arab-league", "SYR", "2015-07-01", False),
            ("arab-league", "SYR", "2024-07-01", True),
            ("asean", "TLS", "2025-11-01", True),
            ("brics", "IDN", "2025-02-24", True),
            ("brics", "IDN", "2024-12-31", False),
        ],
    )
    def test_memberships_begin_and_end_on_the_right_days(self, bloc: str, code: str, date: str, member: bool):
        assert (code in members(bloc, date)) == member

    def test_syria_is_suspended_and_not_a_former_member(self):
        (membership,) = BlocMembership.objects.on(day("2015-07-01")).filter(bloc__slug="arab-league", state__code="SYR")

        assert membership.status == "suspended"

    def test_g7_has_its_seven_members(self):
        assert members("g7", "2025-02-24") == {"CAN", "DEU", "FRA", "GBR", "ITA", "JPN", "USA"}

    def test_every_member_is_in_one_regional_group_except_the_united_states(self):
        groups = Counter(code for bloc in REGIONAL for code in members(bloc, str(TODAY)))

        assert set(groups) == seated("GA", TODAY) - {"USA"}
        assert set(groups.values()) == {1}
        assert Bloc.objects.filter(kind="regional-group").count() == 5

    def test_united_states_was_never_a_full_member_of_a_regional_group(self):
        assert not BlocMembership.objects.full().filter(bloc__slug__in=REGIONAL, state__code="USA").exists()

    def test_every_bloc_has_a_description_and_a_source(self):
        assert Bloc.objects.count() == 52
        assert not Bloc.objects.filter(description="").exists()
        assert not Bloc.objects.filter(source="").exists()
        assert all(bloc.memberships.exists() for bloc in Bloc.objects.all())

    def test_no_bloc_slug_is_a_state_code(self):
        slugs = {slug.upper() for slug in Bloc.objects.values_list("slug", flat=True)}

        assert slugs & set(MemberState.objects.values_list("code", flat=True)) == set()

    def test_every_member_has_a_seat_in_the_assembly_at_some_time(self):
        assert not BlocMembership.objects.exclude(state__body_memberships__body__code="GA").exists()


class TestLoading:
    """Loading the facts, again and wrong."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(DATA, tmp_path / "data"))

    @staticmethod
    def everything() -> dict[str, list[tuple[object, ...]]]:
        models = (Body, Session, Resolution, Source, MemberState, StateName, BodyMembership, Bloc, BlocMembership)
        kept = {model.__name__: list(model.objects.order_by("pk").values_list()) for model in (*models, RollCall)}
        return {**kept, "Vote": list(Vote.objects.order_by("pk").values_list())}

    def test_a_second_load_adds_nothing_and_finds_no_difference(self):
        before = self.everything()

        report = load_reference(DATA)

        assert sum(report.added.values()) == 0
        assert report.differences == []
        assert report.unchanged["landmark roll calls"] == 22
        assert report.unchanged["member states"] == 202
        assert self.everything() == before

    def test_deleted_rows_are_added_again(self):
        BlocMembership.objects.filter(bloc__slug="g7", state__code="JPN").delete()

        report = load_reference(DATA)

        assert report.added["memberships of blocs"] == 1
        assert "JPN" in members("g7", "2025-02-24")

    def test_edited_rows_are_kept_and_reported(self):
        MemberState.objects.filter(code="TUR").update(name="Turkey")
        BlocMembership.objects.filter(bloc__slug="g7", state__code="JPN").update(since=day("1975-11-16"))
        BlocMembership.objects.filter(bloc__slug="g7", state__code="ITA").update(status="observer")
        Vote.objects.filter(roll_call__slug="a-res-es-11-7", state__code="CHN").update(choice="N")
        before = self.everything()

        report = load_reference(DATA)

        assert sorted(report.differences) == [
            "member states: Turkey: name is Turkey, Türkiye in the reference facts",
            "memberships of blocs: Italy – G7: status is observer, member in the reference facts",
            "memberships of blocs: Japan – G7: since is 1975-11-16, 1975-11-15 in the reference facts",
            "roll calls: a-res-es-11-7: its votes differ from the reference facts",
        ]
        assert sum(report.added.values()) == 0
        assert self.everything() == before

    @pytest.mark.parametrize(
        ("field", "value", "told"),
        [
            ("announced_yes", 94, "announced"),
            ("result", "rejected", "result"),
            ("date", day("2025-02-25"), "date"),
            ("requirement", "two-thirds", "requirement"),
        ],
    )
    def test_edited_landmark_is_reported(self, field: str, value: object, told: str):
        RollCall.objects.filter(slug="a-res-es-11-7").update(**{field: value})

        differences = load_reference(DATA).differences

        assert len(differences) == 1
        assert "a-res-es-11-7" in differences[0]
        assert told in differences[0]
        assert RollCall.objects.filter(slug="a-res-es-11-7", **{field: value}).exists()

    @pytest.mark.parametrize(
        ("name", "line", "text", "told"),
        [
            ("states.csv", 3, "too,few", "states.csv, line 3"),
            ("blocs.csv", 5, "a,b,c,d,e,f,g,h", "blocs.csv, line 5"),
            ("landmark_votes.csv", 2, "a-res-2758-xxvi,A", "landmark_votes.csv, line 2"),
            ("body_memberships.csv", 2, "GA,AFG,not-a-date,,no,day,,", "body_memberships.csv, line 2"),
            ("bloc_memberships.csv", 4, "eu,QQQ,1957-03-25,,day,,member,", "bloc_memberships.csv, line 4"),
            ("bloc_memberships.csv", 4, "no-such,FRA,1957-03-25,,day,,member,", "bloc_memberships.csv, line 4"),
            ("sources.csv", 2, "editor,Editor,,Facts,first,n", "sources.csv, line 2"),
            ("sessions.csv", 2, "GA,ES-x,n,emergency-special,1999-01-01,,day", "sessions.csv, line 2"),
            ("states.csv", 4, '"ALB,AL,Albania', "states.csv, line"),
        ],
    )
    def test_unreadable_row_is_named_and_nothing_is_changed(
        self, folder: Path, name: str, line: int, text: str, told: str
    ):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        lines[line - 1] = text
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        MemberState.objects.filter(code="TUR").update(note="kept")
        Bloc.objects.filter(slug="visegrad").delete()  # To be added, were the row not wrong.
        before = self.everything()

        with pytest.raises(FactError, match=told):
            load_reference(folder)
        assert self.everything() == before

    def test_command_reports_what_it_did(self, capsys: pytest.CaptureFixture[str]):
        MemberState.objects.filter(code="TUR").update(name="Turkey")
        call_command("load_reference")

        lines = capsys.readouterr().out.splitlines()
        assert "  landmark roll calls: 0 added, 22 already there" in lines
        assert "  not changed: member states: Turkey: name is Turkey, Türkiye in the reference facts" in lines

    def test_the_command_fails_in_one_line(self, tmp_path: Path):
        with pytest.raises(CommandError, match=r"states\.csv|sources\.csv"):
            call_command("load_reference", str(tmp_path))


@functools.cache
def read_assembly() -> tuple[set[str], dict[tuple[str, str], set[str]]]:
    """Return all codes of the Assembly's voting file, and who took part in each vote from session 58 on."""
    codes: set[str] = set()
    electorates: dict[tuple[str, str], set[str]] = defaultdict(set)
    for session, symbol, date, code in columns(
        "ga_voting_1946_2021.csv.gz", "session", "resolution", "date", "ms_code"
    ):
        codes.add(code)
        if session.isdigit() and int(session) >= 58:
            electorates[symbol, date].add(code)
    return codes, electorates


class TestAgainstTheVotingFiles:
    """Seats against the electorates that the voting files show."""

    def test_council_voters_of_2025_are_its_members(self):
        electorates: dict[tuple[str, str], set[str]] = defaultdict(set)
        permanent: dict[str, set[str]] = defaultdict(set)
        for symbol, date, code, is_permanent in columns(
            "sc_voting_2025.csv.gz", "resolution", "date", "ms_code", "permanent_member"
        ):
            electorates[symbol, date].add(code)
            permanent[is_permanent].add(code)

        assert len(electorates) == 44
        for (symbol, date), codes in electorates.items():
            assert codes == seated("SC", day(date)), symbol
        p5 = BodyMembership.objects.filter(body__code="SC", permanent=True).on(day("2025-07-01"))
        assert permanent["True"] == set(p5.values_list("state__code", flat=True))

    def test_assembly_voters_since_session_58_are_its_members(self):
        _codes, electorates = read_assembly()
        on = {date: seated("GA", day(date)) for date in {date for _, date in electorates}}

        assert len(electorates) > 1000
        assert {symbol for (symbol, date), codes in electorates.items() if codes != on[date]} == {"A/RES/65/226"}

    def test_every_code_of_the_voting_files_is_known(self):
        codes, _electorates = read_assembly()

        assert codes == set(MemberState.objects.values_list("code", flat=True))
