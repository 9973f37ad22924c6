"""The JSON document of each command: the shapes `docs/cli.md` is generated from."""

from __future__ import annotations

from fullcourt.audit.result import AuditView
from fullcourt.cli.audit import AuditInitView
from fullcourt.cli.demo import DemoView
from fullcourt.cli.replay import ReplayView
from fullcourt.rehearsal.report import SimulationReport
from fullcourt.reports.datasets import DatasetsView
from fullcourt.reports.doctor import DoctorView
from fullcourt.reports.explain import ExplainView
from fullcourt.reports.grid import StatusView
from fullcourt.reports.homes import HomeView
from fullcourt.reports.inventory import InventoryView
from fullcourt.reports.runs import RunsView
from fullcourt.reports.unresolved import AliasAdded, UnresolvedView
from fullcourt.reports.work import BackfillView, PlanView, WorkView

DOCUMENTS: dict[str, tuple[tuple[str, type], ...]] = {
    "init": (("", HomeView),),
    "datasets": (("", DatasetsView),),
    "doctor": (("", DoctorView),),
    "run": (("", WorkView),),
    "serve": (("one document per tick that did something", WorkView),),
    "backfill": (("", BackfillView), ("with `--plan`", PlanView)),
    "status": (("", StatusView),),
    "explain": (("", ExplainView),),
    "runs": (("", RunsView),),
    "inventory": (("", InventoryView),),
    "audit": (("", AuditView),),
    "audit init": (("", AuditInitView),),
    "replay": (("", ReplayView),),
    "demo": (("", DemoView),),
    "simulate": (("", SimulationReport),),
    "players unresolved": (("", UnresolvedView),),
    "players alias": (("", AliasAdded),),
}
"""Command -> its documents, each with when it is printed. `sql` prints a list of row objects."""
