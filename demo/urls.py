"""What the demo's own data source and the target of its automations answer."""

from django.urls import path

from demo.automations import TARGET, job
from demo.measurements import measurements

urlpatterns = [
    path("demo/measurements/<slug:name>/", measurements, name="demo_measurements"),
    path(TARGET, job, name="demo_job"),
]
