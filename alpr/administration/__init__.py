"""Administration of what lies under the gate: people, policies, the trail and the jobs."""
