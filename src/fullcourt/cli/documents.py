"""The JSON document of each command: the shapes `docs/cli.md` is generated from."""

from __future__ import annotations

from fullcourt.audit.result import AuditView
from fullcourt.cli.audit import AuditInitView
from fullcourt.cli.demo import DemoView
from fullcourt.cli.replay import ReplayView
from fullcourt.operations.backup import BackupView
from fullcourt.operations.prune import PruneView
from fullcourt.operations.rebuild import RebuildView
from fullcourt.operations.restore import HomeRestored
from fullcourt.rehearsal.report import SimulationReport
from fullcourt.reports.budget import BudgetView
from fullcourt.reports.cleanup import CleanupView, RestoreView
from fullcourt.reports.datasets import DatasetsView
from fullcourt.reports.deployments import DeploymentRecorded, DeploymentsView
from fullcourt.reports.doctor import DoctorView
from fullcourt.reports.explain import ExplainView
from fullcourt.reports.grid import StatusView
from fullcourt.reports.history import ExportView, FetchView, ImportView
from fullcourt.reports.homes import HomeView
from fullcourt.reports.inventory import InventoryView
from fullcourt.reports.monitor import MonitorView
from fullcourt.reports.notes import NotesView
from fullcourt.reports.progress.view import ProgressView
from fullcourt.reports.repair import RepairPlanView, RepairView
from fullcourt.reports.runs import RunsView
from fullcourt.reports.unresolved import AliasAdded, UnresolvedView
from fullcourt.reports.watch import ProbeView, WatchView
from fullcourt.reports.work import BackfillView, PlanView, WorkView
from fullcourt.stores.ledger.notes import Note

DOCUMENTS: dict[str, tuple[tuple[str, type], ...]] = {
    "init": (("", HomeView),),
    "datasets": (("", DatasetsView),),
    "doctor": (("", DoctorView), ("with `--budget`", BudgetView)),
    "run": (("", WorkView),),
    "serve": (("one document per tick that did something", WorkView),),
    "backfill": (("", BackfillView), ("with `--plan`", PlanView)),
    "status": (("", StatusView),),
    "watch": (("", WatchView), ("with `--probe`", ProbeView)),
    "explain": (("", ExplainView),),
    "runs": (("", RunsView),),
    "inventory": (("", InventoryView),),
    "monitor": (("", MonitorView),),
    "report": (("", ProgressView),),
    "deployments": (("", DeploymentsView),),
    "deployments record": (("", DeploymentRecorded),),
    "repair": (("without `--apply`", RepairPlanView), ("with `--apply`", RepairView)),
    "cleanup": (("", CleanupView), ("with `--restore`", RestoreView)),
    "backup": (("", BackupView),),
    "restore": (("", HomeRestored),),
    "rebuild": (("", RebuildView),),
    "prune": (("", PruneView),),
    "audit": (("", AuditView),),
    "audit init": (("", AuditInitView),),
    "history import": (("", ImportView),),
    "history fetch": (("", FetchView),),
    "export": (("", ExportView),),
    "replay": (("", ReplayView),),
    "demo": (("", DemoView),),
    "simulate": (("", SimulationReport),),
    "players unresolved": (("", UnresolvedView),),
    "players alias": (("", AliasAdded),),
    "note add": (("", Note),),
    "note list": (("", NotesView),),
}
"""Command -> its documents, each with when it is printed. `sql` prints a list of row objects."""
