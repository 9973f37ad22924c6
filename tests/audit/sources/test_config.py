"""`audit.toml` is refused by file and line: unknown keys, wrong types, contradictions, secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from fullcourt.audit.configuration import AuditConfig, AuditRefused
from fullcourt.audit.path_pattern import PatternWrong, compile_pattern
from fullcourt.audit.sources import load_config
from fullcourt.audit.toml_config import parse_config
from fullcourt.audit.words import GameState, Rule, RunState
from tests.audit.sources.filled import CONFIG, Filled, write

PLACE = Path("/somewhere/audit.toml")
LISTING = """\
[[listing]]
name = "files"
files = "files.csv"
path = "path"
pattern = "boxes/{date}/{game_id}.json"
"""


def _config(text: str = CONFIG) -> AuditConfig:
    return parse_config(text, PLACE)


def test_a_configuration_says_what_it_says() -> None:
    """Paths are of the file's folder, words are mapped, what is absent is as documented."""
    config = _config()
    assert config.name == "small"
    assert config.now is None
    assert config.runs.source.files == "/somewhere/runs.csv"
    assert config.runs.source.kind == "csv"
    assert config.runs.states == {"ok": RunState.SUCCEEDED, "failed": RunState.FAILED}
    assert config.runs.date_zone == "America/New_York"
    assert config.schedule.states["PPD"] is GameState.POSTPONED
    (table,) = config.tables
    assert table.unit == table.key == ("game_id", "player_id")
    (processor,) = config.processors
    assert processor.expects is Rule.GAMES_FINAL
    assert processor.longest_minutes is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "small"', 'nam = "small"', r"audit.toml:1: nam: no such key.*'name'"),
        ('name = "small"', "name = 7", r"audit.toml:1: name: 7 is not text"),
        ("[runs.states]", "[runs.state]", r"runs.states: it is missing"),
        ('ok = "succeeded"', 'ok = "success"', r"audit.toml:16: runs.states.ok: .*'succeeded'"),
        ('processor = "job"\n', "", r"runs.columns.processor: it is missing"),
        ('records = "rows"', 'record = "rows"', r"audit.toml:13: runs.columns.record: .*'records'"),
        ('files = "runs.csv"', 'files = "runs.txt"', r"audit.toml:4: runs.kind: it is missing"),
        ('files = "runs.csv"', 'kind = "excel"', r"runs.kind: no such kind: 'excel'"),
        (
            'files = "runs.csv"',
            'files = "runs.csv"\ntable = "x"',
            r"audit.toml:6: runs.table: kind = csv has no use",
        ),
        ('files = "runs.csv"', 'files = "s3://b/runs.csv"', r"runs.files: .* is no path"),
        ('time_zone = "UTC"\n', "", r"table.time_zone: it is missing"),
        ('time_zone = "UTC"', 'time_zone = "EST5"', r"audit.toml:2: time_zone: no such time zone"),
        ('files = "runs.csv"', 'files = "runs.csv"\nepoch = "h"', r"runs.epoch: no such epoch"),
        (
            'files = "runs.csv"',
            'files = "runs.csv"\ndate_format = "%m/%d"',
            r"date_format: '%m/%d' names no whole date",
        ),
        (
            'files = "runs.csv"',
            'files = "runs.csv"\nsweepers = ["dog"]',
            r"audit.toml:6: runs.sweepers: no column says who closed",
        ),
        ('state = "status"\n\n[schedule.states]', "\n[schedule.states]", r"need each other"),
        ('files = "schedule.csv"', 'files = "schedule.csv"\ncovers = [2025-01-02]', "is no span"),
        ('key = ["game_id", "player_id"]\n', "", r"table.key: it is missing"),
        (
            'date = "game_date"\ngame = "game_id"\n',
            "",
            r"table.date: neither a date nor a game",
        ),
        ('date = "game_date"\ngame', 'date = "game_date"\nunit = ["team"]\ngame', r"not of key"),
        ('fills = ["boxes"]', 'fills = ["box"]', r"processor.fills: .*'box'.*'boxes'"),
        ('fills = ["boxes"]', "fills = []", r"processor.fills: it fills nothing"),
        ('expects = "games_final"', 'expects = "games"', r"processor.expects: no such expects"),
        ('expects = "games_final"', 'expects = "floor"', r"processor.floor: expects = floor needs"),
        ("due_hours = 2.5", "floor = 3", r"processor.floor: expects = games_final has no use"),
        ("due_hours = 2.5", "longest_minutes = 0", r"longest_minutes: it is not above 0"),
        ("due_hours = 2.5", 'archive = "boxes"', r"processor.archive: no such table or listing"),
        ("due_hours = 2.5", 'change_words = ["a", "b"]', r"change_words: expects = games_final"),
        ("[[processor]]", "[[processors]]", r"processors: no such key.*'processor'"),
        ("[schedule]", "[schedul]", r"schedul: no such key.*'schedule'"),
        ("due_hours = 2.5", "due_hours = ", r"audit.toml:\d+: not valid TOML"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    """The message names file, line and key, and what to write."""
    assert old in CONFIG
    with pytest.raises(AuditRefused, match=said) as caught:
        _config(CONFIG.replace(old, new, 1))
    assert str(PLACE) in str(caught.value)
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (LISTING.replace("{date}", "{day}"), r"listing.pattern: no such part: '\{day\}'"),
        (LISTING.replace("{date}", "date"), r"listing.pattern: it has no \{date\}"),
        (LISTING.replace("{game_id}", "{game_id:no}"), r"listing.pattern: no such lookup: 'no'"),
        (LISTING.replace('"files"', '"boxes"', 1), r"name: 'boxes' stands on line \d+ too"),
        (LISTING.replace('path = "path"\n', ""), r"listing.path: it is missing"),
        ('[[lookup]]\nname = "x"\nfiles = "x.csv"\ngive = "y"\n', r"lookup.match: it is missing"),
        ('[[processor]]\nname = "load"\nfills = ["boxes"]\nexpects = "teams"\n', "line 43 too"),
        ('[[table]]\nname = "x"\nkind = "none"\n', r"table.reason: it is missing"),
        (
            '[[table]]\nname = "x"\nkind = "lines"\nfiles = "x"\nrow_pattern = "(a"\n',
            r"row_pattern: no regular expression",
        ),
        (
            '[[table]]\nname = "x"\nkind = "lines"\nfiles = "x"\nrow_pattern = "a"\n',
            r"row_pattern: it names no columns",
        ),
    ],
)
def test_a_section_that_means_nothing_is_refused(more: str, said: str) -> None:
    """Listings, lookups and tables, each by the key that is wrong."""
    with pytest.raises(AuditRefused, match=said):
        _config(CONFIG + more)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@db/x",
        "postgres://db/x?password=hunter2",
        "postgresql://me:hunter2@",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(url: str) -> None:
    """It belongs into the environment."""
    text = CONFIG.replace('files = "runs.csv"', f'database = "{url}"\ntable = "runs"')
    with pytest.raises(AuditRefused, match=r"audit.toml:5: runs.database: it") as caught:
        _config(text)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With the next step."""
    with pytest.raises(AuditRefused, match=r"absent.toml: cannot be read.*audit init"):
        load_config(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('records = "rows"', 'records = "sql: rows::BIGINT * 2"', r"audit.toml:13: runs, records"),
        (
            'written_at = "loaded"',
            'written_at = "sql: loaded"',
            r"audit.toml:40: boxes, written_at",
        ),
        ('"player_id"]', '"sql: player_id + 1"]', r"audit.toml:37: boxes, key"),
        ('expects = "games_final"', 'expects = "query"\nquery = "SELECT 1"', r":43: load, query"),
        ('game_id = "game_id"', 'game_id = "nothing | sql: game_id"', r"schedule, game_id"),
    ],
)
def test_sql_is_refused_by_name_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Unless the configuration is trusted, no SQL of it runs, and nothing is read before."""
    write(tmp_path)
    (tmp_path / "schedule.csv").unlink()
    with pytest.raises(AuditRefused, match=said):
        Filled(tmp_path, CONFIG.replace(old, new, 1))


def test_a_trusted_expression_is_one_over_columns(tmp_path: Path) -> None:
    """It computes with the row's columns, and reads nothing else."""
    write(tmp_path)
    text = CONFIG.replace('records = "rows"', 'records = "sql: rows::BIGINT * 2"')
    filled = Filled(tmp_path, text, trust_config=True)
    assert filled.rows("SELECT records FROM audit.runs ORDER BY 1") == [(0,), (4,), (None,)]
    for bad in ("(SELECT count(*) FROM 'runs.csv')", "1) FROM x; --", "rows +"):
        with pytest.raises(AuditRefused, match="not one expression"):
            Filled(tmp_path, text.replace("rows::BIGINT * 2", bad), trust_config=True)


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("a/{date}/{game_id}.json", "a/2025-01-02/7.json", ("2025-01-02", "7")),
        ("a/{date}/{game_id}.json", "b/a/2025-01-02/7.json", None),
        ("**/{date}/{key}.json", "x/y/2025-01-02/7.json", ("2025-01-02", "7")),
        ("a/{date:%Y/%m/%d}/{key}_*", "a/2025/01/02/7_x.gz", ("2025/01/02", "7")),
        ("y={date:%Y}/{key}", "", PatternWrong),
        ("d={date:%Y%m%d}/x", "d=20250102/x", ("20250102", None)),
        ("a+b/{date}/*", "a+b/2025-01-02/c", ("2025-01-02", None)),
        ("a+b/{date}/*", "aab/2025-01-02/c", None),
        ("{date}/{date}", "", PatternWrong),
        ("{date}/{key}/{game_id}", "", PatternWrong),
    ],
)
def test_a_pattern_is_the_whole_path(
    pattern: str, path: str, found: tuple[str, str | None] | type[PatternWrong] | None
) -> None:
    """Parts of a path by their place; what stands in a pattern otherwise is itself."""
    import re

    if found is PatternWrong:
        with pytest.raises(PatternWrong):
            compile_pattern(pattern)
        return
    compiled = compile_pattern(pattern)
    match = re.match(compiled.regex, path)
    if found is None:
        assert match is None
        return
    assert match is not None
    names = compiled.names
    assert (match["date"], match[names[0]] if names else None) == found
