"""What was said against what is true, key by key: differences, losses, alarms, healing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from fullcourt.nba.calendar import game_date_of
from fullcourt.rehearsal.report import Difference, Gap, LateKey, Minutes
from fullcourt.rehearsal.seen import SaidStates
from fullcourt.simulator.oracle.campaign import healable_by
from fullcourt.simulator.oracle.truth import Oracle
from fullcourt.simulator.oracle.words import FEEDS, CellId, Held, Truth
from fullcourt.simulator.worldspec import OursFault

LOSS = frozenset({"missing", "unrecoverable", "suspect"})
ALARM = frozenset({"missing", "suspect", "stale", "unverifiable", "unrecoverable"})
_QUIET = frozenset({"complete", "retired", "not_due"})
_TROUBLE = frozenset({"missing", "suspect", "stale"})
_WITH_CAUSE = frozenset({"missing", "unrecoverable", "suspect"})
# Dates so far back are looked at when something of them changes, and once a day.
_RECENT = timedelta(days=3)
_RAW = ("schedule", "player_box_scores", "odds_player_props")
KeyId = tuple[CellId, str]


@dataclass(slots=True)
class _Episode:
    """A difference while it lasts."""

    first_at: datetime
    last_at: datetime
    why: str
    times: int = 1


@dataclass(slots=True)
class _Memo:
    """The last comparison of a cell."""

    truth: Mapping[str, Truth]
    said: SaidStates
    wrong: tuple[tuple[str, str | None, frozenset[str]], ...]


@dataclass(slots=True)
class Comparison:
    """Compares again and again; counts over the whole rehearsal."""

    oracle: Oracle
    ours: Sequence[OursFault] = ()
    compared: int = 0
    different: int = 0
    cells: set[CellId] = field(default_factory=set)
    healed: Counter[str] = field(default_factory=Counter)
    late: list[LateKey] = field(default_factory=list)
    _memos: dict[CellId, _Memo] = field(default_factory=dict)
    _episodes: dict[tuple[CellId, str, str | None, frozenset[str]], _Episode] = field(
        default_factory=dict
    )
    _lost_since: dict[KeyId, datetime | None] = field(default_factory=dict)
    _trouble_since: dict[KeyId, datetime] = field(default_factory=dict)
    _detected: list[float] = field(default_factory=list)
    _healed: list[float] = field(default_factory=list)
    _swept: date | None = None

    def compare(
        self, at: datetime, held: Held, said: Mapping[CellId, SaidStates], changed: set[CellId]
    ) -> None:
        """Compare every cell that may have changed at `at` (the home's clock)."""
        today = game_date_of(at)
        everything = self._swept != today
        self._swept = today
        # What a date holds changes the truth of its other cells too.
        days = {day for _, day in changed}
        for cell in self.oracle.cells(at):
            self.cells.add(cell)
            recent = cell[1] >= today - _RECENT
            if not (everything or recent or cell[1] in days):
                continue
            truth = self.oracle.truth(*cell, at, held)
            states = said.get(cell, {})
            if self.oracle.sleeps(*cell, at, held) and not _alarms(states):
                # Who the players of a slate will be is not settled before its time: a verdict may
                # name those of an earlier look. What it says of a game must be true all the same.
                truth, states = _by_game(truth, states)
            self._compare_cell(cell, at, truth, states)

    def _compare_cell(
        self, cell: CellId, at: datetime, truth: Mapping[str, Truth], said: SaidStates
    ) -> None:
        memo = self._memos.get(cell)
        keys = truth.keys() | said.keys() if len(truth) != len(said) else truth.keys()
        self.compared += len(keys)
        if memo is not None and memo.truth is truth and memo.said is said:
            self.different += len(memo.wrong)
            for key, word, states in memo.wrong:
                episode = self._episodes[cell, key, word, states]
                episode.last_at, episode.times = at, episode.times + 1
            return
        keys = truth.keys() | said.keys()
        for key in memo.truth.keys() - keys if memo is not None else ():
            # Teams stand for players nobody knew yet; a key that is gone is nobody's trouble.
            self._lost_since.pop((cell, key), None)
            self._trouble_since.pop((cell, key), None)
        wrong = tuple(self._wrong(cell, at, truth, said, sorted(keys)))
        self.different += len(wrong)
        self._memos[cell] = _Memo(truth, said, wrong)

    def _wrong(
        self,
        cell: CellId,
        at: datetime,
        truth: Mapping[str, Truth],
        said: SaidStates,
        keys: Sequence[str],
    ) -> Iterator[tuple[str, str | None, frozenset[str]]]:
        for key in keys:
            true, words = truth.get(key), said.get(key)
            self._follow(cell, key, at, true, words)
            if _agrees(true, words):
                continue
            word = None if words is None else _shown(words)
            states = frozenset() if true is None else true.states
            why = "no such key is owed" if true is None else true.why
            if true is not None and words is not None and words[0] in true.states:
                why = f"{why}; cause must be one of {', '.join(sorted(true.causes or ()))}"
            token = (cell, key, word, states)
            episode = self._episodes.get(token)
            if episode is None:
                self._episodes[token] = _Episode(at, at, why)
            else:
                episode.last_at, episode.times = at, episode.times + 1
            yield key, word, states

    def _follow(
        self,
        cell: CellId,
        key: str,
        at: datetime,
        true: Truth | None,
        words: tuple[str, str | None] | None,
    ) -> None:
        """Since when a key is lost or troubled; when that was seen, and when it was over."""
        name = (cell, key)
        if true is not None and true.states <= LOSS:
            since = self._lost_since.setdefault(name, at)
            if words is not None and words[0] in ALARM and since is not None:
                self._detected.append((at - since).total_seconds() / 60)
                self._lost_since[name] = None
        else:
            self._lost_since.pop(name, None)
        if true is not None and true.states <= _TROUBLE:
            self._trouble_since.setdefault(name, at)
            return
        troubled = self._trouble_since.pop(name, None)
        if troubled is not None and true is not None and true.states == {"complete"}:
            self._note_healed(cell, key, troubled, at)

    def _note_healed(self, cell: CellId, key: str, since: datetime, at: datetime) -> None:
        dataset, day = cell
        how = "retry" if dataset in FEEDS else "archive" if dataset in _RAW else "recompute"
        self.healed[how] += 1
        ends = [f.end for f in self.oracle.faults if f.start <= at and since - _A_DAY < f.end <= at]
        if dataset in FEEDS and ends:
            self._healed.append((at - max(ends)).total_seconds() / 60)
        by = self._healable_by(dataset, day, key, since, at)
        if by is not None and at > max(by, since) + _A_TICK:
            self.late.append(LateKey(dataset, day, key, by, at))

    def _healable_by(
        self, dataset: str, day: date, key: str, since: datetime, at: datetime
    ) -> datetime | None:
        """None, too, where a fault of our own side was in the way: no vendor was to recover."""
        if any(f.start < at and f.end > since - _A_DAY for f in self.ours):
            return None
        oracle = self.oracle
        return healable_by(oracle.league, oracle.faults, oracle.policy, dataset, day, key)

    def never_healed(self, at: datetime, held: Held) -> list[LateKey]:
        """Keys in trouble at the end that could have been healed by then."""
        found = []
        for (cell, key), since in sorted(self._trouble_since.items()):
            by = self._healable_by(*cell, key, since, at)
            if by is not None and by + _A_TICK < at:
                found.append(LateKey(*cell, key, by, None))
        return found

    def differences(self) -> tuple[Difference, ...]:
        """Every difference once, the earliest first."""
        found = [
            Difference(
                dataset=cell[0],
                game_date=cell[1],
                key=key,
                first_at=episode.first_at,
                last_at=episode.last_at,
                times=episode.times,
                said=word,
                true=tuple(sorted(states)),
                why=episode.why,
                is_loss_missed=bool(states)
                and states <= LOSS
                and (word is None or _state(word) in _QUIET),
                is_false_alarm=word is not None and _state(word) in ALARM and not states & ALARM,
            )
            for (cell, key, word, states), episode in self._episodes.items()
        ]
        return tuple(sorted(found, key=lambda d: (d.first_at, d.game_date, d.dataset, d.key)))

    def gaps(self, said: Mapping[CellId, SaidStates]) -> tuple[Gap, ...]:
        """What is given up at the end, by cell and cause."""
        found: dict[tuple[date, str, str], list[str]] = {}
        for (dataset, day), keys in said.items():
            for key, (state, cause) in keys.items():
                if state == "unrecoverable":
                    found.setdefault((day, dataset, cause or ""), []).append(key)
        return tuple(
            Gap(dataset, day, cause, tuple(sorted(keys)))
            for (day, dataset, cause), keys in sorted(found.items())
        )

    def missed_predictions(self) -> int:
        """Predictions that were owed and not there at their tip."""
        return sum(
            1
            for (dataset, _), memo in self._memos.items()
            if dataset == "predictions"
            for true in memo.truth.values()
            if "unrecoverable" in true.states
        )

    @property
    def detection(self) -> Minutes:
        """From a loss (first seen by the oracle) to the alarm."""
        return _minutes(self._detected)

    @property
    def healing(self) -> Minutes:
        """From the end of the last fault of a vendor to the keys it held up."""
        return _minutes(self._healed)


_A_DAY = timedelta(days=1)
# Comparisons come with ticks and hours.
_A_TICK = timedelta(hours=1)


def _by_game(
    truth: Mapping[str, Truth], said: SaidStates
) -> tuple[Mapping[str, Truth], SaidStates]:
    """One key a game that both name: all keys of a game that sleeps are in one state."""
    true = {key.partition("/")[0]: found for key, found in truth.items()}
    words = {key.partition("/")[0]: found for key, found in said.items()}
    both = true.keys() & words.keys()
    return {g: true[g] for g in both}, {g: words[g] for g in both}


def _agrees(true: Truth | None, words: tuple[str, str | None] | None) -> bool:
    if true is None or words is None:
        return False
    state, cause = words
    if state not in true.states:
        return False
    return true.causes is None or state not in _WITH_CAUSE or cause in true.causes


def _shown(words: tuple[str, str | None]) -> str:
    state, cause = words
    return f"{state}: {cause}" if cause and state in _WITH_CAUSE else state


def _state(word: str) -> str:
    return word.partition(":")[0]


def _minutes(spans: Sequence[float]) -> Minutes:
    if not spans:
        return Minutes(0, None, None)
    return Minutes(len(spans), round(median(spans), 1), round(max(spans), 1))


def _alarms(said: SaidStates) -> bool:
    return any(state in ALARM | {"complete"} for state, *_ in said.values())
