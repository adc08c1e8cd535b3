"""The codes of NCIC's fields: which field of an entry each is."""

from __future__ import annotations

# LIT is the plate's type, LIY the year in which it expires, OAN the number its owner applied, DOT the day of
# the theft. What has no field of its own passes.
FIELD_OF_CODE = {
    "lic": "plate",
    "lis": "state",
    "liy": "plate_year",
    "lit": "plate_type",
    "vin": "vin",
    "vyr": "year",
    "vma": "make",
    "vmo": "model",
    "vst": "body",
    "vco": "color",
    "ori": "entering_agency",
    "oca": "case_number",
    "nic": "record_number",
    "mis": "synopsis",
    "oan": "",
    "dot": "",
}
# The fields whose values are codes too, where a column is named by its code.
CODED = {"vma", "vst", "vco"}
