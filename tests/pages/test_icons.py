"""Do pages name their icons, and does the file that draws them have every one?"""

from django.conf import settings
from django.template import Context, Template

from core.icons import SPRITE, in_sprite, sprite


def test_the_file_is_up_to_date():
    assert (settings.BASE_DIR / "static" / SPRITE).read_text() == sprite(), "build the front-end again"


def test_an_icon_is_named_not_drawn():
    shown = Template('{% icon "siren" "i-sm" %}').render(Context())
    assert shown.startswith('<svg class="i i-sm" aria-hidden="true"><use href="/static/build/icons')
    assert shown.endswith('.svg#siren"/></svg>')


def test_one_that_is_not_in_the_file_is_drawn():
    assert "accessibility" not in in_sprite()
    assert "<circle" in Template('{% icon "accessibility" %}').render(Context())
