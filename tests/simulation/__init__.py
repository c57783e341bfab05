"""A commune on the loopback: citizens by persona, the service, the platforms' emulators, and a judge who compares notes.

`persona + screen -> next message` is pure (persona.py, citizen.py) and knows no channel; phones.py puts it on one.
"""
