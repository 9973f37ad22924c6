"""The audit of somebody else's pipeline, as a configuration describes it."""

from __future__ import annotations

from datetime import date

import duckdb

from fullcourt.audit.configuration import AuditConfig, ProcessorConfig
from fullcourt.audit.engine import Audited, audit, prepare, span
from fullcourt.audit.expected import derive
from fullcourt.audit.relations import create_relations
from fullcourt.audit.result import AuditView
from fullcourt.audit.sources import fill
from fullcourt.audit.states import find_causes, judge_keys, number_cells
from fullcourt.clock import SystemClock, elapsed_timer


def audit_foreign(
    config: AuditConfig,
    *,
    trust_config: bool,
    all_runs: bool = False,
    first: date | None = None,
    last: date | None = None,
) -> AuditView:
    """Read what the configuration names, derive what was owed, judge it, and class every run.

    `first` and `last` (Eastern dates, both included) default to those of the history.

    Raises:
        SettingsError: the configuration and what it names do not fit; by file and line or row.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        create_relations(connection)
        began = elapsed_timer()
        complaints = fill(connection, config, trust_config=trust_config)
        return audit_relations(
            connection,
            config,
            trust_config=trust_config,
            all_runs=all_runs,
            first=first,
            last=last,
            complaints=complaints,
            seconds={"read": elapsed_timer() - began},
        )


def audit_relations(
    connection: duckdb.DuckDBPyConnection,
    config: AuditConfig,
    *,
    trust_config: bool = False,
    all_runs: bool = False,
    most: int | None = None,
    first: date | None = None,
    last: date | None = None,
    complaints: tuple[str, ...] = (),
    seconds: dict[str, float] | None = None,
) -> AuditView:
    """The same, of relations that are filled already (runs, games, held, objects).

    Raises:
        SettingsError: a rule of the configuration does not fit its table.
    """
    began = elapsed_timer()
    times = dict(seconds or {})
    now = config.now or SystemClock().now()
    processors = [_audited(config, each) for each in config.processors]
    prepare(connection, processors)
    derive(connection, config, now, trust_config=trust_config)
    times["expected"] = elapsed_timer() - began
    first, last = span(connection, first, last)
    number_cells(connection, now, first, last)
    find_causes(connection)
    judge_keys(connection)
    times["judged"] = elapsed_timer() - began
    return audit(
        connection,
        config.name,
        str(config.path),
        now,
        processors,
        first=first,
        last=last,
        all_runs=all_runs,
        most=most,
        complaints=complaints,
        seconds=times,
    )


def _audited(config: AuditConfig, processor: ProcessorConfig) -> Audited:
    tables = {table.name: table for table in config.tables}
    listings = {t for t in processor.fills if t in tables and tables[t].is_listing}
    feeds = [processor.archive, *sorted(listings)] if processor.archive else sorted(listings)
    is_daily = any(feed in tables and not tables[feed].unit for feed in feeds)
    minutes = processor.longest_minutes
    return Audited(
        name=processor.name,
        fills=processor.fills,
        listings=frozenset(listings),
        archive=processor.archive,
        is_archive_daily=is_daily,
        upstream=processor.upstream,
        longest_s=None if minutes is None else minutes * 60,
    )
