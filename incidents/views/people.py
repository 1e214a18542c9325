"""Roles and who is on the incident."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from incidents import workflow
from incidents.forms.incident_page import PersonForm, RoleForm
from incidents.models import Role
from incidents.permissions import can_set_visibility
from incidents.views.common import attempt, click, done, form_page, load, responders_only, submitted


@require_http_methods(["GET", "POST"])
@responders_only
def role(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    """Give a role to somebody, or hand it over; the role's brief and the last note are shown."""
    incident = load(request, reference)
    role = get_object_or_404(Role, slug=slug)
    holder = incident.holder_of(slug)
    hands_over = holder == request.user
    form = RoleForm(
        request.POST or None,
        initial={"user": request.GET.get("user") or None},
        holder=holder,
        hands_over=hands_over,
    )
    verb = workflow.hand_over_role if hands_over else workflow.assign_role
    person = (
        {"to" if hands_over else "user": form.cleaned_data.get("user")} if submitted(request, form) else {}
    )
    if person and attempt(
        form, verb, incident=incident, role=role, by=request.user, note=form.cleaned_data["note"], **person
    ):
        return done(request, incident)
    last = incident.role_assignments.filter(role=role).exclude(handover_note="").order_by("-ended_at").first()
    return form_page(
        request,
        incident,
        form,
        title=_title(role, hands_over=hands_over),
        submit="Hand over role" if hands_over else "Assign role",
        template_part="incidents/_role_form.html",
        role=role,
        holder=holder,
        last_note=last,
    )


def _title(role: Role, *, hands_over: bool) -> str:
    if hands_over:
        return f"Hand over {'command' if role.slug == Role.COMMANDER else role.name.lower()}"
    return f"Assign {role.name.lower()}"


@require_POST
@responders_only
def take_role(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    incident = load(request, reference)
    role = get_object_or_404(Role, slug=slug)
    return click(
        request,
        incident,
        workflow.assign_role,
        incident=incident,
        role=role,
        user=request.user,
        by=request.user,
    )


@require_POST
@responders_only
def release_role(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    incident = load(request, reference)
    role = get_object_or_404(Role, slug=slug)
    return click(
        request,
        incident,
        workflow.release_role,
        incident=incident,
        role=role,
        user=request.user,
        by=request.user,
        note=request.POST.get("note", ""),
    )


@require_POST
@responders_only
def participation(request: SignedInRequest, reference: str) -> HttpResponse:
    incident = load(request, reference)
    verb = workflow.leave_incident if request.POST.get("leave") else workflow.join_incident
    return click(request, incident, verb, incident=incident, by=request.user)


@require_http_methods(["GET", "POST"])
@responders_only
def people(request: SignedInRequest, reference: str) -> HttpResponse:
    """Everyone on the incident; for a private one, this is who can see it."""
    incident = load(request, reference)
    on_it = incident.participations.filter(access_revoked_at__isnull=True).select_related("user")
    others = User.objects.active().exclude(pk__in=on_it.values("user"))
    form = PersonForm(request.POST or None, people=others)
    if submitted(request, form) and attempt(
        form, workflow.add_person, incident=incident, by=request.user, **form.cleaned_data
    ):
        return done(request, incident)
    return form_page(
        request,
        incident,
        form,
        title="People on this incident",
        submit="Add person",
        template_part="incidents/_people_form.html",
        on_it=on_it,
        can_revoke=can_set_visibility(request.user, incident),
    )


@require_POST
@responders_only
def remove_person(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    incident = load(request, reference)
    if not can_set_visibility(request.user, incident):
        raise PermissionDenied("Only the commander or an administrator can remove people.")
    user = get_object_or_404(User, participations__incident=incident, pk=pk)
    return click(request, incident, workflow.revoke_access, incident=incident, user=user, by=request.user)
