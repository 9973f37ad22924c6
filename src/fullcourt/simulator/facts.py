"""What is true in the fictional league, as plain records. Instants are UTC, game dates Eastern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter

from fullcourt.nba.schedule import GameStatus


@dataclass(frozen=True, slots=True)
class Team:
    """A franchise. `zone` is the IANA name of its home's time zone."""

    team_id: int
    city: str
    nickname: str
    tricode: str
    state: str
    zone: str
    vendor_city: str
    """The city as the odds vendor writes it (mostly the same)."""

    @property
    def full_name(self) -> str:
        """`Port Halyard Lanterns`."""
        return f"{self.city} {self.nickname}".strip()

    @property
    def vendor_name(self) -> str:
        """The full name as the odds vendor writes it."""
        return f"{self.vendor_city} {self.nickname}".strip()


class Role(StrEnum):
    """Where a player stands in his team's rotation."""

    STARTER = "starter"
    BENCH = "bench"
    DEEP_BENCH = "deep bench"


@dataclass(frozen=True, slots=True)
class Rates:
    """Latent rates: counts per 36 minutes on court, shares and chances between 0 and 1."""

    shots: float
    three_share: float
    two_chance: float
    three_chance: float
    free_throws: float
    free_throw_chance: float
    offensive_rebounds: float
    defensive_rebounds: float
    assists: float
    steals: float
    blocks: float
    turnovers: float
    fouls: float

    @property
    def per_36(self) -> tuple[float, ...]:
        """All of them, in the order of the fields."""
        return _ALL_RATES(self)

    @property
    def points(self) -> float:
        """Expected points per 36 minutes."""
        twos = self.shots * (1.0 - self.three_share) * self.two_chance
        threes = self.shots * self.three_share * self.three_chance
        return 2.0 * twos + 3.0 * threes + self.free_throws * self.free_throw_chance


_ALL_RATES: Callable[[Rates], tuple[float, ...]] = attrgetter(*Rates.__slots__)


@dataclass(frozen=True, slots=True)
class Player:
    """A person. `seconds`: his latent mean in a game he plays; `odds_name`: a nickname of books."""

    player_id: int
    first_name: str
    family_name: str
    suffix: str
    position: str
    jersey: str
    role: Role
    seconds: float
    rates: Rates
    odds_name: str | None

    @property
    def family_with_suffix(self) -> str:
        """`Whitlock Jr.`, as the league's feeds fill `familyName`."""
        return f"{self.family_name} {self.suffix}" if self.suffix else self.family_name

    @property
    def name(self) -> str:
        """The full name as the league writes it."""
        return f"{self.first_name} {self.family_with_suffix}"


class Withdrawal(StrEnum):
    """Why an appointment no longer stands."""

    POSTPONED = "postponed"
    MOVED = "moved"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One (date, tip) a game had; the last one of a game is when it is really played.

    `tip_known_from`: until then only the date is known (None: the tip is known with the date).
    """

    game_date: date
    tip_at: datetime
    known_from: datetime
    withdrawn_at: datetime | None = None
    withdrawal: Withdrawal | None = None
    tip_known_from: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Whether the game is appointed here as far as the world knows at `at`."""
        return self.known_from <= at and (self.withdrawn_at is None or at < self.withdrawn_at)

    def is_shown(self, at: datetime) -> bool:
        """Whether a schedule lists it: only a postponed game stays on the date it left."""
        return self.known_from <= at and (
            self.withdrawal is Withdrawal.POSTPONED
            or self.withdrawn_at is None
            or at < self.withdrawn_at
        )

    def has_tip(self, at: datetime) -> bool:
        """Whether the world knows at `at` when the game will begin."""
        return self.tip_known_from is None or self.tip_known_from <= at


@dataclass(frozen=True, slots=True)
class Game:
    """A game with all its appointments. `final_at` is when the last second was played.

    `home` and `away` are who really plays; until `home_known_from` and `away_known_from` (None:
    always known) that side is to be determined. A game `if_necessary` is one only from
    `necessary_from` on; None: its series never needed it, and it is withdrawn for good.
    """

    game_id: str
    number: int
    home: str
    away: str
    appointments: tuple[Appointment, ...]
    overtimes: int
    final_at: datetime
    home_known_from: datetime | None = None
    away_known_from: datetime | None = None
    if_necessary: bool = False
    necessary_from: datetime | None = None
    label: str = ""
    """What the schedule calls it (`West First Round`), empty for an ordinary game."""
    series_game: int = 0
    """Its number in its series from 1 on; 0 outside a series."""

    @property
    def played(self) -> Appointment:
        """The appointment it is really played at."""
        return self.appointments[-1]

    @property
    def game_date(self) -> date:
        """The Eastern date it is really played on."""
        return self.played.game_date

    @property
    def tip_at(self) -> datetime:
        """The instant it really begins."""
        return self.played.tip_at

    def teams(self, at: datetime) -> tuple[str | None, str | None]:
        """(home, away) as known at `at`; None where still to be determined."""
        return (
            self.home if _is_known(self.home_known_from, at) else None,
            self.away if _is_known(self.away_known_from, at) else None,
        )

    def is_certain(self, at: datetime) -> bool:
        """Whether it is known at `at` that it will be played (if nothing is withdrawn)."""
        return not self.if_necessary or (
            self.necessary_from is not None and self.necessary_from <= at
        )

    def settled_from(self, appointment: Appointment) -> datetime | None:
        """From when everybody knows who plays at this appointment, when, and that it will be.

        None: never.
        """
        if self.if_necessary and self.necessary_from is None:
            return None
        instants = (
            appointment.known_from,
            appointment.tip_known_from,
            self.home_known_from,
            self.away_known_from,
            self.necessary_from,
        )
        return max(instant for instant in instants if instant is not None)

    def has_begun(self, at: datetime) -> bool:
        """Whether it is live or over at `at`; a game withdrawn for good never begins."""
        return self.played.withdrawal is None and self.tip_at <= at

    def is_final(self, at: datetime) -> bool:
        """Whether it is over at `at`."""
        return self.played.withdrawal is None and self.final_at <= at


def _is_known(known_from: datetime | None, at: datetime) -> bool:
    return known_from is None or known_from <= at


@dataclass(frozen=True, slots=True)
class GameState:
    """One appointment of a game as the world sees it at one instant. Scores are None before tip.

    Teams are None while to be determined. `tip_at` is when it will really begin: what a vendor may
    show of it is nothing (`TBD`) while `tip_is_known` is false.
    """

    game_id: str
    game_date: date
    tip_at: datetime
    status: GameStatus
    status_text: str
    is_postponed: bool
    period: int
    clock: str
    elapsed_s: int
    home_score: int | None
    away_score: int | None
    home_team: str | None
    away_team: str | None
    tip_is_known: bool
    if_necessary: bool


@dataclass(frozen=True, slots=True)
class Stint:
    """A player's time with a team: from `since` (None: always) until `until` (None: still)."""

    player_id: int
    team: str
    since: datetime | None
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether he belongs to the team at `at`."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Absence:
    """A player who misses his team's games of some dates; the world learns it at `known_from`."""

    player_id: int
    first_date: date
    last_date: date
    known_from: datetime
    reason: str
    description: str


@dataclass(frozen=True, slots=True)
class SquadMember:
    """A rostered player of one game and, when he will not play, why."""

    player: Player
    absence: Absence | None


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """One over/under pair of one book, decimal prices; `player_name` as that book spells it."""

    player_id: int
    player_name: str
    bookmaker: str
    market: str
    line: float
    over_price: float
    under_price: float | None
    is_main: bool
