"""Addresses of the account: its timeline and its impact."""

from django.urls import path

from retros.views import impact, timeline, timeline_import, timeline_rows

TIMELINE = "retrospectives/<int:pk>/timeline/"
ENTRY = TIMELINE + "<int:entry>/"
IMPACT = "retrospectives/<int:pk>/impact/"

urlpatterns = [
    path(TIMELINE, timeline.timeline, name="retro_timeline"),
    path(TIMELINE + "table/", timeline.table, name="retro_timeline_table"),
    path(TIMELINE + "new/", timeline.new_entry, name="retro_entry_new"),
    path(TIMELINE + "seeding/", timeline.seeding, name="retro_seeding"),
    path(TIMELINE + "gap/", timeline.new_gap, name="retro_gap_new"),
    path(TIMELINE + "gap/answer/", timeline.gap_answer, name="retro_gap_answer"),
    path(TIMELINE + "rows/", timeline_rows.selected_rows, name="retro_rows"),
    path(TIMELINE + "suggestions/", timeline_rows.suggestion_answer, name="retro_suggestion"),
    path(TIMELINE + "import/", timeline_import.timeline_import, name="retro_import"),
    path(TIMELINE + "import/confirmation/", timeline_import.confirmation, name="retro_import_confirmation"),
    path(ENTRY, timeline.edit_entry, name="retro_entry"),
    path(ENTRY + "removal/", timeline.removal, name="retro_entry_removal"),
    path(ENTRY + "restoration/", timeline.restoration, name="retro_entry_restoration"),
    path(ENTRY + "recollection/", timeline.recollection, name="retro_recollection"),
    path(ENTRY + "separation/", timeline_rows.separation, name="retro_entry_separation"),
    path(ENTRY + "phase/", timeline.phase, name="retro_phase"),
    path(ENTRY + "milestone/", timeline.milestone, name="retro_milestone"),
    path(IMPACT, impact.impact, name="retro_impact"),
    path(IMPACT + "pulse/", impact.pulse, name="retro_pulse"),
    path(IMPACT + "<slug:dimension>/", impact.dimension, name="retro_dimension"),
    path(IMPACT + "users/<int:service>/", impact.service_users, name="retro_users"),
]
