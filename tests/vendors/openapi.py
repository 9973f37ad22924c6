"""A vendor's own OpenAPI file as shapes of this house, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from fullcourt.vendors.contract import Fields, Shape

_WORDS = {"integer": "int", "number": "number", "string": "text", "boolean": "bool"}


class OpenApi:
    """One OpenAPI document."""

    def __init__(self, path: Path) -> None:
        self._document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))

    def answer(self, path: str) -> Shape:
        """The shape of a path's answer.

        The file marks nothing as required, so every field it lists is taken as promised.
        """
        responses = self._document["paths"][path]["get"]["responses"]
        return self._shape(responses["200"]["content"]["application/json"]["schema"])

    def _shape(self, schema: dict[str, Any]) -> Shape:
        if "$ref" in schema:
            target: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return self._shape(target)
        kind = schema["type"]
        if kind == "array":
            shape: Shape = [self._shape(schema["items"])]
        elif kind == "object":
            shape = {
                name: self._shape(below) for name, below in schema.get("properties", {}).items()
            }
        else:
            word = _WORDS[kind]
            return f"{word}|null" if schema.get("nullable") else word
        return (shape, "null") if schema.get("nullable") else shape


def fields_of(shape: Shape, path: str = "$") -> Iterator[str]:
    """The paths of all fields of a shape, without the mark of what may be absent."""
    match shape:
        case dict():
            fields: Fields = shape
            for name, below in fields.items():
                here = f"{path}.{name.removesuffix('?')}"
                yield here
                yield from fields_of(below, here)
        case list():
            yield from fields_of(shape[0], f"{path}[]")
        case tuple():
            for one in shape:
                yield from fields_of(one, path)
        case str():
            return
