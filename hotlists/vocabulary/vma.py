"""Makes: the codes of the VMA field that are on the road in numbers, with the spellings that are met."""

from __future__ import annotations

from functools import lru_cache

from hotlists.vocabulary.tables import key_of, lookup

CODES, NAMES = lookup("""
ACUR Acura; ACURA
ALFA Alfa Romeo; ALFR
ASTO Aston Martin
AUDI Audi
BENT Bentley
BLUB Blue Bird
BMW BMW; Bayerische Motoren Werke
BUIC Buick; BUICK
CADI Cadillac; CAD, Caddy
CHEV Chevrolet; Chevy, CHEVR
CHRY Chrysler; CHRYS
DAEW Daewoo
DODG Dodge; DODGE
DUCA Ducati
EGIL Eagle
FERR Ferrari
FIAT Fiat
FORD Ford
FRHT Freightliner; FREI
GENS Genesis; GENE
GEO Geo
GMC GMC; General Motors Corporation
HD Harley-Davidson; HARL, Harley
HINO Hino
HOND Honda; HONDA
HUMM Hummer
HYUN Hyundai; HYUND
INDI Indian
INFI Infiniti; INFIN
INTL International; Navistar, INTE
ISU Isuzu; ISUZ
JAGU Jaguar; JAG
JEEP Jeep
KAWK Kawasaki; KAWA
KIA Kia; Kia Motors
KTM KTM
KW Kenworth; KENW
LAMO Lamborghini; LAMB
LEXS Lexus; LEXU
LINC Lincoln
LNDR Land Rover; Range Rover, LAND, ROV
LOTU Lotus
MACK Mack
MASE Maserati
MAZD Mazda; MAZDA
MERC Mercury
MERZ Mercedes-Benz; Mercedes, Mercedes Benz, MBENZ, Benz, MERB
MITS Mitsubishi; MITSU
MNNI Mini; Mini Cooper, MINI
NISS Nissan; NISSAN, Datsun, DATS
OLDS Oldsmobile; OLDSMOBILE
PLYM Plymouth
PONT Pontiac
PORS Porsche
PTRB Peterbilt; PETE
RAM Ram; Ram Trucks
RIVI Rivian
ROL Rolls-Royce; ROLL
SAA Saab; SAAB
SCIO Scion
SMRT Smart; smart fortwo, SMAR
STRN Saturn; SATU
SUBA Subaru; SUBARU
SUZI Suzuki; SUZU
TESL Tesla; Tesla Motors
TOYT Toyota; TOYO
TRUM Triumph; TRIU
VESP Vespa
VOLK Volkswagen; VW, VOLKS
VOLV Volvo
WSTR Western Star
YAMA Yamaha
""")


@lru_cache(4096)
def make(text: str) -> str:
    """The VMA code of a make, `TOYT` for `Toyota` or `toyo`; empty where it is not known."""
    return CODES.get(key_of(text), "")


def name_of_make(code: str) -> str:
    """A make in words, `Toyota` for `TOYT`; a text that is none stays as it is."""
    return NAMES.get(make(code), code)
