"""Fernhill, a web shop for garden tools that does not exist: what `load_demo` fills an empty installation with."""
