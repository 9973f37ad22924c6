"""Deployments: what somebody recorded, matched to what the runs show. Pure.

Law 11: "deployed" is what ran. A recorded deployment is a label; a successful run of its
fingerprint since it began verifies it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fullcourt.trust.lanes import EARLIEST, Seen, arrivals, spells

if TYPE_CHECKING:
    from fullcourt.stores.ledger.deployments import Deployment, SeenRun

EVERY_PHASE = "every phase"


@dataclass(frozen=True, slots=True)
class DeploymentSeen:
    """One deployment: recorded, seen, or both. Instants are UTC.

    `subject`: the service, or the phase of one nobody recorded; `covers`: whose runs verify it.
    `before`, `after`: revisions, or fingerprints where nobody gave a revision; `before` is null
    when nothing is known of it. `commit`, `is_dirty`, `started_at`, `finished_at`, `recorded_at`
    are null where not recorded, `first_seen`, `last_seen` where it never ran. `runs`: those of its
    fingerprint since it began. `why`: what proves it, or what is missing.
    """

    subject: str
    covers: str
    before: str | None
    after: str
    commit: str | None
    is_dirty: bool | None
    fingerprint: str | None
    started_at: datetime | None
    finished_at: datetime | None
    recorded_at: datetime | None
    first_seen: datetime | None
    last_seen: datetime | None
    runs: int
    seen_in: tuple[str, ...]
    verified_by: str | None
    verified_at: datetime | None
    is_verified: bool
    why: str

    @property
    def at(self) -> datetime:
        """When it took place, as far as is known."""
        known = (self.finished_at, self.first_seen, self.started_at, self.recorded_at)
        return next((at for at in known if at is not None), EARLIEST)


def coverage(service: str, phases: Mapping[str, str]) -> str:
    """Whose runs verify a service: a phase, a dataset, or every phase when it is called neither.

    A phase is known by its name, its number, or both (`scrape`, `1`, `1 scrape`).
    """
    word = service.strip().lower()
    if word in phases:
        return word
    for phase in phases.values():
        if word in (phase, *phase.split()):
            return phase
    return EVERY_PHASE


def deployments(
    recorded: Sequence[Deployment], runs: Sequence[SeenRun], phases: Mapping[str, str]
) -> tuple[DeploymentSeen, ...]:
    """Recorded deployments matched to the runs (oldest first), and those only seen; newest first.

    `phases`: dataset to phase.
    """
    order = sorted(recorded, key=_recorded_order)
    by_phase = {
        phase: arrivals(spells([r for r in runs if phases.get(r.dataset) == phase], phases), phase)
        for phase in sorted(set(phases.values()))
    }
    made = [
        _recorded(label, order[:place], order[place + 1 :], runs, phases)
        for place, label in enumerate(order)
    ]
    made += [
        _unrecorded(seen)
        for phase, came in by_phase.items()
        for seen in came
        if not any(_explains(label, seen, phases) for label in order)
    ]
    return tuple(sorted(made, key=lambda d: (d.at, d.subject), reverse=True))


def _recorded_order(label: Deployment) -> datetime:
    return label.finished_at or label.started_at or label.recorded_at or EARLIEST


def _began(label: Deployment) -> datetime:
    return label.started_at or label.finished_at or EARLIEST


def _is_of(fingerprint: str, label: Deployment) -> bool:
    """Whether a run's fingerprint is the one on record, which may name the code's alone."""
    known = label.fingerprint
    return known is not None and known in (fingerprint, fingerprint.partition("+")[0])


def _explains(label: Deployment, seen: Seen, phases: Mapping[str, str]) -> bool:
    covers = coverage(label.service, phases)
    is_there = covers in (EVERY_PHASE, seen.where)
    return is_there and _is_of(seen.fingerprint, label) and seen.last_at >= _began(label)


def _recorded(
    label: Deployment,
    earlier: Sequence[Deployment],
    later: Sequence[Deployment],
    runs: Sequence[SeenRun],
    phases: Mapping[str, str],
) -> DeploymentSeen:
    covers = coverage(label.service, phases)
    there = [r for r in runs if covers in (EVERY_PHASE, phases.get(r.dataset), r.dataset)]
    # Deployed again under another revision, it is that one's runs from then on.
    again = (_began(n) for n in later if n.service == label.service and _is_same(n, label))
    until = min((at for at in again if at > EARLIEST), default=None)
    own = [
        run
        for run in there
        if _is_of(run.fingerprint, label)
        and run.opened_at >= _began(label)
        and (until is None or run.opened_at < until)
    ]
    proof = next((run for run in own if run.state == "succeeded"), None)
    return DeploymentSeen(
        subject=label.service,
        covers=covers,
        before=_before(label, earlier, own, there),
        after=label.revision,
        commit=label.commit,
        is_dirty=label.is_dirty,
        fingerprint=label.fingerprint,
        started_at=label.started_at,
        finished_at=label.finished_at,
        recorded_at=label.recorded_at,
        first_seen=own[0].opened_at if own else None,
        last_seen=own[-1].opened_at if own else None,
        runs=len(own),
        seen_in=tuple(sorted({phases.get(run.dataset, run.dataset) for run in own})),
        verified_by=proof.run_id if proof else None,
        verified_at=proof.opened_at if proof else None,
        is_verified=proof is not None,
        why=_why(label, covers, len(own), proof.run_id if proof else None),
    )


def _is_same(one: Deployment, other: Deployment) -> bool:
    return one.fingerprint is not None and one.fingerprint == other.fingerprint


def _before(
    label: Deployment,
    earlier: Sequence[Deployment],
    own: Sequence[SeenRun],
    there: Sequence[SeenRun],
) -> str | None:
    """The revision recorded before, else the fingerprint that ran there before; None: neither."""
    same = [one for one in earlier if one.service == label.service]
    if same:
        return same[-1].revision
    until = own[0].opened_at if own else label.finished_at or label.started_at
    ran = [r for r in there if until is None or r.opened_at < until]
    others = [r.fingerprint for r in ran if not _is_of(r.fingerprint, label)]
    return others[-1] if others else None


def _why(label: Deployment, covers: str, runs: int, proof: str | None) -> str:
    if proof is not None:
        return f"run {proof} of this fingerprint succeeded"
    if label.fingerprint is None:
        return "no fingerprint is on record: no run can be matched to it"
    if runs:
        return f"{_runs(runs)} of this fingerprint, none succeeded"
    since = " since it began" if _began(label) > EARLIEST else ""
    return f"this fingerprint never ran in {covers}{since}"


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _unrecorded(seen: Seen) -> DeploymentSeen:
    is_verified = seen.verified_by is not None
    return DeploymentSeen(
        subject=seen.where,
        covers=seen.where,
        before=seen.before,
        after=seen.fingerprint,
        commit=None,
        is_dirty=None,
        fingerprint=seen.fingerprint,
        started_at=None,
        finished_at=None,
        recorded_at=None,
        first_seen=seen.first_at,
        last_seen=seen.last_at,
        runs=seen.runs,
        seen_in=(seen.where,),
        verified_by=seen.verified_by,
        verified_at=seen.verified_at,
        is_verified=is_verified,
        why=f"run {seen.verified_by} of this fingerprint succeeded"
        if is_verified
        else f"{_runs(seen.runs)} of this fingerprint, none succeeded",
    )
