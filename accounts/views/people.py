"""Administrators: who is here, who is invited, which teams there are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import InvitationForm, OrganisationSettingsForm, PersonForm, TeamForm, TeamMembersForm
from accounts.models import Installation, Invitation, Team, User
from accounts.requests import SignedInRequest
from accounts.workflow import (
    activate_person,
    add_team,
    add_team_members,
    change_person,
    create_password_link,
    deactivate_person,
    delete_team,
    describe_organisation,
    hide_checklist,
    invite_people,
    remove_team_member,
    rename_team,
    renew_invitation,
    revoke_invitation,
)
from core.permissions import administrators_only
from core.responses import refused_or


@require_http_methods(["GET", "POST"])
@administrators_only
def organisation(request: SignedInRequest) -> HttpResponse:
    installation = Installation.get()
    initial = vars(installation) | {"duty_person": installation.duty_person_id}
    form = OrganisationSettingsForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(describe_organisation, by=request.user, **form.cleaned_data):
        messages.success(request, "Saved.")
        return redirect("organisation")
    return render(request, "settings/organisation.html", {"form": form})


@require_safe
@administrators_only
def people(request: SignedInRequest) -> HttpResponse:
    context = {
        "people": User.objects.filter(is_service=False).with_teams().active_first(),
        "invitations": Invitation.objects.unanswered().with_details(),
    }
    return render(request, "settings/people.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(User, pk=pk)
    initial = {
        "installation_role": subject.installation_role,
        "teams": subject.teams.all(),
        "sees_private_incidents": subject.sees_private_incidents,
    }
    form = PersonForm(request.POST or None, initial=initial)
    if form.is_valid() and form.submit(change_person, by=request.user, person=subject, **form.cleaned_data):
        messages.success(request, f"{subject} is changed.")
        return redirect("settings_people")
    return render(request, "settings/person.html", {"form": form, "subject": subject})


@require_POST
@administrators_only
def person_deactivation(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(User, pk=pk)
    return refused_or(
        request,
        f"{subject} is signed out and can no longer sign in.",
        "person",
        [pk],
        deactivate_person,
        by=request.user,
        person=subject,
    )


@never_cache
@require_POST
@administrators_only
def person_password_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answers with the link itself: it is stored nowhere and cannot be shown later."""
    subject = get_object_or_404(User.objects.active(), pk=pk)
    link = create_password_link(by=request.user, person=subject)
    return render(request, "settings/password_link.html", {"subject": subject, "link": link})


@require_POST
@administrators_only
def person_activation(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(User, pk=pk)
    return refused_or(
        request,
        f"{subject} may sign in again.",
        "person",
        [pk],
        activate_person,
        by=request.user,
        person=subject,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@administrators_only
def invitation_new(request: SignedInRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        form.cleaned_data.pop("skip_bad")
        if form.submit(invite_people, by=request.user, **form.cleaned_data):
            invited, refused = form.outcome
            return render(request, "settings/invitation_link.html", {"invited": invited, "refused": refused})
    return render(request, "settings/invitation_new.html", {"form": form})


@never_cache
@require_POST
@administrators_only
def invitation_renewal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answers with the new link itself: it is stored nowhere and cannot be shown later."""
    invitation = get_object_or_404(Invitation.objects.unanswered(), pk=pk)
    link = renew_invitation(by=request.user, invitation=invitation)
    return render(request, "settings/invitation_link.html", {"invited": [(invitation, link)]})


@require_POST
@administrators_only
def invitation_revocation(request: SignedInRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.unanswered(), pk=pk)
    return refused_or(
        request,
        f"The invitation of {invitation} no longer works.",
        "settings_people",
        [],
        revoke_invitation,
        by=request.user,
        invitation=invitation,
    )


@require_http_methods(["GET", "POST"])
@administrators_only
def teams(request: SignedInRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if form.is_valid() and form.submit(add_team, by=request.user, **form.cleaned_data):
        return redirect("teams")
    return render(request, "settings/teams.html", {"form": form, "teams": Team.objects.with_counts()})


@require_http_methods(["GET", "POST"])
@administrators_only
def team(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Team.objects.with_counts(), pk=pk)
    form = TeamForm(request.POST or None, initial={"name": subject.name})
    if form.is_valid() and form.submit(rename_team, by=request.user, team=subject, **form.cleaned_data):
        return redirect("teams")
    context = {
        "form": form,
        "members_form": TeamMembersForm(team=subject),
        "subject": subject,
        "members": subject.members.active(),
    }
    return render(request, "settings/team.html", context)


@require_POST
@administrators_only
def team_members(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Team.objects.with_counts(), pk=pk)
    form = TeamMembersForm(request.POST, team=subject)
    if form.is_valid() and form.submit(add_team_members, by=request.user, team=subject, **form.cleaned_data):
        return redirect("team", pk)
    context = {
        "form": TeamForm(initial={"name": subject.name}),
        "members_form": form,
        "subject": subject,
        "members": subject.members.active(),
    }
    return render(request, "settings/team.html", context)


@require_POST
@administrators_only
def team_member_removal(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    subject = get_object_or_404(Team, pk=pk)
    member = get_object_or_404(User.objects.filter(teams=subject), pk=person)
    remove_team_member(by=request.user, team=subject, person=member)
    return redirect("team", pk)


@require_POST
@administrators_only
def team_deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Team, pk=pk)
    return refused_or(
        request, f"{subject} is deleted.", "teams", [], delete_team, by=request.user, team=subject
    )


@require_POST
@administrators_only
def checklist_hiding(request: SignedInRequest) -> HttpResponse:
    hide_checklist(by=request.user)
    return redirect("home")
