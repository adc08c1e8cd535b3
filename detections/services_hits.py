"""What moves a hit on its ladder, in one place for those who call it."""

from accounts.models import Member
from detections.services_answers import hit_ask, hit_confirm, hit_impracticable, hit_see, hit_validate
from detections.services_stops import hit_close, hit_exigent, hit_exigent_review, hit_stop
from trail.services import act

__all__ = [
    "hit_ask",
    "hit_close",
    "hit_confirm",
    "hit_exigent",
    "hit_exigent_review",
    "hit_impracticable",
    "hit_see",
    "hit_stop",
    "hit_validate",
    "keys_switch",
]


@act
def keys_switch(*, actor: Member, on: bool) -> None:
    """Switch the console's single keys on or off for this member."""
    Member.objects.filter(pk=actor.pk).update(keys_on=on)
