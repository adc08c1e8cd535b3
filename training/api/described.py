"""How the views of the HTTP interface are described for OpenAPI: by hand, in JSON Schema, beside each room.

The description is what a sender may rely on, so it names every status that is answered and every value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

Schema = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Any])

ERROR = "Error"
ERROR_SCHEMA: Schema = {
    "type": "object",
    "description": "The one shape of every error.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "A word that stays, for programs."},
                "message": {"type": "string", "description": "A sentence, for people."},
                "fields": {
                    "type": "object",
                    "description": "What is wrong, by the name of the value.",
                    "additionalProperties": {"type": "string"},
                },
                "rows": {
                    "type": "array",
                    "description": "The rows that were refused, each with its reasons.",
                    "items": {"type": "object"},
                },
            },
        }
    },
}

ERRORS = {
    400: "It cannot be taken as it is; sent again as it is, it is refused again.",
    401: "No key that was issued here was sent.",
    403: "The key was revoked, what it opens is out of use, or no policy is in force. It is on the trail.",
    404: "There is nothing of the key’s at this address.",
    405: "The address does not know this method.",
    409: "Something else stands under this name already.",
    411: "The body came without its length.",
    413: "There is too much at once.",
    415: "The body is of a type that is not taken here.",
    429: "Too many requests of this key; wait as `Retry-After` says.",
    503: "The database cannot be reached: keep what you have and send it again.",
}
OF_ALL = (401, 403, 411, 429, 503)
WITH_RETRY_AFTER = (429, 503)


def described(
    name: str,
    summary: str,
    description: str,
    *,
    answers: Mapping[int, tuple[str, Schema]],
    errors: Sequence[int],
    request: Mapping[str, Schema] | None = None,
    parameters: Sequence[OpenApiParameter] = (),
    tag: str,
) -> Callable[[View], View]:
    """Describe a view: its operation's name, what it does, its body by media type, answers and errors.

    `errors` are those beside the ones that every address has.
    """
    retry_after = OpenApiParameter(
        "Retry-After", int, OpenApiParameter.HEADER, description="Seconds to wait.", response=WITH_RETRY_AFTER
    )
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        request=dict(request) if request else None,
        responses=_responses(answers, errors),
        parameters=[*parameters, retry_after],
        tags=[tag],
    )


def _responses(
    answers: Mapping[int, tuple[str, Schema]], errors: Sequence[int]
) -> dict[int, OpenApiResponse]:
    found = {status: OpenApiResponse(schema, said) for status, (said, schema) in answers.items()}
    for status in sorted({*errors, *OF_ALL}):
        found[status] = OpenApiResponse(reference(ERROR), ERRORS[status])
    return found


def reference(name: str) -> Schema:
    """A shape that is described once for all."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(description: str = "", **more: Any) -> Schema:
    """A text."""
    return {"type": "string"} | ({"description": description} if description else {}) | more


def moment(description: str = "", **more: Any) -> Schema:
    """A time in ISO 8601 with its offset."""
    return text(description, format="date-time", **more)


def count(description: str = "", **more: Any) -> Schema:
    """A whole number, 0 or more."""
    return {"type": "integer", "minimum": 0, "description": description} | more


def number(least: float, most: float, description: str = "") -> Schema:
    """A number within bounds; null is as absent."""
    return {"type": "number", "minimum": least, "maximum": most, "nullable": True, "description": description}


def listed(items: Schema, description: str = "", **more: Any) -> Schema:
    """A list."""
    return {"type": "array", "items": items, "description": description} | more


def values(properties: Mapping[str, Schema], *, needs: Sequence[str] | None = None, **more: Any) -> Schema:
    """An object of named values, all of them required unless `needs` says which."""
    required = list(properties if needs is None else needs)
    named = {"type": "object", "properties": dict(properties)}
    return named | ({"required": required} if required else {}) | more


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The two ways in which a key is sent."""

    target_class = "training.api.keys.KeyAuthentication"
    match_subclasses = True

    @property
    def name(self) -> list[str]:  # type: ignore[override]
        """By whose keys: `readersKey`, `hotListsKey`."""
        first, *more = self.target.realm.split()
        whose = first + "".join(word.capitalize() for word in more)
        return [f"{whose}Key", f"{whose}KeyAsPassword"]

    def get_security_definition(self, auto_schema: Any) -> list[Schema]:
        """A bearer, or the password of HTTP Basic."""
        return [
            {"type": "http", "scheme": "bearer", "description": "A key that the administrator issued."},
            {
                "type": "http",
                "scheme": "basic",
                "description": "For devices that can set no header: any name, and the key as the password.",
            },
        ]
