from django.forms.renderers import TemplatesSetting


class AllclearRenderer(TemplatesSetting):
    """Django's own form rendering, with our field template."""
