"""An invented department to try the system with: `manage.py demo`."""


def sign_ins() -> list[tuple[str, str, str]]:
    """The demonstration's sign-ins: sign-in name, password, and what each is for."""
    from detections.demonstration.people import PASSWORD, PEOPLE

    return [(person.sign_in_name, PASSWORD, f"{person.title}: {person.for_what}") for person in PEOPLE]
