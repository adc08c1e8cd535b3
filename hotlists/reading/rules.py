"""What may not enter: the immigration violator file, and the files that the policy or the list leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from accounts.models import Agency
from hotlists import sources
from hotlists.models import HotList, Mapping
from hotlists.reading.results import BadValue

IMMIGRATION = "immigration violator"
LAW = "Use for immigration enforcement is not permitted (Government Code 7284.6, the Values Act)."
# What `sources.is_immigration` finds in letters and digits holds one of these, once all else is dropped.
# Looking for them is quick, so that only few texts of a large file are looked at closely.
_HINTS = ("immigra", "deport", "undocum", "illegal", "overstay", "removal", "customs", "border", "cbp", "287")
_ALONE = re.compile(r"(?<![a-z0-9])(?:ice|ero|i[^a-z0-9]*c[^a-z0-9]*e)(?![a-z0-9])")
_FLAT = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}


def speaks_of_immigration(text: str) -> bool:
    """What `sources.is_immigration` says, quickly for most texts."""
    return (not text.isascii() or _hints(text)) and sources.is_immigration(text)


def _hints(text: str) -> bool:
    flat = text.translate(_FLAT)
    if any(map(flat.__contains__, _HINTS)):
        return True
    return ("ice" in flat or "ero" in flat) and _ALONE.search(text.lower()) is not None


def refuse_immigration(text: str) -> None:
    """Raise `BadValue`, with the law, where a value speaks of immigration enforcement."""
    if text and speaks_of_immigration(text):
        raise BadValue(LAW)


class Shut(str):
    """The name of a file whose lines do not enter, in the place of its source."""

    __slots__ = ("why",)
    why: str

    def __new__(cls, name: str, why: str) -> Shut:
        """A file's name, and why its lines do not enter."""
        made = super().__new__(cls, name)
        made.why = why
        return made


@dataclass(frozen=True)
class Rules:
    """Which files do not enter: `kept_out` are sources, `excluded` the policy's own words for files.

    `default` is the source of a line that names none; empty where the list's own source is meant, and may
    enter.
    """

    kept_out: frozenset[str] = frozenset()
    excluded: tuple[str, ...] = ()
    default: str = ""

    @classmethod
    def of(cls, hot_list: HotList, mapping: Mapping | None) -> Rules:
        """The rules of a list, its agency's policy, and the mapping that reads its files."""
        excluded = hot_list.agency.policy.hot_lists.excluded_files
        kept_out = sources.kept_out(hot_list.left_out, excluded, is_restricted=hot_list.is_restricted)
        return cls(kept_out, excluded, _default(mapping, hot_list.source, kept_out))

    @classmethod
    def of_agency(cls, agency: Agency) -> Rules:
        """The rules of an agency alone, for a sample that is of no list yet."""
        excluded = agency.policy.hot_lists.excluded_files
        return cls(sources.kept_out((), excluded, is_restricted=True), excluded)

    def file_of(self, written: str, words: dict[str, str]) -> str:
        """The source that a value names, as the mapping's words or its own name say; `Shut` if it stays out.

        The value as written is asked first: no word of a mapping lets a file in that speaks of immigration.
        Raises `BadValue` for a file that is not known.
        """
        tidy = " ".join(written.split())
        meant = words.get(tidy, tidy) or self.default
        if speaks_of_immigration(tidy) or speaks_of_immigration(meant):
            return Shut(IMMIGRATION, LAW)
        named = sources.words(tidy)
        if any(sources.words(name) in named for name in self.excluded if sources.words(name)):
            return Shut(tidy[:40], "The policy leaves this file out of the hot lists.")
        if not meant:
            return ""
        source = _KNOWN.get(sources.words(meant))
        if source is None:
            raise BadValue("It names a source file that is not known.")
        if source in self.kept_out:
            return Shut(source.value, _why(source))
        return source.value


def _default(mapping: Mapping | None, own: str, kept_out: frozenset[str]) -> str:
    if mapping is None or mapping.source in (own, sources.Source.NCIC):
        return own if own in kept_out else ""
    return mapping.source


def _why(source: sources.Source) -> str:
    if source in sources.RESTRICTED:
        return "This file is restricted, and enters a restricted list alone; or the list leaves it out."
    return "The list or the policy leaves this file out."


_KNOWN = {
    sources.words(name): source
    for source in sources.Source
    for name in (
        source.value,
        source.label,
        source.value.removeprefix("ncic_"),
        source.label.removesuffix(" (NCIC)"),
        source.label.rsplit(" (", 1)[0],
    )
}
