"""The agency: its name and number. The policy it adopted has pages of its own."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Agency
from accounts.permissions import Permission
from training.admin_base import GatedAdmin


@admin.register(Agency)
class AgencyAdmin(GatedAdmin):
    """The member's own agency. Others are founded from the command line."""

    sees = Permission.OVERSEE
    changes = Permission.MANAGE_MEMBERS
    agency_path = "pk"
    list_display = ("name", "short_name", "ori", "policy_label")
    fields = ("name", "short_name", "ori", "policy_label")
    readonly_fields = ("policy_label",)

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        """Never here."""
        return False

    @admin.display(description="policy in force")
    def policy_label(self, agency: Agency) -> str:
        """Label of the version in force."""
        return agency.policy_label or "None adopted yet"
