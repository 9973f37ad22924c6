"""`explain`, `runs` and `sql` as a person reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from fullcourt.cli.printing import (
    VERDICT_STYLES,
    count_text,
    days_text,
    instant_text,
    new_table,
    size_text,
    span_text,
    verdict_text,
)
from fullcourt.reports.evidence import BodyLine, FeedCheck, ScheduleCheck
from fullcourt.reports.explain import ExplainedKey, ExplainView, GateLine, TransitionLine
from fullcourt.reports.query import Answer
from fullcourt.reports.runs import RunLine

_MOST = 12
_RUN_STYLES = {
    "succeeded": "green",
    "running": "cyan",
    "failed": "bold red",
    "timed_out": "bold red",
    "abandoned": "red",
    "skipped": "dim",
}


def show_explain(console: Console, view: ExplainView, *, everything: bool) -> None:
    """Print one cell's explanation, section by section."""
    most = None if everything else _MOST
    console.print(
        Text(f"{view.dataset} {view.game_date}  ", style="bold")
        + verdict_text(view.category)
        + Text(f"  held {view.held:,} of {count_text(view.expected, 'key')}")
    )
    if view.reason:
        console.print(Text(f"  why: {view.reason}"))
    for warning in view.warnings[:most]:
        console.print(Text(f"  warning: {warning}", style="yellow"))
    _expected(console, view, most)
    _section(console, "scraper check", [_feed(check) for check in view.feeds], most)
    bodies = [_body(body) for body in view.bodies] if everything else _body_groups(view.bodies)
    size = size_text(sum(body.body_bytes for body in view.bodies))
    _section(console, f"archived bodies: {len(bodies)}, {size}", bodies, most)
    _schedule(console, view.schedule, most)
    _section(console, "runs", [_run(run) for run in view.runs], most)
    _section(console, "gates seen", [_gate(gate) for gate in view.gates], most)
    names = [Text(name) for name in view.missing]
    _section(console, f"missing: {count_text(len(names), 'key')}", names, most)
    changes = _transitions(view, every_key=everything)
    title = f"transitions: {count_text(len(view.transitions), 'change')} of a key's state"
    _section(console, title, changes[-(most or len(changes)) :], None)
    console.print(Text("root cause", style="bold"))
    if view.root_cause is None:
        console.print("  nothing is wrong here", style="dim")
    else:
        root = view.root_cause
        console.print(Text(f"  {root.dataset}: {root.cause}: {root.sentence}"))
    console.print(Text("category: ", style="bold") + verdict_text(view.category))
    at = f" ({instant_text(view.next_action_at)})" if view.next_action_at else ""
    console.print(Text("next action: ", style="bold") + Text(view.next_action + at))


def _expected(console: Console, view: ExplainView, most: int | None) -> None:
    lines = [Text(f"calendar: {view.calendar}; due {view.due}", style="dim")]
    if view.zero_reason and not view.keys:
        lines.append(Text(f"nothing: {view.zero_reason}"))
    groups = Counter((key.state, key.why_expected, key.reason) for key in view.keys)
    for (state, why, reason), count in groups.most_common():
        line = Text(count_text(count, "key") + " ")
        line.append(state, style=VERDICT_STYLES.get(state, ""))
        line.append(f"; {why}", style="dim")
        line.append(f": {reason}" if reason and reason != why else "")
        lines.append(line)
    _section(console, f"expected: {count_text(len(view.keys), 'key')}", lines, most)
    open_keys = [_key(key) for key in view.keys if key.state not in ("complete", "retired")]
    _section(console, "keys not complete", open_keys, most)
    _section(console, "withdrawn", _withdrawn(view.keys), most)
    if view.unexpected:
        held = [Text(key) for key in view.unexpected]
        _section(console, "held and not expected", held, most)


def _key(key: ExplainedKey) -> Text:
    line = Text(f"{key.name} ")
    line.append(key.state, style=VERDICT_STYLES.get(key.state, ""))
    line.append(f", due {instant_text(key.due_at)}", style="dim")
    if key.attempts:
        line.append(f", {count_text(key.attempts, 'attempt')}", style="dim")
        line.append(f", last {instant_text(key.last_attempt_at)}", style="dim")
    return line


def _withdrawn(keys: Sequence[ExplainedKey]) -> list[Text]:
    """One line a reason: the keys a confirmed change took away, by name."""
    grouped: dict[str, list[str]] = {}
    for key in keys:
        if key.state == "retired":
            grouped.setdefault(key.reason, []).append(key.name)
    return [
        Text(f"{reason}: ").append(", ".join(names), style="dim")
        for reason, names in grouped.items()
    ]


def _feed(check: FeedCheck) -> Text:
    line = Text(f"{check.feed} ({check.vendor}): ", style="bold")
    said = ", ".join(f"{count:,} {outcome}" for outcome, count in check.answers.items())
    line.append(said or "never answered", style="not bold")
    if check.last_outcome is not None:
        last = f"; last {check.last_outcome} {instant_text(check.last_at)}"
        line.append(last + (f": {check.last_detail}" if check.last_detail else ""), "not bold")
    if check.open_keys:
        line.append(f"; {count_text(check.open_keys, 'key')} still asked for", "not bold yellow")
    if check.breaker == "open":
        line.append(f"; breaker open until {instant_text(check.breaker_retry_at)}", "bold red")
    if check.credits_left is not None:
        line.append(f"; {count_text(check.credits_left, 'credit')} left", "not bold")
    return line


def _body_groups(bodies: Sequence[BodyLine]) -> list[Text]:
    """One line for each feed, key and outcome: the newest body, and how many there are."""
    grouped: dict[tuple[str, str, str], list[BodyLine]] = {}
    for body in bodies:
        grouped.setdefault((body.feed, body.key, body.outcome), []).append(body)
    lines = []
    for group in grouped.values():
        lost = next((body for body in group if body.digest is not None and not body.is_there), None)
        line = _body(lost or group[-1])
        line.append(f", newest of {len(group)}" if len(group) > 1 else "", style="dim")
        lines.append(line)
    return lines


def _body(body: BodyLine) -> Text:
    name = f"{body.feed} {body.key} {instant_text(body.fetched_at)} {body.outcome}"
    line = Text(name)
    if body.digest is None:
        line.append(f", no body{f' (status {body.status})' if body.status else ''}", style="dim")
        return line
    line.append(f", {size_text(body.body_bytes)}, {body.digest[:12]}", style="dim")
    for flag, word in ((body.rerendered, "re-rendered"), (body.loaded_by is None, "not loaded")):
        line.append(f", {word}" if flag else "", style="dim")
    line.append(f", same answer {body.checks} times" if body.checks > 1 else "", style="dim")
    if not body.is_there:
        line.append(", LOST", style="bold red")
    return line


def _schedule(console: Console, check: ScheduleCheck, most: int | None) -> None:
    lines = []
    # What was taken off the date comes first: a cut list must not hide it.
    for version in sorted(check.versions, key=lambda v: v.is_listed and not v.is_postponed):
        line = Text(f"{version.game} {version.game_id} known {instant_text(version.known_at)}: ")
        words = [version.status_text, f"tip {instant_text(version.tip_at) or 'to be determined'}"]
        words += ["postponed"] * version.is_postponed + ["not listed"] * (not version.is_listed)
        line.append(", ".join(words + [version.reason or ""] * bool(version.reason)), style="dim")
        lines.append(line)
    witness = check.second_witness
    if witness is None:
        lines.append(Text("second witness: no odds listing of that date", style="dim"))
    else:
        said = f"second witness: odds listing of {instant_text(witness.snapshot_at)} shows "
        said += count_text(len(witness.listed), "game")
        for word, pairs in (
            ("only there", witness.only_listing),
            ("only in the schedule", witness.only_schedule),
        ):
            said += f"; {word}: {', '.join(pairs)}" if pairs else ""
        lines.append(Text(said))
    # The witness line comes last and must not be cut.
    _section(
        console,
        f"schedule check: {count_text(check.games, 'game')}",
        lines if most is None else [*lines[:-1][:most], lines[-1]],
        None,
    )


def _gate(gate: GateLine) -> Text:
    line = Text(f"{gate.upstream}: {gate.held} of {gate.expected} held, {gate.decision}")
    line.append(f" {instant_text(gate.decided_at)} (run {gate.run_id})", style="dim")
    if gate.override_reason is not None:
        line.append(f"; passed because: {gate.override_reason}")
    names = ", ".join(gate.missing[:6]) + (", ..." if len(gate.missing) > 6 else "")
    return line.append(f"; missing {names}" if gate.missing else "")


def _transitions(view: ExplainView, *, every_key: bool) -> list[Text]:
    """Changes of state, oldest first; alike changes of one instant in one line, or each by name."""
    names = {key.key: key.name for key in view.keys}
    grouped: dict[tuple[Any, ...], list[TransitionLine]] = {}
    for change in view.transitions:
        alike = (change.judged_at, change.from_state, change.to_state, change.reason)
        grouped.setdefault((*alike, change.key) if every_key else alike, []).append(change)
    lines = []
    for changes in grouped.values():
        first = changes[0]
        one = names.get(first.key, first.key)
        who = one if len(changes) == 1 else count_text(len(changes), "key")
        line = Text(f"{instant_text(first.judged_at)} ", style="dim")
        line.append(f"{who}: {first.from_state or 'new'} -> ", style="not dim")
        line.append(first.to_state, style="not dim " + VERDICT_STYLES.get(first.to_state, ""))
        line.append(f" ({first.reason})" if first.reason else "", style="not dim")
        lines.append(line)
    return lines


def _section(console: Console, title: str, lines: Sequence[Text], most: int | None) -> None:
    if not lines:
        return
    console.print(Text(title, style="bold"))
    for line in lines[:most]:
        console.print(Text("  ") + line)
    if most is not None and len(lines) > most:
        console.print(f"  and {len(lines) - most:,} more (--all)", style="dim")


def show_runs(console: Console, runs: Sequence[RunLine]) -> None:
    """Print runs, one or two lines each."""
    if not runs:
        console.print("No runs.")
    for run in runs:
        console.print(_run(run))


def _run(run: RunLine) -> Text:
    line = Text(f"{instant_text(run.opened_at)} ", style="dim")
    line.append(f"{run.dataset} {days_text(run.first_date, run.last_date)} ", style="not dim")
    line.append(run.state, style="not dim " + _RUN_STYLES.get(run.state, ""))
    words = [_rows(run)]
    if run.keys_expected is not None:
        words.append(f"{run.keys_held or 0} of {count_text(run.keys_expected, 'key')}")
    if run.reason:
        words.append(run.reason)
    if run.closed_at is not None:
        words.append(span_text(run.closed_at - run.opened_at))
    words += [f"{run.trigger}, attempt {run.attempt}", run.run_id]
    line.append(": " + ", ".join(words), style="not dim")
    if run.force_reason:
        line.append(f"\n    forced: {run.force_reason}", style="not dim yellow")
    if run.error_text:
        line.append(f"\n    {run.error_text}", style="not dim red")
    return line


def _rows(run: RunLine) -> str:
    if run.rows_written is None:
        return "rows not reported"
    gone = f", {count_text(run.rows_deleted, 'row')} deleted" if run.rows_deleted else ""
    return f"{count_text(run.rows_written, 'row')} written{gone}"


def show_answer(console: Console, answer: Answer) -> None:
    """Print a query's result as a table."""
    table = new_table()
    for column in answer.columns:
        table.add_column(Text(column), overflow="fold")
    for row in answer.rows:
        table.add_row(*(_shown(value) for value in row))
    console.print(table)
    cut = " (more: --limit, or --json for all)" if answer.is_cut else ""
    console.print(f"{count_text(len(answer.rows), 'row')}{cut}", style="dim")


def _shown(value: Any) -> Text:
    if value is None:
        return Text("NULL", style="dim")
    return Text(f"{value:.4g}" if isinstance(value, float) else str(value))
