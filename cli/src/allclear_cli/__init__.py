"""The command line of Allclear, over its API."""

__version__ = "0.1.0"
