"""Files of general lists: how they are laid out, how each was taken in, and what it left in force."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Agency, Member
from hotlists.model_lists import HotList
from hotlists.sources import Source

PROBLEMS_KEPT = 1_000
PLACE = "lists"


class Mapping(models.Model):
    """How the files of one source are laid out, described once: which value of a line is which field.

    `columns` is a list of tables, each with `field` (a name of `hotlists.reading.FIELDS`) and where it
    stands: `column` (a header's name), `index` (from 0, without a header) or, in a fixed-length file, `start`
    (from 1) and `length` in characters. `words` maps what a file writes to what is meant, by field:
    `{"action": {"D": "remove"}, "source_file": {"EW": "ncic_wanted"}, "priority": {"high": "1"}}`.
    `constants` gives a field the same value on every line: `{"reason": "Stolen vehicle"}`.
    """

    class Form(models.TextChoices):
        """How values are told apart on a line."""

        DELIMITED = "delimited", "Delimited"
        FIXED = "fixed", "Fixed length"

    class Delimiter(models.TextChoices):
        """What stands between the values."""

        SEMICOLON = ";", "Semicolon ;"
        COMMA = ",", "Comma ,"
        COLON = ":", "Colon :"
        TAB = "\t", "Tab"
        BAR = "|", "Bar |"

    class Encoding(models.TextChoices):
        """How characters are written; automatic knows UTF-8, UTF-16 with its mark, and Windows."""

        AUTO = "", "Automatic"
        UTF8 = "utf-8", "UTF-8"
        WINDOWS = "cp1252", "Windows (1252)"
        UTF16 = "utf-16", "UTF-16"
        EBCDIC = "cp037", "EBCDIC (037)"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="mappings")
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=20, choices=Source)
    form = models.CharField(max_length=10, choices=Form, default=Form.DELIMITED)
    delimiter = models.CharField(max_length=1, choices=Delimiter, blank=True, default=";")
    encoding = models.CharField(max_length=10, choices=Encoding, blank=True)
    has_header = models.BooleanField(default=True)
    skip_lines = models.PositiveSmallIntegerField(
        default=0, help_text="Lines before the header or first entry."
    )
    columns = models.JSONField(default=list)
    words = models.JSONField(default=dict, blank=True)
    constants = models.JSONField(default=dict, blank=True)
    date_format = models.CharField(
        max_length=20, blank=True, help_text="Such as %Y%m%d; empty: the usual ones."
    )
    ncic_codes = models.BooleanField(default=False, help_text="Makes, styles and colors are NCIC codes.")
    is_incremental = models.BooleanField(
        default=False, help_text="The file holds changes, not the whole list."
    )
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="mapping_name_once_per_agency"),
        ]

    def __str__(self) -> str:
        return f"mapping “{self.name}”"


class Snapshot(models.Model):
    """One file as it was loaded: its name, hash, counts, who or what gave it, and when."""

    hot_list = models.ForeignKey(HotList, on_delete=models.PROTECT, related_name="snapshots")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    loaded_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    given_by = models.CharField(max_length=200, blank=True, help_text="Who or what gave the file, as it was.")
    loaded_at = models.DateTimeField(auto_now_add=True)
    source_at = models.DateTimeField(null=True, help_text="When the source made the file, where it is known.")
    is_incremental = models.BooleanField(default=False)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField("bad lines", default=0)
    left_out = models.PositiveIntegerField(default=0, help_text="Lines of files that the policy leaves out.")
    standing = models.PositiveIntegerField("entries in use", default=0)
    read_as = models.CharField(
        max_length=64, blank=True, help_text="Hash of the mapping and exclusions under which it was read."
    )

    class Meta:
        verbose_name = "loaded file"
        ordering = ["-loaded_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.file_name} into {self.hot_list}"

    @property
    def agency(self) -> Agency:
        """The agency whose list it is for."""
        return self.hot_list.agency


def document_place(refresh: Refresh | None, file_name: str) -> str:
    """Where a file is kept while it is on its way: a random name that says nothing."""
    return f"{PLACE}/{uuid.uuid4().hex}"


class Refresh(models.Model):
    """One file on its way into a general list: received, checked in the worker, loaded or let go.

    `hotlists.moves_files.REFRESH_MOVES` is the table of its moves. It is a record of what came even where
    nothing was loaded. `problems` holds a line's number and reason for each of the first 1,000 bad lines;
    the file itself is deleted once it has ended.
    """

    class State(models.TextChoices):
        """Where the file stands."""

        RECEIVED = "received", "Received"
        CHECKING = "checking", "Being read"
        WAITING = "waiting", "Waits for a person"
        CONFIRMED = "confirmed", "Confirmed, to be loaded"
        LOADED = "loaded", "Loaded"
        UNCHANGED = "unchanged", "Loaded before, nothing changed"
        REFUSED = "refused", "Could not be loaded"
        LET_GO = "let_go", "Let go"
        SUPERSEDED = "superseded", "Overtaken by a newer file"

    class How(models.TextChoices):
        """How the file came."""

        UPLOAD = "upload", "Upload"
        FOLDER = "folder", "Watched folder"
        API = "api", "API"
        COMMAND = "command", "Command"

    class Wait(models.TextChoices):
        """Why a file waits for a person."""

        BY_HAND = "by_hand", "It was given by hand"
        SHRINKS = "shrinks", "The list would shrink by more than its limit"
        BAD_LINES = "bad_lines", "It has more bad lines than the list allows"
        CUT_OFF = "cut_off", "Its last line looks cut off"
        OLDER = "older", "It is older than what is in force"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hot_list = models.ForeignKey(HotList, on_delete=models.PROTECT, related_name="refreshes")
    how = models.CharField(max_length=10, choices=How)
    document = models.FileField(upload_to=document_place, blank=True)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    source_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    given_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    given_label = models.CharField(max_length=200, help_text="Who or what gave it, as it was at the time.")
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    layout = models.CharField(max_length=200, blank=True, help_text="How it is written, in words.")
    is_incremental = models.BooleanField(default=False)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    waits_for = ArrayField(models.CharField(max_length=10, choices=Wait), default=list)
    why = models.CharField(max_length=500, blank=True, help_text="Why it could not be loaded, or was let go.")
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, null=True, related_name="refresh")

    class Meta:
        verbose_name = "received file"
        ordering = ["-received_at"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["hot_list", "-received_at"]),
            models.Index(
                fields=["received_at"],
                condition=Q(state__in=["received", "checking", "confirmed"]),
                name="refresh_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"file {self.file_name} for {self.hot_list}"

    @property
    def agency(self) -> Agency:
        """The agency whose list it is for."""
        return self.hot_list.agency

    @property
    def made_at(self) -> datetime:
        """When its source made it, by what the source says but never after it came; else when it came."""
        return min(self.source_at or self.received_at, self.received_at)

    @property
    def is_under_way(self) -> bool:
        """Whether the worker has still to do with it."""
        return self.state in (self.State.RECEIVED, self.State.CHECKING, self.State.CONFIRMED)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more becomes of it."""
        return not self.is_under_way and self.state != self.State.WAITING

    @property
    def percent(self) -> int:
        """How much of the file has been read, from 0 to 100."""
        return min(100, self.bytes_read * 100 // self.size) if self.size else 0
