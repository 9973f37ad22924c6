"""Predictions with their ranges, and a night's record, as a person reads them."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from fullcourt.cli.printing import count_text, new_table
from fullcourt.reports.night import NightView, PredictionLine, RecordView

_BAR = 20


def predictions_table(view: NightView, *, most: int) -> RenderableType:
    """The night's predictions: a bar from p10 to p90 with the median and the line."""
    if not view.predictions:
        return Text(f"No predictions for {view.game_date}.")
    top = max(p.p90 for p in view.predictions)
    table = new_table()
    for name, justify in (
        ("player", "left"),
        ("team", "left"),
        ("opp", "left"),
        ("p10", "right"),
        (f"points, 0 to {top}", "left"),
        ("p90", "right"),
        ("mean", "right"),
        ("line", "right"),
        ("over", "right"),
        ("market", "right"),
    ):
        table.add_column(name, justify="right" if justify == "right" else "left", no_wrap=True)
    for p in view.predictions[:most]:
        place = "" if p.is_home is None else ("" if p.is_home else "@")
        table.add_row(
            Text(p.player_name),
            p.team or "?",
            f"{place}{p.opponent or '?'}",
            f"{p.p10}",
            _bar(p, top),
            f"{p.p90}",
            f"{p.mean:.1f}",
            "" if p.line is None else f"{p.line:g}",
            _percent(p.over_probability),
            _percent(p.market_over_probability),
        )
    more = len(view.predictions) - most
    if more <= 0:
        return table
    return Group(table, Text(f"and {count_text(more, 'prediction')} more", style="dim"))


def _bar(p: PredictionLine, top: int) -> Text:
    """`─` from p10 to p90, `━` from p25 to p75, `●` the median, `|` the line."""
    text = Text()
    for cell in range(_BAR):
        low, high = cell * (top + 1) / _BAR, (cell + 1) * (top + 1) / _BAR
        if low <= p.p50 < high:
            text.append("●", style="bold cyan")
        elif p.line is not None and low <= p.line < high:
            text.append("|", style="bold yellow")
        elif p.p25 < high and low <= p.p75:
            text.append("━", style="cyan")
        elif p.p10 < high and low <= p.p90:
            text.append("─", style="dim cyan")
        else:
            text.append(" ")
    return text


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def record_lines(view: RecordView | None) -> RenderableType:
    """A night's record in three lines; no edge is said as plainly as an edge."""
    if view is None:
        return Text("No night is graded yet.")
    total = sum(view.outcomes.values())
    said = ", ".join(f"{count} {outcome}" for outcome, count in view.outcomes.items())
    lines = [Text(f"{view.game_date}: {count_text(total, 'prediction')} graded: {said}")]
    if view.scored:
        lines.append(
            Text(
                f"{count_text(view.scored, 'player')} played: mean absolute error "
                f"{view.mean_absolute_error:.2f} points, {view.in_p10_p90:.0%} inside p10 to p90, "
                f"CRPS {view.crps:.2f} points"
            )
        )
    if view.lined and view.lined_error is not None and view.line_error is not None:
        text = (
            f"against the line ({count_text(view.lined, 'player')}): model off by "
            f"{view.lined_error:.2f} points, line off by {view.line_error:.2f}"
        )
        if view.brier is not None and view.market_brier is not None:
            better = "better" if view.brier < view.market_brier else "no better"
            text += (
                f"; Brier {view.brier:.3f}, market {view.market_brier:.3f}: {better} than the "
                "market that night (one night proves nothing)"
            )
        lines.append(Text(text))
    return Group(*lines)
