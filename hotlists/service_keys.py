"""Keys with which machines give files to one list: issued, shown once, revoked."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.models import Member
from accounts.permissions import Permission
from hotlists.models import HotList, ListKey
from trail.services import act, record
from trail.verbs import Verb
from training import gate


@act
def list_key_issue(*, actor: Member, hot_list: HotList) -> tuple[ListKey, str]:
    """Issue a key that gives files to this list alone, and give it with its secret, which is shown this once.

    Raises `gate.Refused` without the permission, ValidationError for a list that takes no files.
    """
    gate.require(actor, Permission.DESIGNATE_LISTS, on=hot_list)
    if not hot_list.takes_files:
        raise ValidationError("This list takes no files, so it has no key.")
    key = ListKey(hot_list=hot_list, issued_by=actor)
    secret = key.make_secret()
    key.save()
    record(actor, Verb.KEY_ISSUED, key)
    return key, secret


@act
def list_key_revoke(*, actor: Member, key: ListKey) -> ListKey:
    """Revoke a key for good: from the next request on it opens nothing. Again changes nothing."""
    gate.require(actor, Permission.DESIGNATE_LISTS, on=key)
    key = ListKey.objects.select_for_update(of=("self",)).select_related("hot_list__agency").get(pk=key.pk)
    if not key.is_revoked:
        key.revoke()
        key.save()
        record(actor, Verb.KEY_REVOKED, key)
    return key
