"""The built-in world: one league, its vendors, and what a home needs to know to use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.clock import Clock
from fullcourt.simulator.asgi import AsgiTransport
from fullcourt.simulator.chaos import faults_of
from fullcourt.simulator.league import DEFAULT_FIRST_DATE, League, LeagueConfig, build_league
from fullcourt.simulator.serve import serve_loopback
from fullcourt.simulator.vendors.faults import Fault, FaultLayer, FaultScript
from fullcourt.simulator.vendors.nba_cdn import NbaCdn
from fullcourt.simulator.vendors.odds_api import OddsAccount, OddsApi
from fullcourt.simulator.vendors.wire import ASGIApp
from fullcourt.simulator.worldspec import WorldSpec

NBA_CDN = "nba_cdn"
ODDS_API = "odds_api"
HOSTS: Mapping[str, str] = {NBA_CDN: "cdn.nba.com", ODDS_API: "api.the-odds-api.com"}
# What stands between a host and the endpoints in the clients' base URLs.
ROOTS: Mapping[str, str] = {NBA_CDN: "/static/json", ODDS_API: "/v4"}
# Not a secret: the simulated vendor knows no other key.
BUILTIN_API_KEY = "builtin-league-key"


@dataclass(frozen=True, slots=True)
class BuiltinWorld:
    """A league and its vendors under one clock.

    `apps` are the vendors by name, behind the fault layer; `script` counts the faults injected;
    `account` is the odds vendor's (credits used so far).
    """

    league: League
    clock: Clock
    apps: Mapping[str, ASGIApp]
    account: OddsAccount
    script: FaultScript

    @property
    def api_key(self) -> str:
        """The key the odds vendor accepts."""
        return self.account.api_key

    @property
    def team_names(self) -> Mapping[str, str]:
        """Tricode by full team name in every form the vendors use: the odds parser's map."""
        return self.league.team_names

    @property
    def first_night(self) -> date:
        """The first Eastern date that can hold a cell."""
        return self.league.config.first_date

    @property
    def tonight(self) -> date:
        """The last of the league's dates."""
        return self.league.nights[-1]

    @property
    def opens_at(self) -> datetime:
        """When the schedule is released (UTC): the vendors know nothing before."""
        return self.league.first_instant

    def transport(self) -> AsgiTransport:
        """The vendors in process, under their real host names (the clients' own base URLs)."""
        return AsgiTransport({HOSTS[name]: app for name, app in self.apps.items()}, self.clock)

    @contextmanager
    def served(self, ports: Mapping[str, int] | None = None) -> Iterator[dict[str, str]]:
        """The vendors over HTTP on loopback; gives the clients' base URLs by vendor."""
        with serve_loopback(self.apps, ports) as urls:
            yield {name: url + ROOTS[name] for name, url in urls.items()}


def builtin_world(
    seed: int,
    clock: Clock,
    *,
    teams: int = 10,
    first_date: date = DEFAULT_FIRST_DATE,
    nights: int = 15,
    credits_limit: int = 20_000,
    credits_used: int = 0,
    faults: Sequence[Fault] = (),
) -> BuiltinWorld:
    """The world of this seed; the same arguments give the same bodies at the same instants.

    Raises:
        ValueError: the league cannot be, or a fault contradicts itself or names no vendor of it.
    """
    config = LeagueConfig(seed, teams, first_date, nights)
    return _world(config, clock, OddsAccount(BUILTIN_API_KEY, credits_limit, credits_used), faults)


def world_of(spec: WorldSpec, clock: Clock, faults: Sequence[Fault] | None = None) -> BuiltinWorld:
    """The world a file describes, with these vendor faults (None: its own, those drawn included).

    Raises:
        ValueError: the league cannot be, or a fault contradicts itself or names no vendor of it.
    """
    if faults is None:
        faults, _ = faults_of(spec)
    account = OddsAccount(BUILTIN_API_KEY, spec.credits, is_monthly=spec.credits_monthly)
    return _world(spec.league_config(), clock, account, faults)


def _world(
    config: LeagueConfig, clock: Clock, account: OddsAccount, faults: Sequence[Fault]
) -> BuiltinWorld:
    league = build_league(config)
    bare: dict[str, ASGIApp] = {
        NBA_CDN: NbaCdn(league, clock),
        ODDS_API: OddsApi(league, clock, account),
    }
    script = FaultScript(faults, vendors=frozenset(bare))
    apps = {name: FaultLayer(name, app, script, clock) for name, app in bare.items()}
    return BuiltinWorld(league, clock, apps, account, script)
