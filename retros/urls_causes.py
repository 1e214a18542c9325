"""Addresses of causes and learnings."""

from django.urls import path

from retros.views import causes, learnings

RETROSPECTIVE = "retrospectives/<int:pk>/"
FACTOR = RETROSPECTIVE + "causes/<int:number>/"
LEARNING = RETROSPECTIVE + "learnings/<int:number>/"
GROUP = RETROSPECTIVE + "learnings/groups/<int:number>/"

urlpatterns = [
    path(RETROSPECTIVE + "causes/", causes.causes, name="causes"),
    path(RETROSPECTIVE + "causes/new/", causes.factor_new, name="factor_new"),
    path(RETROSPECTIVE + "causes/line/", causes.line, name="factor_line"),
    path(RETROSPECTIVE + "causes/undo/", causes.undo, name="factor_undo"),
    path(RETROSPECTIVE + "causes/suggestions/", causes.suggestions, name="factor_suggestions"),
    path(RETROSPECTIVE + "causes/rows/", causes.rows, name="factor_rows"),
    path(FACTOR, causes.factor, name="factor"),
    path(FACTOR + "row/", causes.row, name="factor_row"),
    path(FACTOR + "support/", causes.support, name="factor_support"),
    path(FACTOR + "evidence/", causes.evidence, name="factor_evidence"),
    path(FACTOR + "place/", causes.place, name="factor_place"),
    path(FACTOR + "removal/", causes.removal, name="factor_removal"),
    path(FACTOR + "link/", causes.link, name="factor_link"),
    path(RETROSPECTIVE + "learnings/", learnings.learnings, name="learnings"),
    path(RETROSPECTIVE + "learnings/reveal/", learnings.reveal, name="learnings_reveal"),
    path(RETROSPECTIVE + "learnings/voting/", learnings.voting, name="learnings_voting"),
    path(RETROSPECTIVE + "learnings/groups/", learnings.groups, name="learning_groups"),
    path(GROUP, learnings.group, name="learning_group"),
    path(GROUP + "removal/", learnings.group_removal, name="learning_group_removal"),
    path(LEARNING, learnings.learning, name="learning"),
    path(LEARNING + "removal/", learnings.removal, name="learning_removal"),
    path(LEARNING + "place/", learnings.place, name="learning_place"),
    path(LEARNING + "pair/", learnings.pair, name="learning_pair"),
    path(LEARNING + "dots/", learnings.dots, name="learning_dots"),
    path(LEARNING + "dots/removal/", learnings.dot_removal, name="learning_dot_removal"),
]
