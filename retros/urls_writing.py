"""Addresses of the narrative sections."""

from django.urls import path

from retros.views import hinting, history, writing

NARRATIVE = "retrospectives/<int:pk>/narrative/"
SECTION = NARRATIVE + "<slug:section>/"

urlpatterns = [
    path(NARRATIVE, writing.narrative, name="retrospective_narrative"),
    path(SECTION, writing.narrative, name="narrative_section"),
    path(SECTION + "comments/", writing.comments, name="narrative_comments"),
    path(SECTION + "people/", writing.narrative_people, name="narrative_people"),
    path(SECTION + "comments/<int:comment>/resolution/", writing.resolution, name="comment_resolution"),
    path(SECTION + "hints/", hinting.section_hints, name="narrative_hints"),
    path("retrospectives/<int:pk>/hints/", hinting.row_hints, name="row_hints"),
    path(SECTION + "hints/left/", hinting.hint_dismissal, name="hint_dismissal"),
    path(SECTION + "versions/", history.versions, name="narrative_versions"),
    path(SECTION + "versions/<int:number>/restoration/", history.restoration, name="version_restoration"),
    path("settings/hint-words/", hinting.hint_words, name="hint_words"),
    path("settings/hint-words/<int:word>/deletion/", hinting.hint_word_deletion, name="hint_word_deletion"),
]
