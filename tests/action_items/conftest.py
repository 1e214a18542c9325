from tests.retros.conftest import left, retrospective

__all__ = ["left", "retrospective"]
