"""Where Django looks for admin classes: those of the rooms under the gate, and of the jobs."""

from alpr.administration import agencies, agreements, jobs, members, policies, trail

__all__ = ["agencies", "agreements", "jobs", "members", "policies", "trail"]
