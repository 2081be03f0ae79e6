"""How figures get on record: one transaction each, what waits and leaves because of it, what is taken back."""
