"""The record: what was entered, told and sent. SQL lives only here; no messenger is known here."""
