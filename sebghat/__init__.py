"""The subject: figures of platforms, what may be compared, and who passed whom. Values in, values out."""

__version__ = "0.1.0"
