"""Running Allclear on one machine: embedded PostgreSQL, web, worker and beat under one parent.

`preflight`, `progress` and `lock` use the standard library only and run on Python 3.9, because
`launcher/tools` needs them before the project's own environment exists.
"""
