"""World files: what they may say, and how what they may not is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from fullcourt.nba.calendar import eastern
from fullcourt.simulator.chaos import DRAWABLE, faults_of
from fullcourt.simulator.vendors.faults import Fault, FaultKind
from fullcourt.simulator.worldfile import find_world, parse_world, shipped
from fullcourt.simulator.worldspec import ENDPOINTS, Drawing, OursKind, WorldError, WorldSpec

HEAD = """name = "try"
calendar = "short"
teams = 6
nights = 4
first_date = 2025-10-21
"""


def refused(text: str) -> str:
    """The message a world file is refused with."""
    with pytest.raises(WorldError) as caught:
        parse_world(text, "w.toml")
    assert caught.value.next_step, "an error says what to do next"
    return str(caught.value)


def test_a_small_world_is_read_whole() -> None:
    """Every part of a file arrives: numbers, dates, drawn faults, scripted ones, our own."""
    spec = parse_world(
        HEAD
        + """seed = 7
credits = 900
lake = "ducklake"
[faults]
per_night = 1.5
kinds = { refuse = 2, hang = 0.5 }
[[fault]]
endpoint = "boxscore"
kind = "refuse"
from = 2025-10-21T22:00:00
to = 2025-10-22T02:30:00-04:00
attempts = [1, 3]
[[fault]]
vendor = "odds_api"
endpoint = "*/events*"
kind = "status"
status = 429
retry_after_s = 60
from = 2025-10-22
to = 2025-10-23
[[ours]]
kind = "worker_lost"
at = 2025-10-22T21:00:00
failpoint = "lake.after"
[[ours]]
kind = "bad_release"
dataset = "predictions"
from = 2025-10-23T10:00:00
to = 2025-10-23T15:00:00
""",
        "w.toml",
    )
    assert (spec.seed, spec.credits, spec.lake, spec.first_date) == (
        7,
        900,
        "ducklake",
        date(2025, 10, 21),
    )
    assert spec.drawn == Drawing(1.5, {"refuse": 2.0, "hang": 0.5})
    box, odds = spec.faults
    assert (box.vendor, box.endpoint) == ENDPOINTS["boxscore"]
    assert box.attempts == frozenset({1, 3})
    # Without an offset an instant is New York's wall clock; with one it says itself.
    assert box.start == datetime(2025, 10, 22, 2, tzinfo=UTC)
    assert box.end == datetime(2025, 10, 22, 6, 30, tzinfo=UTC)
    assert (odds.status, odds.retry_after_s) == (429, 60)
    assert odds.start == datetime(2025, 10, 22, 4, tzinfo=UTC)
    lost, release = spec.ours
    assert (lost.kind, lost.failpoint, lost.times) == (OursKind.WORKER_LOST, "lake.after", 1)
    assert lost.end - lost.start == timedelta(hours=1)
    assert (release.dataset, release.times) == ("predictions", None)


FAULT = '[[fault]]\nendpoint = "boxscore"\nkind = "refuse"\n'
SPAN = "from = 2025-10-21T20:00:00\nto = 2025-10-21T23:00:00\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (HEAD + "nigths = 3\n", 6, "nights"),
        (HEAD + 'seed = "one"\n', 6, "not a whole number"),
        (HEAD + "seed = true\n", 6, "not a whole number"),
        (HEAD + "seed = -1\n", 6, "negative"),
        (HEAD + "credits = -1\n", 6, "negative"),
        (HEAD + 'lake = "postgres"\n', 6, "memory, ducklake"),
        ('name = "try"\n\ncalendar = "winter"\n', 3, "winter"),
        ('calendar = "season"\n# thirty\nteams = 7\n', 3, "calendar season"),
        ("nights = [\n  1,\n]\nseed = 0\nname = 3\n", 5, "not text"),
        ("seed = \n", 1, "not valid TOML"),
        ('name = "try"\nseed = 1\nseed = 2\n', 3, "not valid TOML"),
        (HEAD + "[faults]\nper_night = -1\n", 7, "not within"),
        (HEAD + "[faults]\nper_nights = 1\n", 7, "per_night"),
        (HEAD + "[faults]\nper_night = 1\n[faults.kinds]\nrefuse = 1\nrefused = 1\n", 10, "refuse"),
        (HEAD + "[faults]\nkinds = { refuse = 0 }\n", 7, "no kind has a weight"),
        (HEAD + FAULT.replace("refuse", "refused") + SPAN, 8, "did you mean 'refuse'"),
        (HEAD + FAULT.replace("boxscore", "boxscores") + SPAN, 7, "did you mean 'boxscore'"),
        (HEAD + FAULT + SPAN + 'vendor = "espn"\n', 11, "no such vendor: 'espn'"),
        (HEAD + FAULT + SPAN + 'vendor = "odds_api"\n', 11, "it belongs to nba_cdn"),
        (HEAD + FAULT + "from = 2025-10-21T20:00:00\n", 6, "fault.to: it is missing"),
        (HEAD + FAULT + SPAN.replace("T23", "T19"), 10, "ends before it begins"),
        (HEAD + FAULT + SPAN.replace("from = 2025", "from = 2024"), 9, "outside the season"),
        (HEAD + FAULT + SPAN.replace("to = 2025", "to = 2027"), 10, "outside the season"),
        (HEAD + FAULT + SPAN + "attempts = [0]\n", 8, "attempts are numbered from 1"),
        (HEAD + FAULT + SPAN + 'attempts = ["1"]\n', 11, "not a whole number"),
        (HEAD + FAULT + SPAN + "atempts = [1]\n", 11, "attempts"),
        (HEAD + FAULT + SPAN + "\n" + FAULT + "from = 9\nto = 2025-10-22\n", 15, "not an instant"),
        (HEAD + '[[ours]]\nkind = "worker_lost"\n' + SPAN + 'failpoint = "x"\n', 10, "none of"),
        (HEAD + '[[ours]]\nkind = "hung"\nat = 2025-10-21\n' + SPAN, 8, "beside from or to"),
        (HEAD + '[[ours]]\nkind = "hung"\n' + SPAN + 'dataset = "grade"\n', 10, "'grades'"),
        (
            HEAD + '[[ours]]\nkind = "body_deleted"\ndataset = "grades"\nat = 2025-10-22\n',
            8,
            "bodies belong to a feed",
        ),
        (
            HEAD + '[[ours]]\nkind = "rows_deleted"\ndataset = "grades"\nat = 2025-10-22\n'
            "game_date = 2025-12-01\n",
            10,
            "outside the season",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    """Unknown keys, wrong types and contradictions name file, line, reason and the next step."""
    said = refused(text)
    assert said.startswith(f"w.toml:{line}: "), said
    assert reason in said, said


def test_strings_and_lists_over_many_lines_do_not_move_the_lines() -> None:
    """A line number is the file's own, whatever stands before it."""
    text = 'description = """\n[faults]\nseed = 1\n"""\n[faults]\nper_night = "x"\n'
    assert refused(text).startswith("w.toml:6: faults.per_night")


def test_every_shipped_world_is_a_good_one() -> None:
    """The packaged worlds parse, and their leagues can be built."""
    assert shipped() == ("calm", "january", "ordinary", "playoffs", "rough", "summer")
    for name in shipped():
        spec = find_world(name, seed=3)
        assert (spec.name, spec.seed) == (name, 3)
        assert spec.description


def test_a_world_that_is_nowhere_is_refused_with_the_names_that_ship() -> None:
    """A bare name nobody knows lists the worlds there are."""
    with pytest.raises(WorldError, match="calm, january"):
        find_world("stormy")


def test_fewer_nights_leave_out_the_faults_after_them(tmp_path: Path) -> None:
    """`--nights` shortens the world and drops what would come later."""
    late = FAULT + "from = 2025-10-24T20:00:00\nto = 2025-10-24T23:00:00\n"
    file = tmp_path / "w.toml"
    file.write_text(HEAD + late, encoding="utf-8")
    assert len(find_world(str(file)).faults) == 1
    spec = find_world(str(file), nights=1)
    assert (spec.nights, spec.faults) == (1, ())


def test_a_home_may_begin_in_the_middle_of_a_season(tmp_path: Path) -> None:
    """The league stays as it is; what is over when the home begins is left out, the rest cut."""
    days = [date(2025, 10, 21) + timedelta(days=n) for n in range(3)]
    spans = [(days[0], days[1]), (days[0], days[2]), (days[2], days[2] + timedelta(days=1))]
    faults = "".join(
        f'[[fault]]\nendpoint = "boxscore"\nkind = "refuse"\nfrom = {a}\nto = {b}\n'
        for a, b in spans
    )
    file = tmp_path / "w.toml"
    file.write_text(f"nights = 3\n{faults}", encoding="utf-8")
    whole, part = find_world(str(file)), find_world(str(file), since=days[1], nights=2)
    assert (part.begins, part.nights_played, part.last_date) == (days[1], 2, days[2])
    assert part.league_config() == whole.league_config()
    assert part.opens_at == eastern(days[0], 12)
    kept = [(f.start, f.end) for f in part.faults]
    assert kept == [
        (part.opens_at, eastern(days[1])),
        (part.opens_at, eastern(days[2])),
        (eastern(days[2]), eastern(days[2] + timedelta(days=1))),
    ]
    with pytest.raises(WorldError, match="not among the world's dates"):
        find_world(str(file), since=date(2025, 11, 1))
    file.write_text("nights = 3\nsince = 2025-10-30\n", encoding="utf-8")
    with pytest.raises(WorldError, match=r"w.toml:2: since"):
        find_world(str(file))


def test_faults_are_drawn_by_seed_and_date_alone() -> None:
    """The same seed draws the same faults; a longer world has the same ones and more."""
    spec = WorldSpec("try", seed=4, nights=20, drawn=Drawing(2.0))
    once, again = faults_of(spec), faults_of(spec)
    assert once == again
    assert faults_of(WorldSpec("try", seed=5, nights=20, drawn=Drawing(2.0))) != once
    drawn = len(once[0]) + len(once[1])
    assert 25 <= drawn <= 55, f"{drawn} faults in 20 nights of 2 each"
    shorter = faults_of(WorldSpec("try", seed=4, nights=10, drawn=Drawing(2.0)))
    # Only where the shorter world has ended nothing is drawn.
    assert shorter[0] == once[0][: len(shorter[0])]


def test_drawn_faults_never_contradict_one_another() -> None:
    """At one endpoint, and at home, there is never more than one drawn fault at a time."""
    faults, ours = faults_of(WorldSpec("try", seed=9, nights=40, drawn=Drawing(5.0)))
    spans = [(f"{f.vendor} {f.endpoint}", f.start, f.end) for f in faults]
    spans += [("home", f.start, f.end) for f in ours]
    spans.sort()
    for one, other in pairwise(spans):
        assert one[0] != other[0] or one[2] <= other[1], (one, other)


def test_every_vendor_fault_there_is_can_be_drawn() -> None:
    """A kind added to the vendors' faults needs its weight here."""
    assert {kind.value for kind in FaultKind} <= set(DRAWABLE)
    spec = WorldSpec("try", seed=1, nights=400, drawn=Drawing(5.0))
    faults, ours = faults_of(spec)
    assert {f.kind for f in faults} >= set(FaultKind)
    assert {str(o.kind) for o in ours} == set(DRAWABLE) - {kind.value for kind in FaultKind}
    assert all(isinstance(fault, Fault) for fault in faults)
