"""Checks, reviewers, publishing, versions, and taking it along as a file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from core.requested_files import file_answer
from incidents.views.common import attempt, is_number, submitted
from retros import pdf, workflow
from retros.checks import CHECKS, checks
from retros.export import FORMATS
from retros.forms import PublicTextForm, PublishForm, ReasonForm, ReviewerForm, VerdictForm
from retros.models import Export, Retrospective
from retros.views.common import answer_status, click, done, led, load, load_read, reading, section


@require_safe
def retrospective_review(request: SignedInRequest, pk: int) -> HttpResponse:
    return _review(request, load(request, pk))


@require_POST
def reviewers(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    form = ReviewerForm(request.POST)
    if submitted(request, form) and attempt(
        form, workflow.ask_reviewer, retrospective=retrospective, by=request.user, **form.cleaned_data
    ):
        return done(request, retrospective, to=_page(retrospective))
    return _review(request, retrospective, reviewer_form=form)


@require_POST
def review_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """By whoever was asked."""
    retrospective = load(request, pk)
    review = retrospective.reviews.filter(reviewer=request.user).first()
    if review is None:
        raise PermissionDenied("Only a requested reviewer can respond.")
    form = VerdictForm(request.POST)
    if submitted(request, form) and attempt(
        form, workflow.answer_review, review=review, by=request.user, **form.cleaned_data
    ):
        return done(request, retrospective, "Thank you.", to=_page(retrospective))
    return _review(request, retrospective, verdict_form=form)


@require_http_methods(["GET", "POST"])
def check_waiver(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Why a check need not hold; or, with `again`, that it should after all."""
    retrospective = led(request, pk)
    if name not in CHECKS:
        raise Http404
    if request.POST.get("again"):
        verb, to = workflow.withdraw_waiver, _page(retrospective)
        return click(
            request, retrospective, verb, retrospective=retrospective, by=request.user, name=name, to=to
        )
    form = ReasonForm(request.POST or None)
    if submitted(request, form) and attempt(
        form,
        workflow.waive_check,
        retrospective=retrospective,
        by=request.user,
        name=name,
        **form.cleaned_data,
    ):
        return done(request, retrospective, to=_page(retrospective))
    context = {"form": form, "title": "Waive a check", "lead": CHECKS[name][0], "submit": "Waive check"}
    return section(request, retrospective, "review", context, template="retros/reason.html")


@require_POST
def waiver_agreement(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """A second person agrees that a check doesn't have to pass."""
    retrospective = load(request, pk)
    return click(
        request,
        retrospective,
        workflow.agree_to_waiver,
        retrospective=retrospective,
        by=request.user,
        name=name,
        to=_page(retrospective),
    )


@require_POST
def publication(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    form = PublishForm(request.POST)
    if submitted(request, form) and attempt(
        form,
        workflow.publish_retrospective,
        retrospective=retrospective,
        by=request.user,
        **form.cleaned_data,
    ):
        return done(request, retrospective, "Published.")
    return _review(request, retrospective, publish_form=form)


@require_http_methods(["GET", "POST"])
def retrospective_reopening(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = "What is to change?"
    if submitted(request, form) and attempt(
        form, workflow.reopen_retrospective, retrospective=retrospective, by=request.user, **form.cleaned_data
    ):
        return done(request, retrospective, to=_page(retrospective))
    context = {
        "form": form,
        "title": "Open it again",
        "lead": "The published version does not change. When you publish again, you create a new version.",
        "submit": "Open again",
    }
    return section(request, retrospective, "review", context, template="retros/reason.html")


@require_POST
def public_text(request: SignedInRequest, pk: int) -> HttpResponse:
    retrospective = led(request, pk)
    form = PublicTextForm(request.POST)
    if submitted(request, form) and attempt(
        form, workflow.write_public_text, retrospective=retrospective, by=request.user, **form.cleaned_data
    ):
        return done(request, retrospective, "Saved.", to=_page(retrospective))
    return _review(request, retrospective, public_form=form)


@require_safe
def version(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A published version as it was read."""
    return reading(request, load_read(request, pk, number), {}, "retros/version.html")


# -- files --------------------------------------------------------------------------------------------------


@require_safe
def export_file(request: SignedInRequest, pk: int, form: str) -> HttpResponse:
    """HTML, Markdown or JSON: the newest version, what stands now, or ?version=2."""
    copy = load_read(request, pk, _number(request.GET.get("version", "")))
    write, content_type = FORMATS[form]
    headers = {
        "Content-Disposition": f'attachment; filename="{copy.name}.{form}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(write(copy), content_type=content_type, headers=headers)


@require_POST
def pdf_exports(request: SignedInRequest, pk: int) -> HttpResponse:
    copy = load_read(request, pk, _number(request.POST.get("version", "")))
    retrospective = copy.retrospective
    number = copy.publication.number if copy.publication else None
    try:
        export = workflow.ask_for_pdf(retrospective=retrospective, by=request.user, number=number)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("retrospective_review", pk)
    return redirect("pdf_export", pk, export.pk)


@never_cache
@require_safe
def pdf_export(request: SignedInRequest, pk: int, export: int) -> HttpResponse:
    """How far it is; the page asks again by itself until it is ready."""
    retrospective = load_read(request, pk).retrospective
    found = _own_export(request, retrospective, export)
    context = {
        "retrospective": retrospective,
        "export": found,
        "section": "retrospectives",
        "can_make": pdf.is_available(),
        "missing": pdf.MISSING,
    }
    response = render(request, "retros/pdf.html", context)
    if found.is_waiting and context["can_make"]:
        response["Refresh"] = "3"
    return response


@require_safe
def pdf_file(request: SignedInRequest, pk: int, export: int) -> FileResponse:
    found = _own_export(request, load_read(request, pk).retrospective, export)
    return file_answer(found, "application/pdf")


def _own_export(request: SignedInRequest, retrospective: Retrospective, pk: int) -> Export:
    return get_object_or_404(Export, pk=pk, retrospective=retrospective, asked_by=request.user)


def _number(text: str) -> int | None:
    return int(text) if is_number(text) else None


def _page(retrospective: Retrospective) -> str:
    return reverse("retrospective_review", args=[retrospective.pk])


def _review(request: SignedInRequest, retrospective: Retrospective, **forms: Any) -> HttpResponse:
    asked = list(retrospective.reviews.select_related("reviewer"))
    current = {"version": retrospective.version}
    context: dict[str, Any] = {
        "checks": checks(retrospective),
        "reviews": asked,
        "seated": None,  # the page lists reviewers, and asks the database enough already
        "mine": next((r for r in asked if r.reviewer_id == request.user.pk), None),
        "versions": list(
            retrospective.publications.select_related("by").defer("content", "text", "figures", "search")
        ),
        "reviewer_form": ReviewerForm(),
        "verdict_form": VerdictForm(),
        "publish_form": PublishForm(initial=current),
        "public_form": PublicTextForm(initial={**current, "public_text": retrospective.public_text}),
    } | forms
    context["open_checks"] = [check for check in context["checks"] if not check.is_settled]
    return section(request, retrospective, "review", context, status=answer_status(forms))
