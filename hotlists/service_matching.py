"""How fuzzy a list is: which characters count as confused, and how many of one plate may be."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.models import HotList
from hotlists.plates import GROUPS, LONGEST
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def list_matching_set(
    *, actor: Member, hot_list: HotList, accepts: Collection[str], most_differing: int
) -> HotList:
    """Set which groups of `plates.GROUPS` a list takes for each other, and in how many places of one plate.

    No group, or no place, makes the list exact. Recorded with what was before and after; hits that stand
    are left as they are. Raises ValidationError, by field.
    """
    hot_list = HotList.objects.select_for_update(no_key=True).get(pk=hot_list.pk)
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    if not hot_list.is_active:
        raise ValidationError("This list is no longer in use.")
    if unknown := set(accepts) - set(GROUPS):
        raise ValidationError({"accepts": f"No group of confused characters: {', '.join(sorted(unknown))}."})
    if not 0 <= most_differing <= LONGEST:
        raise ValidationError({"most_differing": f"From 0 to {LONGEST} characters."})
    before = _setting(hot_list)
    hot_list.accepts = [group for group in GROUPS if group in accepts and most_differing]
    hot_list.most_differing = most_differing if hot_list.accepts else 0
    after = _setting(hot_list)
    if after != before:
        hot_list.save(update_fields=["accepts", "most_differing"])
        elements = {"before": before, "after": after}
        record(actor, Verb.CHANGED, hot_list, elements=elements, detail="Settings: confused characters")
    return hot_list


def _setting(hot_list: HotList) -> dict[str, object]:
    return {"accepts": list(hot_list.accepts), "most_differing": hot_list.most_differing}
