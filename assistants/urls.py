from django.urls import path

from assistants import views

urlpatterns = [path("settings/assistants/", views.assistants, name="assistants")]
