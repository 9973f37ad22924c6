"""A field that cannot be filled says why; none is left blank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fullcourt.reports.wording import instant_text, plain_text


@dataclass(frozen=True, slots=True)
class Unknown:
    """What stands where a value is not known. `unknown`: the reason, never empty."""

    unknown: str

    def __post_init__(self) -> None:
        if not self.unknown.strip():
            raise ValueError("an unknown without its reason")


Value = str | int | float | bool | date | datetime | Unknown


def said(value: Value) -> str:
    """The value as one line of a document: instants Eastern, dates ISO, numbers with separators,
    an unknown with its reason.

    Raises:
        ValueError: the text is blank: a defect of whoever fills the field.
    """
    match value:
        case Unknown():
            text = f"unknown: {plain_text(value.unknown)}"
        case bool():
            text = "yes" if value else "no"
        case int():
            text = f"{value:,}"
        case float():
            text = f"{value:,.1f}"
        case datetime():
            text = instant_text(value)
        case date():
            text = value.isoformat()
        case _:
            text = plain_text(value)
    if not text:
        raise ValueError("a field left blank")
    return text
