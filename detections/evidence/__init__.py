"""Evidence packages: what a hold keeps, as a signed BagIt package in one file, and its chain of custody.

`archive`, `bag` and `verifying` know neither the database nor the trail, so that a package can be checked
anywhere.
"""
