"""Settings → Integrations: the list, and the page of one with its payloads. For administrators only."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from core.paging import Pages
from core.permissions import administrators_only
from core.responses import refused_or
from integrations.activity import (
    LABELS,
    Activity,
    activity_of,
    figures_of,
    is_waiting,
    last_test,
    newest_payloads,
    steps_of,
    with_activity,
)
from integrations.forms import (
    MAPPED,
    ChangedIntegrationForm,
    KeyForm,
    ListFilter,
    MappingForm,
    NewIntegrationForm,
    PayloadFilter,
    labels_of,
)
from integrations.mail_addresses import KIND
from integrations.models import LARGEST, LARGEST_MAIL, Integration, Payload, PayloadState
from integrations.senders import SENDERS, Sender, load
from integrations.setup import setup_context
from integrations.stored_bodies import MOST_SHOWN, ShownBody, legible, read_body, shown_body, try_mapping
from integrations.workflow import (
    change_integration,
    create_integration,
    delete_integration,
    pause_integration,
    replay_payload,
    resume_integration,
    rotate_key,
    send_test,
)

CHANGED = ("name", "service", "opens", "expected_every", "topic_arn")
READ_AGAIN = timedelta(seconds=2)
EXCERPT_LINES = 14
CHANGED = ("name", "service", "opens", "expected_every", "silenced_in")
GROUPS = {
    "alerts": ("Alert sources", "Send alerts to Allclear"),
    "changes": ("Change sources", "Deployments, releases and flags on the timeline"),
}


def _sender(kind: str) -> Sender | None:
    load()
    return SENDERS.get(kind)


def _group_of(sender: Sender | None) -> str:
    """A sender may say that it sends changes; all others send alerts."""
    return sender.category if sender and sender.category in GROUPS else "alerts"


def _loaded(pk: int) -> Integration:
    return get_object_or_404(with_activity(Integration.objects.by_name()), pk=pk)


def _described(integration: Integration) -> Integration:
    """With what its cards and its head show."""
    sender = _sender(integration.kind)
    integration.sender = sender  # type: ignore[attr-defined]
    integration.activity = activity_of(integration)  # type: ignore[attr-defined]
    integration.activity_label = LABELS[integration.activity]  # type: ignore[attr-defined]
    return integration


@require_safe
@administrators_only
def integrations(request: SignedInRequest) -> HttpResponse:
    """Narrowed by the text and the state in the address."""
    form = ListFilter(request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "")
    rows = with_activity(Integration.objects.by_name())
    everything = [_described(one) for one in rows]
    shown = [one for one in everything if _is_wanted(one, text, form.cleaned_data.get("state", ""))]
    grouped = {key: [one for one in shown if _group_of(one.sender) == key] for key in GROUPS}  # type: ignore[attr-defined]
    counts = [(LABELS[a].lower(), sum(one.activity == a for one in everything)) for a in Activity]  # type: ignore[attr-defined]
    context = {
        "form": form,
        "sources": [(*GROUPS[key], rows) for key, rows in grouped.items() if rows],
        "counts": [(label, count) for label, count in counts if count],
        "failing": [one for one in everything if one.activity == Activity.FAILING],  # type: ignore[attr-defined]
        "is_empty": not everything,
    }
    return render(request, "integrations/integration_list.html", context)


def _is_wanted(integration: Integration, text: str, state: str) -> bool:
    sender = integration.sender  # type: ignore[attr-defined]
    words = f"{integration.name} {sender.name if sender else integration.kind}".casefold()
    is_named = all(word in words for word in text.casefold().split())
    return is_named and (not state or integration.activity == state)  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def integration_new(request: SignedInRequest) -> HttpResponse:
    """Answers a new integration with its key, which is shown here and never again."""
    form = NewIntegrationForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if form.is_valid() and form.submit(create_integration, by=request.user, **form.cleaned_data):
        made, key = form.outcome
        return _page(request, _loaded(made.pk), key=key)
    chosen = form["kind"].value() or ""
    senders = sorted(SENDERS.values(), key=lambda one: (one.kind in MAPPED, one.name.casefold()))
    groups = [(*GROUPS[key], [one for one in senders if _group_of(one) == key]) for key in GROUPS]
    context = {"form": form, "sources": [group for group in groups if group[2]], "chosen": chosen}
    return render(request, "integrations/integration_new.html", context)


@never_cache
@require_safe
@administrators_only
def integration(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _loaded(pk))


def _page(request: SignedInRequest, subject: Integration, *, key: str = "", **said: Any) -> HttpResponse:
    """The page of one integration; `key` was made just now."""
    subject = _described(subject)
    form = PayloadFilter(request.GET)
    form.is_valid()
    payloads = list(newest_payloads(subject, form.cleaned_data.get("outcome", "")))
    test = last_test(subject)
    waits = is_waiting([*payloads, *([test] if test else [])])
    context = {
        "integration": subject,
        "key": key,
        **setup_context(subject.sender, key, subject.topic_arn),  # type: ignore[attr-defined]
        "form": form,
        "payloads": payloads,
        "failed": _newest_failed(payloads),
        "test": test,
        "steps": steps_of(test, subject) if test else [],
        "figures": figures_of(subject),
        "kept_days": Payload.KEPT.days,
        "largest_kb": (LARGEST_MAIL if subject.kind == KIND else LARGEST) // 1024,
        "mapping": _mapping_of(subject),
        "has_mapping": subject.kind in MAPPED,
        "again_at": timezone.now() + READ_AGAIN if waits else None,
        **said,
    }
    return render(request, "integrations/integration.html", context)


def _mapping_of(subject: Integration) -> list[tuple[str, str]]:
    """(label, path) of each field that has one."""
    labels = labels_of(subject.kind)
    return [(label, subject.mapping[name]) for name, label in labels.items() if subject.mapping.get(name)]


def _newest_failed(payloads: list[Payload]) -> dict[str, Any] | None:
    """Of the payloads that are shown, the newest that was not understood, with how its body begins."""
    failed = next((one for one in payloads if one.state == PayloadState.FAILED), None)
    if failed is None:
        return None
    lines = shown_body(bytes(failed.body)).text.splitlines()
    excerpt = "\n".join(line[:300] for line in lines[:EXCERPT_LINES])
    return {"pk": failed.pk, "excerpt": excerpt, "is_cut": len(lines) > EXCERPT_LINES}


@require_http_methods(["GET", "POST"])
@administrators_only
def integration_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = _loaded(pk)
    initial = {field: getattr(subject, field) for field in CHANGED}
    form = ChangedIntegrationForm(request.POST or None, initial=initial, integration=subject)
    if form.is_valid() and form.submit(
        change_integration, by=request.user, integration=subject, **form.cleaned_data
    ):
        messages.success(request, "Saved.")
        return redirect("integration", pk)
    return render(request, "integrations/integration_edit.html", {"form": form, "integration": subject})


@require_http_methods(["GET", "POST"])
@administrators_only
def integration_mapping(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where fields stand in payloads; “try” counts how many of the last ones are understood, and saves nothing."""
    subject = get_object_or_404(Integration.objects.by_name().filter(kind__in=MAPPED), pk=pk)
    form = MappingForm(request.POST or None, initial=subject.mapping, kind=subject.kind)
    is_trial = "try" in request.POST
    if (
        form.is_valid()
        and not is_trial
        and form.submit(_save_mapping, by=request.user, subject=subject, form=form)
    ):
        messages.success(request, "Saved. Payloads that were not understood can be replayed now.")
        return redirect("integration", pk)
    mapping = form.cleaned_data if form.is_bound and form.is_valid() else subject.mapping
    context = {
        "form": form,
        "integration": subject,
        "trial": None if form.errors else try_mapping(subject, mapping, reader=request.user),
        "is_trial": is_trial,
        "newest": _newest_body(subject, request.user),
    }
    return render(request, "integrations/integration_mapping.html", context)


def _newest_body(subject: Integration, reader: User) -> ShownBody | None:
    newest = legible(subject, reader).first()
    return read_body(newest) if newest else None


def _save_mapping(*, by: Any, subject: Integration, form: MappingForm) -> Integration:
    return change_integration(by=by, integration=subject, mapping=form.cleaned_data)


@require_POST
@administrators_only
def integration_pause(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = _loaded(pk)
    done = f"{subject} is paused. Payloads are stored and read after you resume it."
    return refused_or(
        request, done, "integration", [pk], pause_integration, by=request.user, integration=subject
    )


@require_POST
@administrators_only
def integration_resumption(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = _loaded(pk)
    done = f"{subject} is resumed. Payloads that arrived meanwhile are read now."
    return refused_or(
        request, done, "integration", [pk], resume_integration, by=request.user, integration=subject
    )


@require_POST
@administrators_only
def integration_test(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = _loaded(pk)
    done = "A test alert is sent. See what became of it under “Last test”."
    return refused_or(request, done, "integration", [pk], send_test, by=request.user, integration=subject)


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def integration_key(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks what becomes of the old key; answers with the new one, for the only time."""
    subject = _loaded(pk)
    form = KeyForm(request.POST or None)
    if form.is_valid():
        at_once = form.cleaned_data["ends"] == "now"
        if form.submit(rotate_key, by=request.user, integration=subject, at_once=at_once):
            _, key = form.outcome
            return _page(request, _loaded(pk), key=key, is_rotated=True, at_once=at_once)
    return render(request, "integrations/integration_key.html", {"form": form, "integration": subject})


@require_http_methods(["GET", "POST"])
@administrators_only
def integration_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = _loaded(pk)
    if request.method == "GET":
        context = {
            "integration": subject,
            "payloads": Pages(subject.payloads.all(), 1),
            "alerts": Pages(subject.alerts.all(), 1),
        }
        return render(request, "integrations/integration_deletion.html", context)
    done = f"{subject} is deleted."
    return refused_or(
        request, done, "integrations", [], delete_integration, by=request.user, integration=subject
    )


def _payload(pk: int, payload: int) -> Payload:
    return get_object_or_404(Payload.objects.select_related("integration"), integration=pk, pk=payload)


@require_safe
@administrators_only
def integration_payload(request: SignedInRequest, pk: int, payload: int) -> HttpResponse:
    """The headers and the body as they came."""
    subject = _payload(pk, payload)
    is_hidden = not Payload.objects.filter(pk=subject.pk).readable_by(request.user).exists()
    context = {
        "payload": subject,
        "integration": _described(_loaded(pk)),
        "is_hidden": is_hidden,
        "body": None if is_hidden else shown_body(bytes(subject.body)),
        "most_kb": MOST_SHOWN // 1024,
        "headers": [] if is_hidden else sorted(subject.headers.items()),
    }
    return render(request, "integrations/payload.html", context)


@require_POST
@administrators_only
def payload_replay(request: SignedInRequest, pk: int, payload: int) -> HttpResponse:
    subject = _payload(pk, payload)
    done = "The payload is read again. Alerts that it has changed already stay as they are."
    return refused_or(request, done, "integration", [pk], replay_payload, by=request.user, payload=subject)
