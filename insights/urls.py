from django.urls import path

from insights import missing_time_views, pack_views, reporting, saved, trend_views, views

urlpatterns = [
    path("insights/", views.insights, name="insights"),
    path("insights/incidents/", views.behind, name="insights_incidents"),
    path("insights/report/", reporting.insights_report, name="insights_report"),
    path("insights/report/<int:pk>/ending/", reporting.insights_report_ending, name="insights_report_ending"),
    path("insights/pdf/", reporting.insights_pdfs, name="insights_pdfs"),
    path("insights/pdf/<int:pk>/", reporting.insights_pdf, name="insights_pdf"),
    path("insights/pdf/<int:pk>/file/", reporting.insights_pdf_file, name="insights_pdf_file"),
    path("insights/over-time/", trend_views.over_time, name="insights_trend"),
    path("insights/over-time.csv", trend_views.over_time_csv, name="insights_trend_csv"),
    path("insights/pack/", pack_views.pack, name="insights_pack"),
    path("insights/pack/schedule/", pack_views.pack_schedule, name="insights_pack_schedule"),
    path("insights/views/", saved.insights_views, name="insights_views"),
    path("insights/missing-times/", missing_time_views.missing_times, name="insights_missing_times"),
    path("insights/annotations/", trend_views.annotations, name="insights_annotations"),
    path("insights/annotations/new/", trend_views.annotation_new, name="insights_annotation_new"),
    path("insights/annotations/<int:pk>/", trend_views.annotation, name="insights_annotation"),
    path(
        "insights/annotations/<int:pk>/deletion/",
        trend_views.annotation_deletion,
        name="insights_annotation_deletion",
    ),
    path("insights/goals/<slug:metric>/", trend_views.goals, name="insights_goals"),
    path("insights/<slug:key>/", views.question, name="insights_question"),
    path("insights/<slug:key>.csv", views.question_csv, name="insights_csv"),
]
