"""The department policies that come with the system, one TOML file each."""

import tomllib
from functools import cache
from importlib.resources import files

from alpr.policy.errors import PolicyError
from alpr.policy.model import Policy


def preset_names() -> list[str]:
    """The names that ``load_preset`` takes, in order."""
    return sorted(
        file.name.removesuffix(".toml") for file in files(__name__).iterdir() if file.name.endswith(".toml")
    )


@cache
def load_preset(name: str) -> Policy:
    """The preset of that name. PolicyError if there is none, or if it cannot stand."""
    if name not in preset_names():
        raise PolicyError(f"there is no preset {name!r}; known are {', '.join(preset_names())}")
    return parse_preset((files(__name__) / f"{name}.toml").read_text("utf-8"), source=f"{name}.toml")


def parse_preset(text: str, *, source: str) -> Policy:
    """The policy that the TOML ``text`` holds. PolicyError names ``source``, the key and what
    was expected."""
    try:
        return Policy.from_dict(tomllib.loads(text), source=source)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"not TOML: {error}", source=source) from error
