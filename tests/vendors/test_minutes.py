from __future__ import annotations

import pytest

from fullcourt.vendors.minutes import (
    Minutes,
    Undecided,
    parse_minutes_bdl,
    seconds_of_clock,
    seconds_of_iso,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT25M01.00S", 1501),
        ("PT00M00.00S", 0),
        ("PT48M00.00S", 2880),
        ("PT05M09.49S", 309),
        ("PT05M09.50S", 310),
        ("PT19M59.60S", 1200),
        ("PT240M00.00S", 14400),
        ("PT25M01S", 1501),
    ],
)
def test_iso_minutes(text: str, seconds: int) -> None:
    """The CDN's durations are whole seconds, fractions rounded half up as stats.nba.com does."""
    assert seconds_of_iso(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "45:58", "PT25M", "PT25M61.00S", "-PT1M00.00S", "PT-1M57.00S", "25", "PT25M01.00S "],
)
def test_iso_minutes_refuse_everything_else(text: str) -> None:
    """A text that only resembles a duration is no number of seconds."""
    with pytest.raises(ValueError, match=r"PT25M01\.00S"):
        seconds_of_iso(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("25:01", 1501), ("0:00", 0), ("4:31", 271), ("240:00", 14400)]
)
def test_clock_minutes(text: str, seconds: int) -> None:
    """V3's minutes are minutes and seconds."""
    assert seconds_of_clock(text) == seconds


@pytest.mark.parametrize(("text", "seconds"), [("19:60", 1200), ("0:60", 60)])
def test_sixty_seconds_are_a_minute(text: str, seconds: int) -> None:
    """V3 rounds seconds up to 60 without carrying; the time is not in doubt."""
    assert seconds_of_clock(text) == seconds


@pytest.mark.parametrize("text", ["", "-1:0-57", "25", "25:1", "25:61", "PT25M01.00S", "٣:00"])
def test_clock_minutes_refuse_everything_else(text: str) -> None:
    """The recorded `-1:0-57` and its like are broken, not repaired."""
    with pytest.raises(ValueError, match="MM:SS"):
        seconds_of_clock(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("37", Minutes(2220, 60)),
        ("5", Minutes(300, 60)),
        ("05", Minutes(300, 60)),
        ("45:58", Minutes(2758, 1)),
    ],
)
def test_balldontlie_minutes(text: str, minutes: Minutes) -> None:
    """Whole minutes say that they are whole minutes; 45:58 is 45 min 58 s."""
    assert parse_minutes_bdl(text) == minutes


@pytest.mark.parametrize("text", ["00", "0", "0:00", "", None])
def test_balldontlie_zero_is_undecided(text: str | None) -> None:
    """This vendor's zero is a DNP or some seconds, and nobody can tell which."""
    assert isinstance(parse_minutes_bdl(text), Undecided)


@pytest.mark.parametrize("text", ["-1", "37.5", "45:", "45:78", "DNP"])
def test_balldontlie_minutes_refuse_everything_else(text: str) -> None:
    """Other texts are broken rows."""
    with pytest.raises(ValueError, match="is not of the form"):
        parse_minutes_bdl(text)
