"""The rules of the house that no linter has: functions from a syntax tree to its violations."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import dotted, imported_names, references

REAL_TIME = frozenset(
    {
        *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
        "datetime.date.today",
        *(
            f"time.{name}{ns}"
            for name in ("time", "monotonic", "perf_counter", "process_time")
            for ns in ("", "_ns")
        ),
        *(f"time.{name}" for name in ("sleep", "localtime", "gmtime", "ctime", "strftime")),
    }
)
TIMERS = frozenset(
    {
        "fullcourt.clock.elapsed_timer",
        *(f"time.{name}{ns}" for name in ("perf_counter", "process_time") for ns in ("", "_ns")),
    }
)
NAIVE = {
    "datetime.datetime.utcnow": "gives a naive instant",
    "datetime.datetime.utcfromtimestamp": "gives a naive instant",
}
# Right where the function sees to the zone itself (vendors write Eastern times bare).
MAYBE_NAIVE = {
    "datetime.datetime.min": "is naive",
    "datetime.datetime.max": "is naive",
    "datetime.datetime.fromisoformat": "may be naive: use fullcourt.clock.parse_instant",
}
ZONE_AT = {"datetime.datetime": 7, "datetime.datetime.fromtimestamp": 1}
BLIND = frozenset({"Exception", "BaseException"})

Violations = Iterator[tuple[ast.AST, str]]


def real_time_reads(module: ast.Module) -> Violations:
    """Uses of the machine's clock."""
    for node, name in references(module):
        if name in REAL_TIME:
            yield node, f"{name} reads real time: ask the Clock"


def timed_tests(module: ast.Module) -> Violations:
    """Timers in tests: speed is a benchmark's business. Deadlines are watched by `monotonic`."""
    for node, name in references(module):
        if name in TIMERS:
            yield node, f"{name} times a test: measure it in bench/"


def naive_instants(module: ast.Module) -> Violations:
    """Instants that are made without a time zone, or stripped of it."""
    names = imported_names(module)
    zoned = _nodes_that_see_to_the_zone(module)
    for used, name in references(module):
        if name in NAIVE:
            yield used, f"{name} {NAIVE[name]}"
        if name in MAYBE_NAIVE and used not in zoned:
            yield used, f"{name} {MAYBE_NAIVE[name]}"
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        zones = [word.value for word in node.keywords if word.arg in ("tz", "tzinfo")]
        made = dotted(node.func, names) or ""
        if made in ZONE_AT and len(node.args) <= ZONE_AT[made] and not zones:
            yield node, f"{made}(...) without a time zone"
        if any(isinstance(zone, ast.Constant) and zone.value is None for zone in zones):
            yield node, "a time zone of None makes a naive instant"


def _nodes_that_see_to_the_zone(module: ast.Module) -> set[ast.AST]:
    """All nodes of the functions that look at a time zone."""
    seen: set[ast.AST] = set()
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            nodes = set(ast.walk(function))
            if any(_looks_at_zone(node) for node in nodes):
                seen |= nodes
    return seen


def _looks_at_zone(node: ast.AST) -> bool:
    return (
        (isinstance(node, ast.Name) and node.id == "require_utc")
        or (isinstance(node, ast.Attribute) and node.attr == "tzinfo")
        or (isinstance(node, ast.keyword) and node.arg == "tzinfo")
    )


def swallowed_failures(module: ast.Module) -> Violations:
    """Bare excepts, and blind ones that neither raise nor say anything."""
    names = imported_names(module)
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield node, "bare except: name the error"
            elif _is_blind(node.type) and all(_does_nothing(line) for line in node.body):
                yield node, "a blind except that swallows the failure"
        elif (
            isinstance(node, ast.Call)
            and dotted(node.func, names) == "contextlib.suppress"
            and any(_is_blind(argument) for argument in node.args)
        ):
            yield node, "suppress(Exception) swallows the failure"


def _is_blind(caught: ast.expr) -> bool:
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(part, ast.Name) and part.id in BLIND for part in parts)


def _does_nothing(line: ast.stmt) -> bool:
    if isinstance(line, ast.Pass | ast.Continue | ast.Break):
        return True
    if isinstance(line, ast.Return):
        return line.value is None or isinstance(line.value, ast.Constant)
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def factless_tests(module: ast.Module) -> Violations:
    """Tests whose docstring does not name, in one line, the fact they prove."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
            "test_"
        ):
            fact = ast.get_docstring(node) or ""
            if not fact.strip():
                yield node, f"{node.name} names no fact (docstring)"
            elif "\n" in fact.strip():
                yield node, f"{node.name}: the fact takes one line"
