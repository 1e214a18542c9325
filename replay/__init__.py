"""Drives the workflow's verbs with the times of a recorded day, exactly as if it had been run live.

`reading` parses and checks the file, `contradictions` finds what its fields cannot show alone, `cast` makes the
people and services, `plan` puts the verbs in the order of their times, `outcome` measures what was stored.
"""
