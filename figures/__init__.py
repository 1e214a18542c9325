"""Data graphics as server-rendered SVG: presentation attributes and classes only, so a strict CSP holds."""
