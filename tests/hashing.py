"""Passwords in tests: the product's own algorithm, at a cost nobody waits for."""

from django.contrib.auth.hashers import ScryptPasswordHasher


class QuickScryptPasswordHasher(ScryptPasswordHasher):
    work_factor = 2**4
