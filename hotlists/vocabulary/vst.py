"""Bodies: the styles of the VST field, gathered into the classes that cameras tell apart."""

from __future__ import annotations

from functools import lru_cache

from hotlists.vocabulary.tables import key_of, lookup, table_of

CLASSES = """
SEDAN sedan; saloon, sedan standard, sedan compact, car, passenger car, limousine
COUPE coupe; coupé, sports car, sedan sports, hardtop, fastback
HATCHBACK hatchback; hatch, liftback, compact hatchback
WAGON station wagon; wagon, estate, sedan wagon, crossover wagon
SUV SUV; sport utility, sport utility vehicle, suv standard, suv crossover, suv wagon, crossover, jeep
PICKUP pickup; pickup truck, pick up, truck standard, crew cab, extended cab, light truck
VAN van; minivan, mini van, van full, van mini, cargo van, passenger van, full size van
TRUCK truck; big truck, tractor trailer, semi, heavy truck, box truck, tractor truck, lorry
CONVERTIBLE convertible; sedan convertible, roadster, cabriolet, spyder
MOTORCYCLE motorcycle; motorbike, motor cycle, bike, scooter, moped
BUS bus; school bus, coach, minibus
TRAILER trailer; travel trailer, utility trailer, semi trailer
"""
# The codes of the field, each with its class. Four doors are entered for pickups as well; the code alone says
# a sedan. Aircraft, farm and building machines are left out: no reader sees them.
STYLES = """
2D SEDAN sedan, 2 doors
4D SEDAN sedan, 4 doors
SD SEDAN sedan
LM SEDAN limousine
HR WAGON hearse
CP COUPE coupe
HB HATCHBACK hatchback
SW WAGON station wagon
LL SUV carry-all
UV SUV utility vehicle
PK PICKUP pickup
VN VAN van
VC VAN camper van
VT VAN vanette
AM VAN ambulance
CV CONVERTIBLE convertible
RD CONVERTIBLE roadster
MC MOTORCYCLE motorcycle
MB MOTORCYCLE motorbike
MS MOTORCYCLE motor scooter
MD MOTORCYCLE moped
BU BUS bus
AC TRUCK auto carrier
AR TRUCK armored truck
BR TRUCK beverage truck
CB TRUCK chassis and cab
CM TRUCK concrete mixer
DP TRUCK dump truck
DS TRUCK tractor truck, diesel
FB TRUCK flatbed
FT TRUCK fire truck
GG TRUCK garbage truck
MH TRUCK motor home
RF TRUCK refrigerated truck
ST TRUCK stake truck
TN TRUCK tank truck
TR TRUCK tractor truck
TT TRUCK tow truck
CT TRAILER travel trailer
DT TRAILER dump trailer
SE TRAILER semitrailer
TL TRAILER trailer
"""
CODES, NAMES = lookup(CLASSES)
_STYLES = {code: rest.split(" ", 1) for code, rest, _ in table_of(STYLES)}
CODES |= {code.casefold(): of_class for code, (of_class, _) in _STYLES.items()}
CODES |= {key_of(words): of_class for of_class, words in _STYLES.values()} | {
    "2door": "COUPE",
    "4door": "SEDAN",
    "2dr": "COUPE",
    "4dr": "SEDAN",
    "sportsutility": "SUV",
    "pu": "PICKUP",
}


@lru_cache(4096)
def body(text: str) -> str:
    """The class of a body, `SEDAN` for `4D` or `sedan-compact`; empty where it is not known."""
    return CODES.get(key_of(text), "")


def name_of_body(code: str) -> str:
    """A body in words, `sedan, 4 doors` for `4D`, `SUV` for `SUV`; a text that is none stays as it is."""
    style = _STYLES.get(code.strip().upper())
    return style[1] if style else NAMES.get(body(code), code)
