"""`watch`, and what `status` says of it, as a person reads it."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.text import Text

from fullcourt.cli.printing import count_text, instant_text, new_table
from fullcourt.reports.watch import ProbeView, WatchState, WatchView

_CONTROLLER_STYLES = {"serving": "green", "dead": "bold red", "stopped": "yellow", "never": "dim"}
_BREAKER_STYLES = {"closed": "green", "open": "bold red", "half_open": "yellow"}
_CHANNEL_STYLES = {"ok": "green", "broken": "bold red", "untried": "dim"}
_NOTICE_STYLES = {"alert": "bold red", "reminder": "yellow", "recovery": "green"}


def show_watch(console: Console, view: WatchView) -> None:
    """Print what the watch did, then what stands."""
    console.print(Text(f"{view.home}, watched {instant_text(view.now)}", "bold"), soft_wrap=True)
    for one in view.ended:
        said = "ended" if one.is_gone else "CANNOT BE ENDED"
        console.print(f"  worker of {one.dataset}, run {one.run_id}: {said}", soft_wrap=True)
    for cell in view.closed:
        console.print(f"  a dead run of {cell} is closed", soft_wrap=True)
    for change in view.breaker_changes:
        console.print(Text(f"  prediction breaker {change}"), soft_wrap=True)
    for notice in view.notices:
        line = Text(f"  {notice.kind}: ", style=_NOTICE_STYLES.get(notice.kind, "bold"))
        console.print(line + Text(notice.title), soft_wrap=True)
    show_state(console, view.state)


def show_state(console: Console, state: WatchState) -> None:
    """Print the controller, the breaker, the open causes and the channels."""
    console.print(_controller(state), soft_wrap=True)
    console.print(_breaker(state), soft_wrap=True)
    if state.incidents:
        table = new_table(count_text(len(state.incidents), "open cause"))
        table.add_column("since", no_wrap=True)
        table.add_column("watches", justify="right")
        table.add_column("what", overflow="fold", ratio=1)
        for line in state.incidents:
            what = Text(line.title) + Text(f"\nnext: {line.next_step}", style="dim")
            table.add_row(instant_text(line.since), f"{line.seen:,}", what)
        console.print(table)
    else:
        console.print(Text("nothing is open", style="green"))
    _show_channels(console, state)


def _show_channels(console: Console, state: WatchState) -> None:
    if state.channels_error is not None:
        console.print(Text(f"channels: {state.channels_error}", style="bold red"), soft_wrap=True)
    if not state.channels:
        console.print(Text("no alert channel: causes are kept here only", style="yellow"))
        return
    table = new_table("alert channels")
    for name in ("channel", "address", "state", "notices", "last word"):
        table.add_column(name, overflow="fold")
    for line in state.channels:
        counts = {
            "sent": line.sent,
            "pending": line.pending,
            "given up": line.given_up,
            "unproven": line.unproven,
        }
        said = line.last_error or ""
        if line.broken_since is not None:
            said += f", {count_text(line.failures, 'failure')} since "
            said += instant_text(line.broken_since)
        elif line.last_ok_at is not None:
            said = f"took a notice {instant_text(line.last_ok_at)}"
        table.add_row(
            line.channel,
            line.shown,
            Text(line.state, style=_CHANNEL_STYLES[line.state]),
            ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "none",
            said,
        )
    console.print(table)


def standing_lines(state: WatchState) -> list[RenderableType]:
    """What `status` has to say of the watch: nothing when all is well."""
    found: list[RenderableType] = []
    if state.controller.state == "dead":
        found.append(_controller(state))
    if state.breaker.state != "closed":
        found.append(_breaker(state))
    if state.channels_error is not None:
        found.append(Text(f"alert channels: {state.channels_error}", style="bold red"))
    found += [
        Text(f"alert channel {line.shown} ({line.channel}): broken: {line.last_error}", "bold red")
        for line in state.channels
        if line.state == "broken"
    ]
    return found


def show_probe(console: Console, view: ProbeView) -> None:
    """Print how a test message went."""
    if view.channels_error is not None:
        console.print(Text(f"channels: {view.channels_error}", style="bold red"), soft_wrap=True)
    for line in view.channels:
        word = Text("took it", "green") if line.error is None else Text(line.error, "bold red")
        console.print(Text(f"{line.shown}: ") + word, soft_wrap=True)
    if not view.channels and view.channels_error is None:
        console.print(Text("no alert channel is configured", style="yellow"))


def _controller(state: WatchState) -> Text:
    style = _CONTROLLER_STYLES[state.controller.state]
    return Text(f"controller {state.controller.state}: ", style) + Text(state.controller.sentence)


def _breaker(state: WatchState) -> Text:
    line = state.breaker
    said = Text(f"prediction breaker {line.state}", _BREAKER_STYLES[line.state])
    if line.state != "closed":
        held = ", ".join(day.isoformat() for day in line.held_dates) or "no date"
        said += Text(f": {line.reason}; holds back {held}; tried again from {line.retry_on} on")
    elif line.failed:
        said += Text(f", {count_text(len(line.failed), 'failed slate')} in a row")
    return said
