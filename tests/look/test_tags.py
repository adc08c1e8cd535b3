"""The tags of the look: what they compute and what they write."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alpr.templatetags import look
from hotlists.plates import STATES, differences

PLATES = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", max_size=9)


def render(source: str, **context: Any) -> str:
    """A template with the tags loaded, as text."""
    return engines["django"].from_string("{% load look %}" + source).render(context)


# Marks, notices, plates


def test_a_status_that_is_not_declared_cannot_be_shown() -> None:
    with pytest.raises(KeyError):
        look.mark("great", "Great")


@pytest.mark.parametrize("kind", sorted(look.MARKS))
def test_a_mark_is_a_shape_and_a_word(kind: str) -> None:
    shown = look.mark(kind, "Holds")
    assert f"#i-{kind}" in shown
    assert "Holds" in shown


def test_every_shape_that_a_mark_or_notice_takes_is_in_the_sprite() -> None:
    sprite = engines["django"].get_template("components/sprite.html").render()
    shapes = {*look.MARKS, look.PLAIN_NOTICE[1], *(shape for _, shape in look.NOTICES.values())}
    for shape in shapes:
        assert f'id="i-{shape}"' in sprite


def test_words_of_others_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    for shown in (
        look.mark("ok", evil),
        look.notice("error", evil, evil),
        look.plate_tag(evil, evil),
        render("{% plate_drawing state plate %}{% characters plate state %}", state=evil, plate=evil),
    ):
        assert "<script>" not in shown


def test_a_notice_takes_the_level_of_a_message() -> None:
    assert "notice--stop" in look.notice("error", "No")
    assert "notice--done" in look.notice("success", "Yes")
    assert 'class="notice"' in look.notice("info", "So")


def test_a_plate_names_its_state_and_underlines_what_may_be_another() -> None:
    shown = look.plate_tag("CA", "98QT661", differs=[2])
    assert '<abbr title="California">CA</abbr>' in shown
    assert "<span>9<mark>8</mark>QT661</span>" in shown


def test_a_plate_without_a_state_has_no_empty_box() -> None:
    assert "abbr" not in look.plate_tag("", "52KR18")


def test_a_drawn_plate_is_spelled_for_screen_readers() -> None:
    assert 'aria-label="Nevada plate 5 2 K R 1 8"' in render('{% plate_drawing "NV" "52KR18" %}')
    assert 'aria-label="Listed plate 5 2"' in render('{% plate_drawing "" "52" %}')


def test_a_long_plate_is_squeezed_into_its_frame() -> None:
    assert "textLength" in render('{% plate_drawing "CA" "1234567890" %}')
    assert "textLength" not in render('{% plate_drawing "CA" "1234567" %}')


@pytest.mark.parametrize("code", STATES)
def test_every_state_that_a_plate_may_have_has_a_name(code: str) -> None:
    assert len(look.state_name(code)) > 3


def test_a_code_without_a_name_stays_as_it_is() -> None:
    assert look.state_name("DC") == "District of Columbia"
    assert look.state_name("XX") == "XX"
    assert look.state_name(None) == ""


# Characters


def test_a_difference_is_said_in_words() -> None:
    shown = render('{% characters "AB" "A8" %}')
    assert shown.count('<span class="hidden-text">differs</span>') == 1
    assert shown.count('<span class="hidden-text">same</span>') == 1


def test_a_missing_character_differs_and_is_said() -> None:
    shown = render('{% characters "AB4" "AB" %}')
    assert shown.count('<span class="hidden-text">differs</span>') == 1
    assert shown.count('<span class="hidden-text">none</span>') == 1


@given(PLATES, PLATES)
def test_a_table_has_a_verdict_for_every_place(listed: str, read: str) -> None:
    shown = render("{% characters listed read %}", listed=listed, read=read)
    assert shown.count(">same<") + shown.count(">differs<") == max(len(listed), len(read))
    assert shown.count(">differs<") == len(differences(listed, read))


def test_pips_show_what_is_climbed_and_what_is_shut() -> None:
    assert look.pips(2).count('class="on"') == 2
    assert look.pips(2).count("<rect") == 5
    assert look.pips(["on", "on", "shut", "", ""]).count('class="shut"') == 1


# Times and figures


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (12, "12 s"),
        (60, "1 min"),
        (107, "1 min 47 s"),
        (6 * 60 + 30, "6 min"),
        (3600, "1 h"),
        (3 * 3600 + 12 * 60, "3 h 12 min"),
        (24 * 3600 - 1, "23 h 59 min"),
        (27 * 3600 + 59 * 60, "27 h"),
        (48 * 3600, "2 d"),
        (34 * 24 * 3600, "34 d"),
    ],
)
def test_an_age_is_said_as_people_say_it(seconds: int, said: str) -> None:
    assert look.age(timedelta(seconds=seconds)) == said


def test_the_age_of_a_moment_is_counted_to_now() -> None:
    assert look.age(timezone.now() - timedelta(days=2, hours=1)) == "2 d"
    assert look.age(timezone.now() + timedelta(hours=1)) == "0 s"
    assert look.age(None) == ""


def test_times_are_local() -> None:
    moment = datetime(2026, 11, 22, 10, 41, 18, tzinfo=UTC)
    with timezone.override("America/Los_Angeles"):
        assert look.clock(moment) == "02:41:18"
        assert look.day(datetime(2026, 11, 23, 3, 0, tzinfo=UTC)) == "Nov 22, 2026"
    assert look.day(date(2026, 11, 22)) == "Nov 22, 2026"
    assert look.clock(None) == look.day(None) == ""


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0%"), (0.001, "1%"), (0.51, "51%"), (0.999, "99%"), (1, "100%"), (None, "")],
)
def test_only_all_is_a_hundred_percent(share: float | None, said: str) -> None:
    assert look.percent(share) == said


# Forms


class Purpose(forms.Form):
    """One field of each kind."""

    case_number = forms.CharField(label="Case number", help_text="Like 26-11873.")
    reason = forms.CharField(widget=forms.Textarea(attrs={"placeholder": "because", "class": "tall"}))
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("w", "Whole plate"), ("p", "Part")])
    confusable = forms.BooleanField(required=False, label="Also confused", help_text="8 for B")
    token = forms.CharField(widget=forms.HiddenInput)


def test_nothing_is_said_of_a_form_without_faults() -> None:
    assert render("{% form_errors form %}", form=Purpose()).strip() == ""


def test_a_wrong_field_ties_hint_and_error_to_its_control() -> None:
    shown = render("{% field form.case_number %}", form=Purpose({}))
    assert 'class="field field--wrong"' in shown
    assert 'for="id_case_number"' in shown
    assert 'aria-describedby="id_case_number_helptext id_case_number_error"' in shown
    assert 'aria-invalid="true"' in shown
    order = [shown.index(part) for part in ("<label", "field__hint", "field__error", "<input")]
    assert order == sorted(order)


def test_a_right_field_keeps_what_was_typed_and_says_nothing() -> None:
    shown = render("{% field form.case_number %}", form=Purpose({"case_number": "26-11873"}))
    assert 'value="26-11873"' in shown
    assert "aria-invalid" not in shown
    assert "field--wrong" not in shown


def test_a_control_keeps_its_own_class_and_loses_its_placeholder() -> None:
    shown = render('{% field form.reason css="mono" %}', form=Purpose())
    assert 'class="input tall mono"' in shown
    assert "placeholder" not in shown


def test_a_page_may_say_the_label_and_hint_otherwise() -> None:
    shown = render('{% field form.case_number label="Case" hint="" %}', form=Purpose())
    assert "Case number" not in shown
    assert "Like 26" not in shown
    assert "aria-describedby" not in shown


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    shown = render("{% field form.kind %}", form=Purpose({}))
    assert "<legend" in shown
    assert shown.count('class="choice"') == 2
    assert 'aria-describedby="id_kind_error"' in shown
    assert "checked" not in shown


def test_a_box_to_tick_has_its_words_beside_it() -> None:
    shown = render("{% field form.confusable %}", form=Purpose())
    assert 'class="choice"' in shown
    assert 'aria-describedby="id_confusable_helptext"' in shown
    assert 'class="input"' not in shown


def test_what_is_not_required_says_so() -> None:
    class Free(forms.Form):
        note = forms.CharField(required=False)

    assert "(optional)" in render("{% field form.note %}", form=Free())
    assert "(optional)" not in render("{% field form.case_number %}", form=Purpose())


def test_the_notice_above_a_form_links_to_each_fault_and_takes_the_focus() -> None:
    form = Purpose({})
    form.add_error(None, "Nothing was searched.")
    shown = render('{% form_errors form "The search did not run" %}', form=form)
    assert "The search did not run" in shown
    assert "Nothing was searched." in shown
    assert 'href="#id_case_number"' in shown
    assert 'href="#id_kind_0"' in shown
    assert 'href="#id_token"' not in shown
    assert 'role="alert"' in shown
    assert "autofocus" in shown
