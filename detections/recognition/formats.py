"""How the plates of the states look: A stands for a letter, 9 for a digit.

Passenger series in use, the present ones and the longer-lived ones before them, with the commonest for
trucks and trailers. It is a prior and nothing more: plates of one's own choosing look like none of these,
so a format only tips the scale between readings that the picture leaves open.
"""

from collections import Counter
from functools import cache
from typing import Final

FORMATS: Final[dict[str, str]] = {
    "AL": "9A9999A 99A999A 9AA999A 9A99999 99A9999",
    "AK": "AAA999",
    "AZ": "AAA9999 AAA9A9A",
    "AR": "999AAA AAA99A",
    "CA": "9AAA999 9A99999 99999A9",
    "CO": "999AAA AAA999 AAAA99",
    "CT": "999AAA AA99999 9AAAA9",
    "DE": "999999 99999",
    "DC": "AA9999",
    "FL": "AAAA99 999AAA A99AAA 99AAAA 9999AA AAA99A",
    "GA": "AAA9999 999AAA",
    "HI": "AAA999",
    "ID": "A999999 9A99999 9A9999A",
    "IL": "AA99999 A999999 9999999 999999",
    "IN": "999AAA 999AA 999A 99A9999",
    "IA": "AAA999 999AAA",
    "KS": "999AAA AAA999 9999AAA",
    "KY": "999AAA A9A999",
    "LA": "999AAA AAA999",
    "ME": "9999AA 999AAA",
    "MD": "9AA9999 9AAA99 AAA999",
    "MA": "9AAA99 999AA9 99AA99 9999AA 999AAA",
    "MI": "AAA9999 9AAA99 AAA999",
    "MN": "AAA999 999AAA",
    "MS": "AAA999 AAA9999",
    "MO": "AA9A9A AAA999 999AAA 9AA999",
    "MT": "999999A 9999999",
    "NE": "AAA999 9A9999 99A999",
    "NV": "999AAA 99A999",
    "NH": "9999999 999999",
    "NJ": "A99AAA AAA99A AAA999",
    "NM": "AAA999 999AAA AAAA99",
    "NY": "AAA9999 AAA999",
    "NC": "AAA9999",
    "ND": "999AAA",
    "OH": "AAA9999 AA99AA",
    "OK": "AAA999 999AAA",
    "OR": "999AAA AAA999",
    "PA": "AAA9999",
    "RI": "999999 AA999",
    "SC": "AAA999 999AAA 9999AA",
    "SD": "9AA999 9A9999 99A999",
    "TN": "A9999A 999AAA 9A99A9 AAA9999",
    "TX": "AAA9999 AA9A999 999AAA AAA999 A99AAA 99AAA9",
    "UT": "A999AA 999AAA",
    "VT": "AAA999",
    "VA": "AAA9999",
    "WA": "AAA9999 999AAA A99999A",
    "WV": "9AA999 9A9999",
    "WI": "999AAA AAA9999",
    "WY": "99999 999999",
}


def shape(text: str) -> str:
    """The format that a text has: "5TZA419" has "9AAA999"."""
    return "".join("9" if character.isdigit() else "A" for character in text)


@cache
def states_by_format() -> Counter[str]:
    """How many states use each format."""
    return Counter(pattern for patterns in FORMATS.values() for pattern in patterns.split())


# What else stands on plates in letters as large: the states' names, which are no plate.
_NAMES: Final = """
    ALABAMA ALASKA ARIZONA ARKANSAS CALIFORNIA COLORADO CONNECTICUT DELAWARE FLORIDA GEORGIA HAWAII IDAHO
    ILLINOIS INDIANA IOWA KANSAS KENTUCKY LOUISIANA MAINE MARYLAND MASSACHUSETTS MICHIGAN MINNESOTA
    MISSISSIPPI MISSOURI MONTANA NEBRASKA NEVADA NEWHAMPSHIRE HAMPSHIRE NEWJERSEY JERSEY NEWMEXICO NEWYORK
    NORTHCAROLINA SOUTHCAROLINA CAROLINA NORTHDAKOTA SOUTHDAKOTA DAKOTA OHIO OKLAHOMA OREGON PENNSYLVANIA
    RHODEISLAND TENNESSEE TEXAS UTAH VERMONT VIRGINIA WASHINGTON WESTVIRGINIA WISCONSIN WYOMING
"""
NAMES: Final = frozenset(_NAMES.split())
