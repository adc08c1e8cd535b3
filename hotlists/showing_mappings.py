"""The page on which a mapping is described: its columns, a sample, and what the sample becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping as Facts
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Member
from alpr.templatetags.look import day
from hotlists import vocabulary
from hotlists.forms_mappings import (
    DELIMITER_OF,
    SHOWN_CONSTANTS,
    ColumnForm,
    MappingForm,
    PlaceForm,
    initial_of,
)
from hotlists.models import Mapping, Priority, Source
from hotlists.reading import FIELDS, BadFile, LeftOut, Problem, Row, describing, samples
from hotlists.reading.describing import MOST_COLUMNS, name_of_field
from hotlists.reading.layouts import DELIMITERS

SAMPLE_LINES, SAMPLE_WIDTH = 5, 400
_WHERE = re.compile(r"n:.{1,390}|i:[0-9]{1,3}")


@dataclass
class ShownColumn:
    """A column of a delimited file: its name, values of the sample, and the choice of its field."""

    name: str
    values: tuple[str, ...]
    form: ColumnForm


@dataclass
class Place:
    """A field of a fixed-length file, and where it stands."""

    name: str
    form: PlaceForm


@dataclass
class Tried:
    """What a line of the sample is: an entry, or why it is none."""

    line: int
    row: Row | None
    why: str
    is_left_out: bool = False

    @property
    def vehicle(self) -> str:
        """The vehicle in words."""
        if self.row is None:
            return ""
        row = self.row
        return vocabulary.vehicle(
            year=row.year, color=row.color, make=row.make, model=row.model, body=row.body
        )

    @property
    def others(self) -> list[tuple[str, str]]:
        """What else the entry says, each with its words."""
        return _others(self.row) if self.row else []


def _others(row: Row) -> list[tuple[str, str]]:
    priority = Priority(row.priority).label if row.priority else ""
    source = Source(row.source_file).label if row.source_file else ""
    found = [
        ("Case", row.case_number),
        ("Agency", row.entering_agency),
        ("File", source),
        ("Number", row.record_number),
        ("Priority", priority),
        ("Plate type", row.plate_type),
        ("Plate’s year", str(row.plate_year or "")),
        ("From", day(row.starts_at)),
        ("Until", day(row.expires_at - timedelta(seconds=1) if row.expires_at else None)),
        ("Remarks", row.synopsis),
    ]
    return [(words, value) for words, value in found if value]


class Desk:
    """What stands on the page, from what was sent, or else from a mapping that is saved."""

    def __init__(
        self,
        member: Member,
        mapping: Mapping | None = None,
        data: QueryDict | None = None,
        file: UploadedFile[Any] | None = None,
        *,
        checks: bool = True,
    ) -> None:
        self.member, self.mapping = member, mapping
        self.data = data.copy() if data is not None else None
        self.tried: list[Tried] | None = None
        self.unread = ""
        if self.data is not None:
            self._take_sample(self.data, file)
        self.form = self._form(checks=checks)
        self.sample: str = self.data.get("sample", "") if self.data is not None else ""
        self.columns = self._columns()
        self.places = self._places()

    def _form(self, *, checks: bool) -> MappingForm:
        """The form; what was sent stays in it, unchecked as long as the person is only looking."""
        if self.data is None:
            return MappingForm(initial=initial_of(self.mapping) if self.mapping else None)
        if checks:
            return MappingForm(self.data)
        fields = MappingForm.base_fields.items()
        sent = {name: field.widget.value_from_datadict(self.data, {}, name) for name, field in fields}
        return MappingForm(initial=sent)

    def _take_sample(self, data: QueryDict, file: UploadedFile[Any] | None) -> None:
        """Put the first lines of a file that was sent in the place of the sample, and tell its delimiter."""
        sample = samples.cut(str(data.get("sample", "")))
        if file is not None:
            try:
                sample = samples.text_of(file, str(data.get("encoding", "")))
            except BadFile as bad:
                self.unread = str(bad)
        data["sample"] = sample
        if sample and not data.get("delimiter"):
            data["delimiter"] = DELIMITERS[samples.delimiter_of(sample, self._skipped(data))]

    def _skipped(self, data: Facts[str, Any]) -> int:
        said = str(data.get("skip_lines", ""))
        return int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0

    @property
    def is_fixed(self) -> bool:
        """Whether the layout is of fixed length."""
        return str(self.form["layout"].value()) == Mapping.Form.FIXED

    @property
    def ruled(self) -> list[str]:
        """The first lines of the sample under a ruler that counts their places."""
        skipped = self._skipped(self.data) if self.data is not None else 0
        lines = [line[:SAMPLE_WIDTH] for line in samples.lines_of(self.sample, skipped)[:SAMPLE_LINES]]
        return [samples.ruler(max(map(len, lines))), *lines] if lines else []

    def _columns(self) -> list[ShownColumn]:
        """The columns of the sample, or else those that were sent, or else those that are saved."""
        chosen = self._sent() if self.data is not None else self._saved()
        pairs: list[tuple[str, str, tuple[str, ...], str]]
        if self.data is None or not self.sample or self.is_fixed:
            pairs = [(where, "", (), field) for where, field in chosen.items()]
        else:
            pairs = self._sampled(chosen)
        return [
            ShownColumn(name or _named(where), values, _column_form(place, where, field))
            for place, (where, name, values, field) in enumerate(pairs)
        ]

    def _sampled(self, chosen: dict[str, str]) -> list[tuple[str, str, tuple[str, ...], str]]:
        assert self.data is not None
        has_header = bool(self.data.get("has_header"))
        delimiter = DELIMITER_OF.get(self.data.get("delimiter", ""), ";")
        found = samples.columns_of(
            self.sample, delimiter, has_header=has_header, skip_lines=self._skipped(self.data)
        )
        names = [column.name for column in found]
        taken = {field for field in chosen.values() if field}
        pairs = []
        for column in found:
            named = column.name and names.count(column.name) == 1
            where = f"n:{column.name}" if named else f"i:{column.index}"
            field = chosen.get(where, "" if column.likely in taken else column.likely)
            taken.add(field)
            pairs.append((where, column.name, column.values, field))
        return pairs

    def _sent(self) -> dict[str, str]:
        assert self.data is not None
        count = str(self.data.get("columns", ""))
        most = min(int(count), MOST_COLUMNS) if count.isascii() and count.isdigit() and len(count) < 5 else 0
        pairs = ((self.data.get(f"c{n}-where", ""), self.data.get(f"c{n}-field", "")) for n in range(most))
        return {where: field for where, field in pairs if _WHERE.fullmatch(where)}

    def _saved(self) -> dict[str, str]:
        if self.mapping is None or self.mapping.form == Mapping.Form.FIXED:
            return {}
        return {
            f"n:{column['column']}" if "column" in column else f"i:{column['index']}": column["field"]
            for column in self.mapping.columns
        }

    def _places(self) -> list[Place]:
        saved = {}
        if self.mapping is not None and self.mapping.form == Mapping.Form.FIXED:
            saved = {column["field"]: column for column in self.mapping.columns}
        return [
            Place(
                name_of_field(field),
                PlaceForm(self.data, prefix=f"p-{field}", initial=saved.get(field)),
            )
            for field in FIELDS
        ]

    def described(self) -> dict[str, Any]:
        """What the page says, as `service_mappings` takes it; the form is valid."""
        said = self.form.described()
        kept = self.mapping.constants if self.mapping else {}
        said["constants"] |= {name: kept[name] for name in kept if name not in SHOWN_CONSTANTS}
        said["columns"] = self._fixed_columns() if self.is_fixed else self._delimited_columns()
        return said

    def _delimited_columns(self) -> list[dict[str, Any]]:
        chosen = [(str(each.form["where"].value()), each.form["field"].value()) for each in self.columns]
        return [_column(where, str(field)) for where, field in chosen if field]

    def _fixed_columns(self) -> list[dict[str, Any]]:
        found = []
        for field, place in zip(FIELDS, self.places, strict=True):
            said = place.form.cleaned_data if place.form.is_valid() else {"start": 0, "length": 0}
            if said.get("start") is not None or said.get("length") is not None:
                found.append({"field": field, "start": said.get("start"), "length": said.get("length")})
        return found

    def try_it(self) -> bool:
        """Read the sample as the page describes it. False where it cannot be, with errors in the form."""
        if not self.sample.strip():
            self.form.add_error("sample", "Paste the first lines of a file, or choose one.")
        if not self.form.is_valid():
            return False
        mapping = Mapping(agency=self.member.agency, made_by=self.member, **self.described())
        today = timezone.localdate()
        try:
            samples.refuse_no_list(self.sample)
            describing.check(mapping, today)
            found = samples.tried(self.sample, mapping=mapping, agency=self.member.agency, today=today)
        except ValidationError as wrong:
            self.blame(wrong)
            return False
        except BadFile as bad:
            self.form.add_error("sample", str(bad))
            return False
        self.tried = [_tried(each) for each in found]
        return True

    def blame(self, wrong: ValidationError) -> None:
        """Put what a service refused where it stands on the page."""
        fields = {"form": "layout", "columns": None, "constants": None}
        named = wrong.message_dict if hasattr(wrong, "error_dict") else {"__all__": wrong.messages}
        for name, said in named.items():
            field = fields.get(name, name)
            self.form.add_error(field if field in self.form.fields else None, said)


def _tried(found: Row | Problem | LeftOut) -> Tried:
    if isinstance(found, Row):
        return Tried(found.line, found, "")
    return Tried(found.line, None, found.why, is_left_out=isinstance(found, LeftOut))


def _named(where: str) -> str:
    return where[2:] if where.startswith("n:") else f"Value {int(where[2:] or 0) + 1}"


def _column(where: str, field: str) -> dict[str, Any]:
    if where.startswith("n:"):
        return {"field": field, "column": where[2:]}
    return {"field": field, "index": int(where[2:])}


def _column_form(place: int, where: str, field: str) -> ColumnForm:
    return ColumnForm(prefix=f"c{place}", initial={"where": where, "field": field})
