"""What the demo's own data source answers."""

from django.urls import path

from demo.measurements import measurements

urlpatterns = [path("demo/measurements/<slug:name>/", measurements, name="demo_measurements")]
