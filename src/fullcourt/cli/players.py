"""`players`: names nobody could resolve, and how a person settles them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from fullcourt.cli.options import HomeOption, JsonOption, home_at
from fullcourt.cli.printing import count_text, days_text, new_table, out, print_json

app = typer.Typer(
    help="Names the resolver could not place, and the home's own aliases.", no_args_is_help=True
)


@app.command(
    "unresolved",
    epilog="Examples: `fullcourt players unresolved`; `fullcourt players unresolved --json`",
)
def unresolved(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List priced names without a player: their games, and who they may be.

    Their lines are held under a provisional id and are not graded. Proposals are only proposals.
    Exit code: 0, also when there are some.
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.reports.unresolved import unresolved_view

    with looking_at(home_at(home)) as (opened, _):
        view = unresolved_view(opened.stores)
    if as_json:
        print_json(view)
        return
    console = out()
    if not view.names:
        console.print("Every priced name is resolved.")
        return
    table = new_table()
    for name in ("name", "dates", "games", "proposals (id, name, score)"):
        table.add_column(name, overflow="fold")
    for item in view.names:
        proposed = "\n".join(f"{p.player_id} {p.player_name} {p.score:.0f}" for p in item.proposals)
        table.add_row(
            Text(item.name),
            days_text(item.first_date, item.last_date),
            f"{len(item.games)}",
            Text(proposed or "nobody near"),
        )
    console.print(table)
    console.print(
        f"{count_text(len(view.names), 'name')}. "
        "Settle one: `fullcourt players alias NAME PLAYER_ID --evidence TEXT`"
    )


@app.command(
    "alias",
    epilog="Example: `fullcourt players alias 'Carlton Carrington' 1642267 "
    "--evidence 'nba.com lists him as Bub'`",
)
def alias(
    name: Annotated[str, typer.Argument(help="As the vendor spells it.", show_default=False)],
    player_id: Annotated[
        int, typer.Argument(metavar="PLAYER_ID", help="NBA id.", show_default=False)
    ],
    evidence: Annotated[
        str, typer.Option("--evidence", metavar="TEXT", help="How you know.", show_default=False)
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who a name is.

    It is appended to the home's `aliases.csv` with the evidence and the time. The rows of that name
    become stale, and the next `fullcourt run` re-keys them, once.

    Exit codes: 0 added; 2 refused (unknown player, no evidence, or that name is another player's).
    """
    from fullcourt.cli.opened import looking_at
    from fullcourt.reports.unresolved import add_alias

    with looking_at(home_at(home)) as (opened, _):
        added = add_alias(opened.stores, name, player_id, evidence)
    if as_json:
        print_json(added)
        return
    console = out()
    console.print(
        f"{added.name} is {added.player_name} ({added.player_id}); written to {added.file}",
        soft_wrap=True,
    )
    console.print("Next: `fullcourt run` re-keys the rows of that name.")
