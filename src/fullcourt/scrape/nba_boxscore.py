"""Feed `nba_boxscore`: one body a final game, in the CDN's or stats.nba.com's form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from fullcourt.nba.box import BoxScore
from fullcourt.scrape.ask import Answer, Testimony, ask
from fullcourt.settings import NbaSettings
from fullcourt.vendors.nba_cdn import boxscore_request, parse_boxscore
from fullcourt.vendors.nba_game_log import parse_log_box
from fullcourt.vendors.nba_stats import boxscore_v3_request, parse_boxscore_v3
from fullcourt.vendors.transport import ContractBroken, NotThere, Transport


def fetch_box_score(
    transport: Transport, nba: NbaSettings, game_id: str, day: date, now: datetime
) -> Answer:
    """The box score of one game; a body of a game that is not over is `vendor_empty`."""
    if nba.box_form == "cdn":
        request = boxscore_request(game_id, nba.cdn_url)
    else:
        request = boxscore_v3_request(game_id, nba.stats_url)

    def read(body: bytes) -> Testimony:
        box = parse_box_score(body, nba.box_form)
        if box.game_id != game_id:
            raise ContractBroken(
                f"asked for game {game_id}, got {box.game_id}",
                vendor=request.vendor,
                endpoint=request.endpoint,
                body=body,
            )
        if box.is_final is False:
            raise NotThere(
                f"game {game_id} is not over yet",
                vendor=request.vendor,
                endpoint=request.endpoint,
                body=body,
            )
        if not any(line.played for line in box.lines):
            raise NotThere(
                f"game {game_id}: {len(box.lines)} players listed, none appeared",
                vendor=request.vendor,
                endpoint=request.endpoint,
                body=body,
            )
        return Testimony(box_content(box), known_at=box.served_at)

    return ask(
        transport,
        replace(request, deadline_s=nba.deadline_s),
        key=game_id,
        game_date=day,
        now=now,
        read=read,
    )


_FORMS = {"boxscoretraditionalv3": "stats_v3", "leaguegamelog": "game_log"}


def form_of(endpoint: str) -> str:
    """The form of a box score body by the endpoint its manifest names: a home may hold several."""
    return _FORMS.get(endpoint, "cdn")


def parse_box_score(body: bytes, form: str) -> BoxScore:
    """Parse any form."""
    if form == "game_log":
        return parse_log_box(body)
    return parse_boxscore(body) if form == "cdn" else parse_boxscore_v3(body)


def box_content(box: BoxScore) -> dict[str, object]:
    """Who a body lists, who appeared, and which rows break the contract by themselves."""
    listed = {str(line.player_id): line.player_name for line in box.lines}
    listed |= {str(row.player_id): row.player_name for row in box.rejected}
    content: dict[str, object] = {
        "listed": listed,
        "appeared": [line.player_id for line in box.lines if line.played],
        "rejected": {str(row.player_id): row.reason for row in box.rejected},
    }
    return content if box.precision_s == 1 else content | {"precision_s": box.precision_s}
