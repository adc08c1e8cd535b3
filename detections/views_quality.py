"""How good hits are, in figures, for those who oversee: a page, and the same figures as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Member
from accounts.permissions import Permission
from alpr.templatetags.look import percent
from detections import quality
from detections.quality import WRONG, Figures, Finding, Line, Shares
from hotlists.models import HotList
from trail.services import record
from trail.verbs import Verb
from training.rules import rule

PERIODS = (7, 30, 90, 365)
USUAL = 30
LEFT, SCALE = 132, 300
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Period:
    """The last whole days, today among them, and as many before; `named` as in `quality.figures`."""

    days: int
    now: Figures
    before: Figures

    @property
    def whole(self) -> Line:
        """All hits, now and before."""
        return Line("All hits", self.now.whole, self.before.whole)

    @property
    def tables(self) -> list[tuple[str, list[Line]]]:
        """The lines by list, camera, engine and kind of match, each under its heading."""
        return [
            ("List", quality.lines(self.now.by_list, self.before.by_list)),
            ("Camera", quality.lines(self.now.by_camera, self.before.by_camera)),
            ("Engine", quality.lines(self.now.by_engine, self.before.by_engine)),
            ("Kind of match", quality.lines(self.now.by_match, self.before.by_match)),
        ]

    @property
    def lede(self) -> tuple[str, str]:
        """The figures in a sentence: what matters, and the rest of it."""
        now, last = self.now.whole, f"in the last {self.days} days"
        if not now.closed:
            return "No hit was closed", f"{last}."
        hits = "hit was" if now.closed == 1 else "hits were"
        said = f"{now.closed:,} {hits} closed, {now.wrong:,} of them wrong"
        if now.wrong_share is None:
            return said, f"{last}: too few for a share."
        change = self.whole.change
        before = f"the {self.days} days before"
        if change is None:
            return said, f"{last}: {percent(now.wrong_share)}. Too few were closed in {before} to compare."
        compared = f"{self.whole.change_words} than in" if change else "as in"
        return said, f"{last}: {percent(now.wrong_share)}, {compared} {before}."

    @property
    def last_day(self) -> datetime:
        """A moment of the last day."""
        return self.now.until - timedelta(microseconds=1)


def _period(request: HttpRequest) -> tuple[Member, Period]:
    if not isinstance(request.user, Member):
        raise Http404
    asked = request.GET.get("days", str(USUAL))
    if asked not in {str(days) for days in PERIODS}:
        raise Http404
    member, days = request.user, int(asked)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    until, span = midnight + timedelta(days=1), timedelta(days=days)
    named = HotList.objects.visible_to(member)
    now = quality.figures(member.agency, until - span, until, named=named)
    before = quality.figures(member.agency, until - 2 * span, until - span, named=named)
    return member, Period(days, now, before)


@rule(Permission.OVERSEE)
@require_GET
@never_cache
def quality_page(request: HttpRequest) -> HttpResponse:
    """The figures of the last 7, 30, 90 or 365 days (`?days=`), and their change against as many before."""
    member, period = _period(request)
    kept = quality.kept_since(member.agency)
    low, high = quality.FIELD
    context = {
        "period": period,
        "periods": PERIODS,
        "findings": _findings(period.whole),
        "kinds": list(Finding),
        "bars": _bars(period.whole),
        "field": [round(LEFT + low * SCALE), round((high - low) * SCALE)],
        "fewest": quality.FEWEST,
        "kept": kept if kept and kept > period.before.since else None,
    }
    return render(request, "detections/quality.html", context)


@dataclass(frozen=True)
class Bar:
    """One bar of the chart: its words, the share now and before, and where it lies in the drawing."""

    words: str
    now: float
    before: float | None
    top: int
    is_wrong: bool
    is_sum: bool = False

    @property
    def text(self) -> int:
        """Where the letters stand, from above."""
        return self.top + 13

    @property
    def width(self) -> float:
        """How long the bar is."""
        return round(self.now * SCALE, 1)

    @property
    def end(self) -> float:
        """Where the share is written, clear of the mark of the share before."""
        return LEFT + max(self.width, (self.before or 0) * SCALE) + 8

    @property
    def mark(self) -> float | None:
        """Where the share before is marked."""
        return None if self.before is None else round(LEFT + self.before * SCALE, 1)


def _bars(line: Line) -> list[Bar]:
    """A bar for all that was wrong and one for each finding; none where there are too few hits for shares."""
    now, before = line.now, line.before
    if now.wrong_share is None:
        return []
    bars = [Bar("Wrong, all four", now.wrong_share, before.wrong_share, 6, is_wrong=True, is_sum=True)]
    for number, kind in enumerate(Finding):
        share, top = now.of(kind) / now.closed, 52 + 28 * number + (14 if kind not in WRONG else 0)
        bars.append(Bar(kind.label, share, before.share(before.of(kind)), top, is_wrong=kind in WRONG))
    return bars


def _findings(line: Line) -> list[dict[str, object]]:
    """How many closed hits were what, and their shares, now and before."""
    return [
        {
            "finding": kind,
            "now": line.now.of(kind),
            "now_share": line.now.share(line.now.of(kind)),
            "before": line.before.of(kind),
            "before_share": line.before.share(line.before.of(kind)),
        }
        for kind in Finding
    ]


@rule(Permission.OVERSEE)
@require_GET
@never_cache
def quality_file(request: HttpRequest) -> HttpResponse:
    """The figures of the page as a CSV file, recorded as exported."""
    member, period = _period(request)
    first, last = (timezone.localtime(day).date() for day in (period.now.since, period.last_day))
    record(
        member, Verb.EXPORTED, f"the quality of hits from {first} to {last}",
        purpose="Oversight of hits", elements={"days": period.days},
    )  # fmt: skip
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="hit-quality-{first}-to-{last}.csv"'
    writer = csv.writer(answer)
    writer.writerow(
        ["from", "to", "by", "name", "closed", *Finding.values, "wrong", "wrong_percent", "closed_before",
         *(f"{kind}_before" for kind in Finding.values), "wrong_before", "wrong_percent_before"]
    )  # fmt: skip
    for by, line in _every_line(period):
        writer.writerow([first, last, by, _plain(line.name), *_numbers(line.now), *_numbers(line.before)])
    return answer


def _every_line(period: Period) -> Iterator[tuple[str, Line]]:
    yield "all", period.whole
    for heading, lines in period.tables:
        for line in lines:
            yield heading.lower(), line


def _numbers(shares: Shares) -> list[object]:
    wrong = shares.wrong_share
    percent = "" if wrong is None else f"{wrong * 100:.1f}"
    return [shares.closed, *(shares.of(kind) for kind in Finding), shares.wrong, percent]


def _plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(FORMULA) else name
