"""A room with the bundled readings on record, as the handlers' tests have it."""

from tests.handlers.conftest import room

__all__ = ["room"]
