from django.urls import path

from insights import reporting, views

urlpatterns = [
    path("insights/", views.insights, name="insights"),
    path("insights/incidents/", views.behind, name="insights_incidents"),
    path("insights/report/", reporting.insights_report, name="insights_report"),
    path("insights/report/<int:pk>/ending/", reporting.insights_report_ending, name="insights_report_ending"),
    path("insights/pdf/", reporting.insights_pdfs, name="insights_pdfs"),
    path("insights/pdf/<int:pk>/", reporting.insights_pdf, name="insights_pdf"),
    path("insights/pdf/<int:pk>/file/", reporting.insights_pdf_file, name="insights_pdf_file"),
    path("insights/<slug:key>/", views.question, name="insights_question"),
    path("insights/<slug:key>.csv", views.question_csv, name="insights_csv"),
]
