import os

from django.core.wsgi import get_wsgi_application

from core.content_type import ReadableContentType

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = ReadableContentType(get_wsgi_application())
