"""What a broken vendor does to a box score. Each function returns a changed copy of the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fullcourt.simulator.vendors.fault_kinds import FaultKind

_SIDES: Final = ("homeTeam", "awayTeam")
_ZERO_MINUTES: Final = "PT00M00.00S"
_BEFORE: Final = {
    "gameStatus": 1,
    "gameStatusText": "7:00 pm ET",
    "period": 0,
    "gameClock": "",
}


def before_the_game(tree: Any, _: int = 0) -> Any:
    """As if the game had not begun: status 1, period 0, no players, no points."""
    return _with_game(
        tree, lambda team: team | {"score": 0, "players": [], "periods": []}, **_BEFORE
    )


def nobody_listed(tree: Any, _: int = 0) -> Any:
    """The game is over and has its score, and no player is listed."""
    return _with_game(tree, lambda team: team | {"players": []})


def roster_only(tree: Any, _: int = 0) -> Any:
    """The game is over and has its score; everybody is listed, nobody appeared."""
    return _with_game(tree, lambda team: team | {"players": _resting(team["players"])})


def roster_before_the_game(tree: Any, _: int = 0) -> Any:
    """Status 1 and period 0; everybody is listed, nobody appeared."""
    return _with_game(
        tree,
        lambda team: team | {"score": 0, "players": _resting(team["players"]), "periods": []},
        **_BEFORE,
    )


def wrong_team(tree: Any, rows: int) -> Any:
    """The first `rows` home players who appeared stand among the visitors; the scores stand."""
    game = dict(tree["game"])
    home, away = game["homeTeam"]["players"], game["awayTeam"]["players"]
    moved = [player for player in home if player["played"] == "1"][:rows]
    game["homeTeam"] = game["homeTeam"] | {"players": [p for p in home if p not in moved]}
    game["awayTeam"] = game["awayTeam"] | {"players": [*away, *moved]}
    return dict(tree) | {"game": game}


def zeroed_team(tree: Any, _: int = 0) -> Any:
    """Every statistic of the visitors is 0, minutes too; they appeared, and the score stands."""
    game = dict(tree["game"])
    away = game["awayTeam"]
    players = [p | {"statistics": _zeroed(p["statistics"])} for p in away["players"]]
    game["awayTeam"] = away | {"players": players, "statistics": _zeroed(away["statistics"])}
    return dict(tree) | {"game": game}


BY_KIND: Final[Mapping[FaultKind, Callable[[Any, int], Any]]] = {
    FaultKind.PREGAME_EMPTY: before_the_game,
    FaultKind.BACKFILLED_EMPTY: before_the_game,
    FaultKind.NOBODY_LISTED: nobody_listed,
    FaultKind.ROSTER_ONLY: roster_only,
    FaultKind.ROSTER_ONLY_PREGAME: roster_before_the_game,
    FaultKind.WRONG_TEAM: wrong_team,
    FaultKind.ZEROED_TEAM: zeroed_team,
}


def _with_game(tree: Any, change: Callable[[dict[str, Any]], dict[str, Any]], **fields: Any) -> Any:
    game = tree["game"] | fields | {side: change(tree["game"][side]) for side in _SIDES}
    return dict(tree) | {"game": game}


def _resting(players: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        player | {"played": "0", "starter": "0", "statistics": _zeroed(player["statistics"])}
        for player in players
    ]


def _zeroed(statistics: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _zero_text(name) if isinstance(value, str) else type(value)(0)
        for name, value in statistics.items()
    }


def _zero_text(name: str) -> str:
    return "PT00M" if name == "minutesCalculated" else _ZERO_MINUTES
