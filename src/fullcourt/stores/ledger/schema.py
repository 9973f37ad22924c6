"""The ledger's tables (SQLAlchemy Core). Instants are ISO-8601 UTC text, so that SQLite and
PostgreSQL sort and compare them alike; dates are ISO text.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("dataset", String, nullable=False),
    Column("first_date", String, nullable=False),
    Column("last_date", String, nullable=False),
    Column("trigger", String, nullable=False),  # schedule, repair, backfill, cleanup, restore
    Column("attempt", Integer, nullable=False),
    Column(
        "state", String, nullable=False
    ),  # running, succeeded, failed, timed_out, abandoned, skipped
    Column("reason", Text),  # law 4: why a zero
    Column("opened_at", String, nullable=False),
    Column("heartbeat_at", String, nullable=False),
    Column("progress_done", Integer, nullable=False),
    Column("progress_total", Integer),
    Column("progress_note", Text),
    Column("deadline_at", String, nullable=False),
    Column("closed_at", String),
    Column("rows_written", Integer),  # NULL = not reported
    Column("rows_deleted", Integer),
    Column("rows_claimed", Integer),  # what the processor believed; never used for a verdict
    Column("keys_expected", Integer),
    Column("keys_held", Integer),
    Column(
        "keys_asked", LargeBinary
    ),  # (game date, key) pairs: whoever closes a dead run counts them
    Column("input_fingerprint", String),
    Column("code_fingerprint", String, nullable=False),
    Column("snapshot_id", Integer),
    Column("archive_refs", Text),
    Column("error_class", String),
    Column("error_text", Text),
    Column("worker", String, nullable=False),
    Column("repair_id", String),  # the repair it was made for
    Index("runs_by_cell", "dataset", "first_date", "opened_at"),
    Index("runs_by_state", "state"),
)

run_cells = Table(
    "run_cells",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("dataset", String, primary_key=True),
    Column("game_date", String, primary_key=True),
    Column("rows_written", Integer),
    Column("keys_asked", Integer),
    Column("outcome", Text),
    Column("snapshot_id", Integer),
    Index("run_cells_by_cell", "dataset", "game_date"),
)

leases = Table(
    "leases",
    metadata,
    Column("dataset", String, primary_key=True),
    Column("scope", String, primary_key=True),  # a game date, or first..last of a backfill
    Column("epoch", Integer, nullable=False),
    Column("run_id", String),  # NULL: free
    Column("holder", String),
    Column("expires_at", String),
)

key_attempts = Table(
    "key_attempts",
    metadata,
    Column("dataset", String, primary_key=True),
    Column("game_date", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("first_at", String, nullable=False),
    Column("last_at", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("run_id", String, nullable=False),
)

manifests = Table(
    "manifests",
    metadata,
    Column("manifest_id", String, primary_key=True),
    Column("feed", String, nullable=False),
    Column("game_date", String, nullable=False),
    Column("key", String, nullable=False),
    Column("vendor", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("outcome", String, nullable=False),
    Column("status", Integer),
    Column("digest", String),
    Column("body_bytes", Integer, nullable=False),
    Column("wire_bytes", Integer, nullable=False),
    Column("encoding", String, nullable=False),
    Column("rerendered", Integer, nullable=False),
    Column("fetched_at", String, nullable=False),
    Column("known_at", String),
    Column("snapshot_at", String),
    Column("detail", Text, nullable=False),
    Column("run_id", String, nullable=False),
    Column("checks", Integer, nullable=False),  # how often the vendor gave this same answer
    Column("checked_at", String, nullable=False),
    Column("loaded_run_id", String),  # the load that took this body in, or a newer one
    Index("manifests_by_key", "feed", "game_date", "key", "fetched_at"),
    Index("manifests_unloaded", "loaded_run_id", "outcome", "feed"),
)

# What an archived body says it holds: the archive's own testimony about keys.
body_keys = Table(
    "body_keys",
    metadata,
    Column("digest", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

breakers = Table(
    "breakers",
    metadata,
    Column("vendor", String, primary_key=True),
    Column("state", String, nullable=False),  # closed, open, half_open
    Column("failures", Integer, nullable=False),
    Column("opened_at", String),
    Column("retry_at", String),
    Column("last_error", Text),
)

credits = Table(
    "credits",
    metadata,
    Column("vendor", String, primary_key=True),
    Column("remaining", Integer),
    Column("used", Integer),
    Column("last_cost", Integer),
    Column("seen_at", String, nullable=False),
)

cell_verdicts = Table(
    "cell_verdicts",
    metadata,
    Column("dataset", String, primary_key=True),
    Column("game_date", String, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("states", LargeBinary, nullable=False),  # key states, packed
    Column("evidence_digest", String, nullable=False),
    Column("judged_at", String, nullable=False),
    Column("next_change_at", String),
    Column("next_action_at", String),
)

verdict_transitions = Table(
    "verdict_transitions",
    metadata,
    Column("transition_id", Integer, primary_key=True, autoincrement=True),
    Column("dataset", String, nullable=False),
    Column("game_date", String, nullable=False),
    Column("key", String, nullable=False),
    Column("from_state", String),
    Column("to_state", String, nullable=False),
    Column("cause", String),
    Column("reason", Text),
    Column("evidence_digest", String, nullable=False),
    Column("judged_at", String, nullable=False),
    Column("code_fingerprint", String, nullable=False),
    Index("transitions_by_cell", "dataset", "game_date"),
)

gate_log = Table(
    "gate_log",
    metadata,
    Column("gate_id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String, nullable=False),
    Column("dataset", String, nullable=False),
    Column("game_date", String, nullable=False),
    Column("upstream", String, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("coverage", Float),
    Column("missing", Text, nullable=False),  # names, one per line
    Column("decision", String, nullable=False),  # open, warned, closed, overridden
    Column("override_reason", Text),  # why a person let it pass
    Column("decided_at", String, nullable=False),
)

# What people write: appended, never changed.
notes = Table(
    "notes",
    metadata,
    Column("note_id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),  # note, learning, issue, decision
    Column("text", Text, nullable=False),
    Column("game_date", String, nullable=False),  # the day it is about
    Column("severity", String),  # of an issue; NULL = not said
    Column("minutes", Float),  # lost (an issue) or spent; NULL = not said
    Column("closes", Integer),  # the issue it ends
    Column("author", String, nullable=False),
    Column("written_at", String, nullable=False),
)

deployments = Table(
    "deployments",
    metadata,
    Column("service", String, primary_key=True),
    Column("revision", String, primary_key=True),
    Column("commit_id", String, nullable=False),
    Column("is_dirty", Integer),  # NULL: not said
    Column("started_at", String),
    Column("finished_at", String),
    Column("fingerprint", String),  # code, or code+configuration; NULL: not known yet
    Column("recorded_at", String, nullable=False),
)

# A repair outlives the process that began it: called again it goes on, and proves the whole of it.
repairs = Table(
    "repairs",
    metadata,
    Column("repair_id", String, primary_key=True),
    Column("scope", Text, nullable=False),  # what was named; empty: every alarm
    Column("force_reason", Text),  # why it goes past budgets, horizons and gates
    Column("opened_at", String, nullable=False),
    Column("closed_at", String),  # NULL: not brought to its end yet
    Column("is_whole", Integer),  # whether everything named was whole at its end
    Column("before", LargeBinary, nullable=False),  # the named cells as they were, packed
)

# One row a cause from the time it was first seen until it was gone; the cause may come again.
alert_incidents = Table(
    "alert_incidents",
    metadata,
    Column("incident_id", Integer, primary_key=True, autoincrement=True),
    Column("cause", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("patience_s", Float, nullable=False),
    Column("first_seen_at", String, nullable=False),
    Column("last_seen_at", String, nullable=False),
    Column("seen", Integer, nullable=False),  # watches that saw it
    Column("said_at", String),  # the last alert or reminder; NULL: nothing was said yet
    Column("gone_since", String),  # the first watch that did not see it any more
    Column("closed_at", String),  # NULL: open
    Index("alert_incidents_by_cause", "closed_at", "cause"),
)

alert_notices = Table(
    "alert_notices",
    metadata,
    Column("notice_id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),  # alert, reminder, recovery, summary
    Column("cause", String),  # NULL: a summary
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", String, nullable=False),
)

# A channel's address is a secret: only its digest is kept, and what may be shown of it.
alert_channels = Table(
    "alert_channels",
    metadata,
    Column("channel", String, primary_key=True),  # digest of the address
    Column("shown", String, nullable=False),  # scheme, and the host where that is no secret
    Column("added_at", String, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("broken_since", String),
    Column("retry_at", String),
    Column("last_ok_at", String),
    Column("last_error", Text),
    Column("removed_at", String),  # no longer configured
)

alert_deliveries = Table(
    "alert_deliveries",
    metadata,
    Column("notice_id", Integer, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("state", String, nullable=False),  # pending, sending, sent, given_up, unproven
    Column("attempts", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),  # senders lost between sending and recording
    Column("sender", String),
    Column("sending_until", String),
    Column("ended_at", String),
    Index("alert_deliveries_by_state", "state", "channel"),
)

prediction_breaker = Table(
    "prediction_breaker",
    metadata,
    Column("name", String, primary_key=True),
    Column("state", String, nullable=False),  # closed, open, half_open
    Column("failed", Text, nullable=False),  # game dates of the failed slates in a row
    Column("openings", Integer, nullable=False),  # in a row
    Column("opened_at", String),
    Column("retry_on", String),  # the first game date that may be tried again
    Column("read_through", String, nullable=False),  # slates up to this date have been counted
)

prediction_breaker_log = Table(
    "prediction_breaker_log",
    metadata,
    Column("change_id", Integer, primary_key=True, autoincrement=True),
    Column("from_state", String, nullable=False),
    Column("to_state", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String, nullable=False),  # rule, or person
    Column("changed_at", String, nullable=False),
)

prediction_holds = Table(
    "prediction_holds",
    metadata,
    Column("game_date", String, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("failed", Text, nullable=False),  # game dates of the slates that failed
    Column("held_at", String, nullable=False),
    Column("released_at", String),
    Column("override_reason", Text),  # why a person let the date pass
)
