"""Our admin site: Django's own, in the house's colours, with an index that shows what waits."""

from django.contrib.admin import AdminSite


class RecordsAdminSite(AdminSite):
    """Django's admin for administrators, training managers, custodians and auditors."""

    site_header = "Plate reader records"
    site_title = "Administration"
    index_title = "Administration"
