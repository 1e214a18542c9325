"""Can every colour that is chosen be read in both themes, and is nothing of an upload kept but a small picture?"""

import re
import struct
import zlib
from io import BytesIO

import pytest
from coloraide import Color
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from audit.models import AuditEntry
from statuspages import static_copies
from statuspages.accent import OWN, PAPERS, TEXT, accent_of, normal
from statuspages.logo import logo_of
from statuspages.models import PageLogo, StatusPage
from statuspages.tasks import write_stale_copies
from statuspages.workflow import keep_look, keep_page


def picture(form="PNG", size=(200, 50), colour="#102040", mode="RGB", **options) -> bytes:
    drawn = BytesIO()
    Image.new(mode, size, colour).save(drawn, form, **options)
    return drawn.getvalue()


def cut_out(colour: str) -> bytes:
    drawn, found = Image.new("RGBA", (200, 50), (0, 0, 0, 0)), BytesIO()
    drawn.paste(colour, (20, 10, 180, 40))
    drawn.save(found, "PNG")
    return found.getvalue()


@pytest.fixture
def dressed(shop, admin) -> StatusPage:
    return keep_look(by=admin, page=shop, accent="#ffcc00", logo=picture())


@settings(max_examples=60)
@given(st.integers(0, 0xFFFFFF))
def test_every_colour_can_be_read_in_both_themes(number):
    accent = accent_of(f"#{number:06x}")
    for shade in accent.shades:
        ratios = [Color(shade.colour).contrast(paper, method="wcag21") for paper in PAPERS[shade.theme]]
        assert min(ratios) >= TEXT
        assert shade.is_adjusted == (shade.colour != accent.chosen)
    assert Color(accent.chosen).contrast(accent.on, method="wcag21") >= TEXT


@pytest.mark.parametrize(
    ("typed", "kept"), [("#1F6FEB", "#1f6feb"), ("16e", "#1166ee"), (" #abcdef ", "#abcdef")]
)
def test_how_a_colour_may_be_written(typed, kept):
    assert normal(typed) == kept


@pytest.mark.parametrize("typed", ["red", "#12345", "#1f6feb;}", "#1f6feb}body{color:red", "rgb(1,2,3)"])
def test_nothing_else_becomes_a_style_sheet(shop, admin, typed):
    with pytest.raises(ValidationError, match="six digits"):
        keep_look(by=admin, page=shop, accent=typed, logo=None)
    shop.refresh_from_db()
    assert shop.style_address == ""


def test_the_page_has_its_logo_and_its_colour(client, dressed):
    answer = client.get("/status/shop/")
    assert 'alt="Shop"' in answer.text
    assert b"style=" not in answer.content
    style = client.get(f"/status/shop/{dressed.style_address}")
    assert style["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in style["Cache-Control"]
    assert "--main:#ffcc00;--on-main:#000000" in style.text
    assert "#ffcc00" in style.text.partition("@media")[2]
    assert not re.search(r"--(good|warn|bad|info|d-\w+):", style.text), "states keep their colours"
    logo = client.get(f"/status/shop/{dressed.logo_address}")
    assert logo["Content-Type"] == "image/png"
    assert Image.open(BytesIO(logo.content)).size == (200, 50)
    for part in (dressed.style_address, dressed.logo_address):
        assert f'"{part}"' in answer.text
        assert f'"../{part}"' in client.get("/status/shop/subscribe/x").text
    assert client.get("/status/shop/look-0123456789abcdef.css").status_code == 404
    assert client.get("/status/shop/logo-0123456789abcdef.png").status_code == 404


def test_a_page_without_either_is_as_before(client, shop):
    html = client.get("/status/shop/").text
    assert "look-" not in html
    assert "<img" not in html


def test_another_look_has_another_address(dressed, admin):
    before = dressed.style_address, dressed.logo_address
    after = keep_look(by=admin, page=dressed, accent="#1f6feb", logo=picture(colour="#800000"))
    assert after.style_address != before[0]
    assert after.logo_address != before[1]
    bare = keep_look(by=admin, page=after, accent="", logo=None, removes_logo=True)
    assert (bare.style_address, bare.logo_address) == ("", "")
    assert not PageLogo.objects.exists()
    assert AuditEntry.objects.filter(action="status_page.look_changed").count() == 3


def test_changing_the_page_keeps_its_look(dressed, admin):
    stale = StatusPage.objects.get(pk=dressed.pk)
    keep_look(by=admin, page=dressed, accent="#1f6feb", logo=None)
    keep_page(by=admin, page=stale)
    assert StatusPage.objects.get(pk=dressed.pk).accent == "#1f6feb"


def test_both_are_in_the_copy(dressed):
    write_stale_copies()
    for part, kind in ((dressed.style_address, "text/css"), (dressed.logo_address, "image/png")):
        kept = static_copies.find("shop", part)
        assert kept.type.startswith(kind)
        assert kept.body


def test_whoever_may_not_read_the_page_gets_neither(client, internal_page, admin, stakeholder):
    page = keep_look(by=admin, page=internal_page, accent="#1f6feb", logo=picture())
    for part in (page.style_address, page.logo_address):
        assert client.get(f"/status/inside/{part}").status_code == 404
        assert client.get(f"/status-pages/inside/shown/{part}").status_code == 302
    client.force_login(stakeholder)
    assert f'"{page.logo_address}"' in client.get("/status-pages/inside/shown/").text
    for part in (page.style_address, page.logo_address):
        answer = client.get(f"/status-pages/inside/shown/{part}")
        assert answer.status_code == 200
        assert "private" in answer["Cache-Control"]
    page.is_published = False
    keep_page(by=admin, page=page)
    assert client.get(f"/status-pages/inside/shown/{page.logo_address}").status_code == 404


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_each_kind_becomes_a_small_png(form):
    logo = logo_of(picture(form, size=(1600, 800)))
    assert logo.content.startswith(b"\x89PNG")
    assert (logo.width, logo.height) == (256, 128)


def test_what_a_picture_says_beside_its_pixels_is_not_kept():
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    raw = picture("JPEG", exif=exif)
    assert b"taken at home" in raw
    assert b"taken at home" not in logo_of(raw).content


@pytest.mark.parametrize("odd", [(0x100, 2, 4, b"abc\0"), (0x10E, 11, 1, b"abcd"), (0x11B, 2, 4, b"abc\0")])
def test_a_turned_picture_is_read_whatever_else_it_says(odd):
    """Values of another type than their tag has: a text as a width, a number as a description."""
    entries = (0x112, 3, 1, b"\6\0\0\0"), odd
    packed = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in entries)
    exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0" + packed + bytes(4)
    logo = logo_of(picture("JPEG", size=(100, 60), exif=exif))
    assert (logo.width, logo.height) == (60, 100)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_half_a_picture_is_none_after_a_pdf_was_made(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # what importing WeasyPrint does
    with pytest.raises(ValidationError, match="can't be read"):
        logo_of(picture()[:60])
    assert ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (SVG, "can't be read"),
        (picture("GIF"), "can't be read"),
        (picture()[:60], "can't be read"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "can't be read"),
        (picture(size=(4001, 30)), "may have 4000 a side"),
        (picture(size=(2001, 2000)), "4 million in all"),
        (picture(size=(200, 20)), "at least 24 a side"),
        (picture(size=(4000, 30)), "too narrow"),
        (picture(mode="RGBA", colour=(0, 0, 0, 0)), "transparent everywhere"),
        (b"x" * (1024 * 1024 + 1), "at most 1 MB"),
    ],
)
def test_what_is_no_logo(raw, words):
    with pytest.raises(ValidationError, match=words):
        logo_of(raw)


def test_a_picture_that_unpacks_to_a_huge_one_is_not_unpacked():
    header = b"\x00\x00\x00\x0dIHDR" + (60_000).to_bytes(4) * 2 + b"\x08\x06\x00\x00\x00"
    raw = b"\x89PNG\r\n\x1a\n" + header + zlib.crc32(header[4:]).to_bytes(4)
    with pytest.raises(ValidationError):
        logo_of(raw)


def test_a_picture_that_is_drawn_over_and_over_is_not_drawn():
    """A JPEG of 1 MB can hold 70,000 scans, which take minutes."""
    raw = picture("JPEG", progressive=True)
    scan = raw[raw.rindex(b"\xff\xda") : -2]
    with pytest.raises(ValidationError):
        logo_of(raw[:-2] + 201 * scan + raw[-2:])


@pytest.mark.parametrize(("colour", "plate"), [("#000000", "dark"), ("#ffffff", "light"), ("#1f6feb", "")])
def test_a_cut_out_logo_is_seen_in_both_themes(colour, plate):
    assert logo_of(cut_out(colour)).plate == plate
    assert logo_of(picture(colour=colour)).plate == ""


def test_only_administrators_choose_it(client, shop, commander):
    with pytest.raises(PermissionDenied):
        keep_look(by=commander, page=shop, accent="#1f6feb", logo=None)


def test_it_is_previewed_before_it_is_saved(client, shop, admin):
    client.force_login(admin)
    path = "/status-pages/shop/look/"
    file = SimpleUploadedFile("logo.png", picture(), "image/png")
    html = client.post(path, {"accent": "#ffcc00", "logo": file, "preview": "1"}).text
    assert "#ffcc00 has a contrast of 1.4 to 1 with the background" in html
    shade = accent_of("#ffcc00").light
    assert f"links use {shade.colour}" in html
    assert not PageLogo.objects.exists()
    kept = re.search(r'name="kept_logo" value="([^"]+)"', html)[1]
    answer = client.post(path, {"accent": "#ffcc00", "kept_logo": kept})
    assert answer.url == "/status-pages/shop/"
    shop.refresh_from_db()
    assert (shop.accent, shop.accent_light, shop.logo_width) == ("#ffcc00", shade.colour, 200)
    assert client.post(path, {"removes_logo": "on"}).status_code == 302
    assert not PageLogo.objects.exists()


def test_what_is_refused_keeps_what_was_typed(client, shop, admin):
    client.force_login(admin)
    path = "/status-pages/shop/look/"
    html = client.post(path, {"accent": "blue", "kept_logo": "x"}).text
    assert "six digits from 0 to f" in html
    assert 'value="blue"' in html
    assert "Choose the logo again" in html
    file = SimpleUploadedFile("logo.svg", SVG, "image/svg+xml")
    assert "can&#x27;t be read" in client.post(path, {"logo": file}).text
    assert not PageLogo.objects.exists()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_colours_of_the_preview_are_those_of_the_style_sheet(theme):
    """The preview is a picture, and a picture cannot ask the style sheet."""
    style = (django_settings.BASE_DIR / "frontend/status.css").read_text()
    first = 0 if theme == "light" else style.index("prefers-color-scheme: dark")
    named = {name: re.search(rf"--{name}: ([^;]+);", style[first:])[1] for name in OWN[theme]}
    assert (named["paper"], named["sunk"]) == PAPERS[theme]
    drawn = {name: Color(colour).convert("srgb").fit().to_string(hex=True) for name, colour in named.items()}
    assert drawn == OWN[theme]
