"""The words updates start from: one page per audience and stage, with a preview while typing."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from core.permissions import administrators_only
from incidents.forms.updating import MessageTemplateForm
from incidents.models import WORDS, Audience, MessageTemplate, Stage, Wording
from incidents.workflow.catalogue import keep_in_catalogue
from incidents.workflow.wording import fill, offered

EXAMPLE = {
    "incident.reference": "INC-142",
    "title": "Card payments fail",
    "severity": "SEV1",
    "status": "Fixing",
    "impact.summary": "4 in 10 card payments are declined",
    "components": "Payments, Checkout",
    "duration": "42 min",
    "commander": "Ana Ruiz",
    "channel": "https://chat.example/inc-142",
    "next_update_at": "2026-03-10 04:18:00 (03:18:00 UTC)",
    "known": "Wallet and invoice payments work.",
    "unknown": "The cause.",
    "doing": "Returning to the release before.",
    "workaround": "Pay by invoice.",
    "ask": "Please tell your customers.",
    "cost.low": "€ 40,000",
    "cost.high": "€ 60,000",
}


@require_safe
def message_list(request: SignedInRequest) -> HttpResponse:
    """Everybody may read them; what is said to whom is no secret of the few."""
    written = {(m.stage, m.audience): m for m in MessageTemplate.objects.all()}
    rows = [
        (
            stage,
            label,
            [(audience, name, written.get((stage, audience))) for audience, name in Audience.choices],
        )
        for stage, label in Stage.choices
    ]
    context = {"rows": rows, "audiences": Audience.labels, "may_edit": request.user.is_administrator}
    return render(request, "settings/message_list.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def message(request: SignedInRequest, audience: str, stage: str) -> HttpResponse:
    if audience not in Audience.values or stage not in Stage.values:
        raise Http404
    entry = MessageTemplate.objects.filter(audience=audience, stage=stage).first()
    entry = entry or MessageTemplate(audience=audience, stage=stage)
    form = MessageTemplateForm(request.POST or None, instance=entry)
    is_preview = "preview" in request.POST or request.htmx
    if (
        not is_preview
        and form.is_valid()
        and form.submit(keep_in_catalogue, by=request.user, **form.arguments())
    ):
        messages.success(request, f"{entry} is saved.")
        return redirect("message_list")
    names = offered(audience)
    typed = {
        word: fill(str(form[word].value() or ""), _known(names)) for word in WORDS if word in form.fields
    }
    context = {"form": form, "entry": entry, "names": names, "parts": Wording(**typed).parts}
    template = "settings/message.html" + ("#example" if request.htmx else "")
    return render(request, template, context)


def _known(names: tuple[str, ...]) -> dict[str, str]:
    return {name: EXAMPLE[name] for name in names}
