"""Addresses are nouns; every section of a retrospective is a page of its own."""

from django.urls import path

from retros.views import retrospectives

RETROSPECTIVE = "retrospectives/<int:pk>/"

urlpatterns = [
    path("retrospectives/", retrospectives.retrospective_list, name="retrospective_list"),
    path(RETROSPECTIVE, retrospectives.retrospective_detail, name="retrospective_detail"),
    path(RETROSPECTIVE + "head/", retrospectives.retrospective_head, name="retrospective_head"),
]
