import pytest

from alpr.policy import Policy, load_preset


@pytest.fixture
def vallejo() -> Policy:
    return load_preset("vallejo")
