"""The HTTP interface described: as an OpenAPI file, and as a page that needs no script.

Both name no data of any agency, so that makers of devices may read them without an account.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from detections.api import described as of_readers
from detections.api import described_forwarded as of_forwarding
from hotlists.api import described as of_lists
from training.api.described import ERROR, ERROR_SCHEMA
from training.rules import public

Schema = dict[str, Any]
WHY = "describes the interface for machines; names no data"
FILE = "openapi.json"
METHODS = ("get", "post", "put")


@public(WHY)
@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    """The description as an OpenAPI 3 file."""
    content = json.dumps(description(), indent=1, ensure_ascii=False, default=str)
    answer = HttpResponse(content, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{FILE}"'
    return answer


@public(WHY)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The same description to be read by people."""
    whole = description()
    context = {
        "info": whole["info"],
        "calls": calls(whole),
        "shapes": [Shape(name, one) for name, one in sorted(whole["components"]["schemas"].items())],
    }
    return render(request, "interface.html", context)


@functools.cache
def description() -> Schema:
    """The whole description, made once in each process: it changes with the code alone."""
    found: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    shapes = found.setdefault("components", {}).setdefault("schemas", {})
    shapes |= {ERROR: ERROR_SCHEMA} | of_readers.SHAPES | of_forwarding.SHAPES | of_lists.SHAPES
    return found


@dataclass(frozen=True)
class Value:
    """One named value of a shape, a parameter or a header, in words."""

    name: str
    kind: str
    required: bool
    says: str


@dataclass(frozen=True)
class Shape:
    """A shape that several calls share."""

    name: str
    schema: Schema

    @property
    def says(self) -> str:
        """What it is."""
        return str(self.schema.get("description", ""))

    @property
    def values(self) -> list[Value]:
        """Each of its values."""
        return _values(self.schema)


@dataclass(frozen=True)
class Call:
    """One address with one method."""

    method: str
    path: str
    operation: Schema

    @property
    def parameters(self) -> list[Value]:
        """What stands in the address or in headers."""
        return [
            Value(one["name"], _kind(one["schema"]), one.get("required", False), one.get("description", ""))
            for one in self.operation.get("parameters", [])
        ]

    @property
    def bodies(self) -> list[tuple[str, str, list[Value]]]:
        """The body by media type: its kind, and its values."""
        content = self.operation.get("requestBody", {}).get("content", {})
        return [(media, _kind(one["schema"]), _values(one["schema"])) for media, one in content.items()]

    @property
    def answers(self) -> list[tuple[str, str, str]]:
        """Status, what it means, and the shape of the answer."""
        found = []
        for status, one in sorted(self.operation["responses"].items()):
            schemas = [body["schema"] for body in one.get("content", {}).values()]
            found.append((status, one.get("description", ""), _kind(schemas[0]) if schemas else ""))
        return found


def calls(whole: Schema) -> list[tuple[str, list[Call]]]:
    """Every call under its tag, in the order of the addresses."""
    found: dict[str, list[Call]] = {}
    for path, methods in sorted(whole["paths"].items()):
        for method in METHODS:
            if method in methods:
                tag = methods[method]["tags"][0]
                found.setdefault(tag, []).append(Call(method.upper(), path, methods[method]))
    return sorted(found.items())


def _values(schema: Schema) -> list[Value]:
    required = schema.get("required", [])
    return [
        Value(name, _kind(one), name in required, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    ]


def _kind(schema: Schema) -> str:
    """What a value is, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key, joined in (("oneOf", " or "), ("allOf", " with ")):
        if key in schema:
            return joined.join(_kind(one) for one in schema[key])
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object":
        return f"object of {', '.join(schema['properties'])}" if schema.get("properties") else "object"
    return str(
        {"date-time": "time", "binary": "file"}.get(schema.get("format", ""), schema.get("type", "any"))
    )
