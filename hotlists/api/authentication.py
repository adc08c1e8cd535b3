"""A source signs in with its key, for its one list."""

from __future__ import annotations

from django.db.models import QuerySet

from hotlists.models import ListKey
from training.api.errors import Closed
from training.api.keys import KeyAuthentication, KeyThrottle, for_keys


class InactiveList(Closed):
    """The list is out of use, and no file is taken for it."""

    code = "inactive_list"


class ListKeyAuthentication(KeyAuthentication[ListKey]):
    """Lets the standing key of a list in use in."""

    realm = "hot lists"

    def keys(self) -> QuerySet[ListKey]:
        """Lists' keys with their list."""
        return ListKey.objects.select_related("hot_list__agency")

    def check(self, key: ListKey) -> None:
        """Raise `InactiveList` for a list out of use."""
        if not key.hot_list.is_active:
            raise InactiveList("This list is out of use; no file is taken for it.")


class ListThrottle(KeyThrottle):
    """So many requests a key and minute, counted in each web process."""

    scope = "list"


list_key = for_keys("list key", ListKeyAuthentication, ListThrottle)
