"""A file of tasks: what is read of it, and what is refused, by line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fullcourt.reports.progress.tasks import (
    Command,
    Complete,
    Query,
    Tasks,
    TasksRefused,
    read_tasks,
)

GOOD = """\
title = "January"

[[task]]
id = "T1"
title = "Box scores are whole"
owner = "ada"
estimated_hours = 3
spent_hours = 2.5
complete = "player_box_scores 2025-01-09..2025-01-10"

[[task]]
id = "T2"
title = "No double rows"
query = '''
SELECT 1
[[task]]
'''

[[task]]
id = "T3"
title = "Tests"
command = "make 'test all'"
deadline_s = 5

[[task]]
id = "T4"
title = "One day"
complete = "grades 2025-01-09"
"""


def read(folder: Path, text: str) -> Tasks:
    """The tasks of a file with this text."""
    path = folder / "tasks.toml"
    path.write_text(text, encoding="utf-8")
    return read_tasks(path)


def test_every_field_is_read(tmp_path: Path) -> None:
    """Hours and owners that are not given are null, a check knows its line."""
    tasks = read(tmp_path, GOOD)
    assert tasks.title == "January"
    first, second, third, fourth = tasks.tasks
    assert (first.owner, first.estimated_hours, first.spent_hours) == ("ada", 3.0, 2.5)
    days = date(2025, 1, 9), date(2025, 1, 10)
    assert first.check == Complete("player_box_scores", *days)
    assert (second.owner, second.estimated_hours, second.spent_hours) == (None, None, None)
    assert second.check == Query("SELECT 1\n[[task]]")
    assert third.check == Command(("make", "test all"), 5.0)
    assert fourth.check == Complete("grades", days[0], days[0])
    assert [task.line for task in tasks.tasks] == [9, 14, 22, 28]


TASK = '[[task]]\nid = "T1"\ntitle = "x"\n'


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("titel = 'x'\n", 1, "titel: no such key: 'titel'"),
        ("title = 3\n", 1, "title: 3 is not text"),
        ("\ntask = 3\n", 2, "task: 3 is not a list"),
        ("\ntask = [3]\n", 2, "task: it is no list of tables"),
        (f"{TASK}", 1, "exactly one check, here is none"),
        (f'{TASK}query = "SELECT 1"\ncommand = "x"\n', 4, "here is command and query"),
        (f'{TASK}query = ""\n', 4, "task.query: it is empty"),
        (f"{TASK}done = true\n", 4, "never by hand"),
        (f"{TASK}command = 3\n", 4, "command: 3 names no program"),
        (f"{TASK}command = []\n", 4, "names no program"),
        (f'{TASK}command = ["ls", 3]\n', 4, "names no program"),
        (f'{TASK}command = "ls \'x"\n', 4, "No closing quotation"),
        (f'{TASK}command = "x"\ndeadline_s = 0\n', 5, "0 s is no time"),
        (f'{TASK}command = "x"\ndeadline_s = inf\n', 5, "inf is no number"),
        (f'{TASK}query = "SELECT 1"\ndeadline_s = 3\n', 5, "only a command has a deadline"),
        (f'{TASK}complete = "grades"\n', 4, "is no dataset with its dates"),
        (f'{TASK}complete = "grade 2025-01-09"\n', 4, "no such feed or dataset: 'grade'"),
        (f'{TASK}complete = "grades 2025-02-30"\n', 4, "day is out of range"),
        (f'{TASK}complete = "grades 2025-01-09..2025-01-08"\n', 4, "is before 2025-01-09"),
        (f'{TASK}query = "SELECT 1"\nestimated_hours = -1\n', 5, "-1 is no number from 0 on"),
        (f'{TASK}query = "SELECT 1"\nspent_hours = nan\n', 5, "nan is no number from 0 on"),
        (f'{TASK}query = "SELECT 1"\nspent_hours = true\n', 5, "True is not a number"),
        (f'{TASK}query = "SELECT 1"\nspent_hours = "2"\n', 5, "is not a number"),
        (f'{TASK}query = "SELECT 1"\nowner = ""\n', 5, "owner: it is empty"),
        (f'{TASK}query = "SELECT 1"\nowners = "x"\n', 5, "owners: no such key"),
        ('[[task]]\ntitle = "x"\nquery = "SELECT 1"\n', 1, "id: it is missing"),
        ('[[task]]\nid = "T1"\nquery = "SELECT 1"\n', 1, "title: it is missing"),
        (f'{TASK}query = "SELECT 1"\n# again\n{TASK}query = "SELECT 1"\n', 7, "comes twice"),
        (f"{TASK}query = '''\nid = 3\nowner = 4'''\nowner = 5\n", 7, "owner: 5 is not text"),
        ("title = 'x'\n[[task\n", 2, "not valid TOML"),
    ],
)
def test_what_is_malformed_is_refused_by_line(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    """The message names file, line, field, and there is a next step."""
    with pytest.raises(TasksRefused, match=told) as refused:
        read(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 'tasks.toml'}:{line}: ")
    assert refused.value.next_step


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A file that is absent or is no text is named."""
    with pytest.raises(TasksRefused, match="No such file"):
        read_tasks(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(TasksRefused, match=r"bytes.toml: it is no text"):
        read_tasks(tmp_path / "bytes.toml")


def test_an_inline_array_is_read_and_refused_too(tmp_path: Path) -> None:
    """Tasks may be written in one array; a message then names its line."""
    good = read(tmp_path, "task = [{id = 'T1', title = 'x', query = 'SELECT 1'}]\n")
    assert [task.id for task in good.tasks] == ["T1"]
    with pytest.raises(TasksRefused, match=r"tasks.toml:1: task.title: it is missing"):
        read(tmp_path, "task = [{id = 'T1', query = 'SELECT 1'}]\n")


def test_a_file_without_tasks_is_none(tmp_path: Path) -> None:
    """An empty file is a file of no tasks."""
    assert read(tmp_path, "").tasks == ()
