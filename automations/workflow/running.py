"""Running an automation on an incident: pressed, confirmed or refused, run again, reversed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from automations.models import FAILED, UNFINISHED, Automation, AutomationRun, MayRun, RunState
from automations.permissions import asked_to_confirm, can_confirm, can_refuse, can_run
from automations.workflow.requests import checked_inputs, target_of, told, values_of
from core.form_tokens import hold_form
from events.automations import AutomationRefused, AutomationRequested, AutomationStarted
from incidents.models import Incident, Mitigation, MitigationState
from incidents.workflow import FormUsed, move_mitigation, record_mitigation
from incidents.workflow.mitigating import move_by_itself
from incidents.workflow.transitions import announce, audit, lock, lock_row, require_open
from notifications.workflow import wake_worker
from timeline.models import Kind
from timeline.workflow import record_event

LOOK_AGAIN = ""
"""Only what is due when has changed."""


@transaction.atomic
def run_automation(
    *,
    incident: Incident,
    automation: Automation,
    by: User,
    inputs: Mapping[str, str] | None = None,
    reverses: AutomationRun | None = None,
    form_token: UUID | None = None,
) -> AutomationRun:
    """Record a mitigation and have a worker call the target once; or ask for a confirmation first.

    `reverses` is the run that it undoes, whose mitigation becomes reverted when the target accepts. The same
    `form_token` again returns the run it made the first time.
    """
    hold_form(form_token)
    incident = lock(incident, by=by)
    if made := _already_made(form_token, incident, automation, by):
        return made
    automation = _of_incident(incident, automation)
    _require_allowed(incident, automation, by)
    if reverses is not None:
        _check_reversal(incident, automation, reverses)
    values = values_of(automation, incident, by, checked_inputs(automation, inputs or {}))
    mitigation = reverses.mitigation if reverses else None
    if mitigation is None:
        mitigation = record_mitigation(
            incident=incident,
            by=by,
            text=f"{automation} ({automation.service})",
            kind=automation.mitigation_kind,
            state=MitigationState.PROPOSED if automation.needs_confirmation else MitigationState.APPLYING,
            target=automation.service,
            is_reversible=automation.reversed_by_id is not None,
        )
    else:
        text = f"reverses “{mitigation}” with “{automation}”"
        record_event(incident=incident, kind=Kind.FACT, text=text, by=by)
    return _press(incident, automation, by, values, mitigation, reverses=reverses, form_token=form_token)


@transaction.atomic
def repeat_run(*, run: AutomationRun, by: User) -> AutomationRun:
    """Run one that failed again, with the same inputs, for the same mitigation. Only a person does this."""
    incident = lock(run.incident, by=by)
    run = AutomationRun.objects.get(pk=run.pk)
    if run.automation is None:
        raise ValidationError("An administrator removed this automation.")
    if again := AutomationRun.objects.filter(repeats=run, state__in=UNFINISHED).first():
        return again
    automation = _of_incident(incident, run.automation)
    run = AutomationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)  # after the automation
    _require_allowed(incident, automation, by)
    if run.state not in FAILED:
        raise ValidationError(
            f"Only a run that failed is run again. This one is “{run.get_state_display()}”."
        )
    if (
        AutomationRun.objects.filter(repeats=run)
        .exclude(state__in=(RunState.REFUSED, RunState.EXPIRED))
        .exists()
    ):
        raise ValidationError("It was run again already. See the newest run.")
    if run.reverses is not None:
        _check_reversal(incident, automation, run.reverses)
    values = values_of(automation, incident, by, checked_inputs(automation, run.inputs))
    text = f"runs “{automation}” again"
    record_event(incident=incident, kind=Kind.FACT, text=text, by=by)
    return _press(incident, automation, by, values, run.mitigation, reverses=run.reverses, repeats=run)


@transaction.atomic
def confirm_run(*, run: AutomationRun, by: User) -> AutomationRun:
    """A second person lets a requested run go on. Confirmed twice, it runs once."""
    incident = lock(run.incident, by=by)
    run = AutomationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state in (RunState.WAITING, RunState.CALLING) and run.decided_by == by:
        return run
    automation = _require_requested(run)
    if not can_confirm(by, run):
        raise PermissionDenied("Somebody else who may run it must confirm it.")
    require_open(incident)
    if run.confirm_until is None or context.now() >= run.confirm_until:
        raise ValidationError("Nobody confirmed it in time. Run it again.")
    if automation.changed_at > run.pressed_at:
        raise ValidationError("The automation was changed after it was asked for. Run it again.")
    if not can_run(run.pressed_by, automation, incident):
        raise ValidationError(f"{run.pressed_by} may not run it any more. Refuse it.")
    if run.mitigation is not None and run.mitigation.state == MitigationState.REJECTED:
        raise ValidationError(
            "Its mitigation was marked as “Not tried” meanwhile. Refuse it, or run it again."
        )
    run.state, run.decided_by, run.decided_at = RunState.WAITING, by, context.now()
    run.values |= {"confirmed_by": str(by)}
    run.sent = told(automation, run.values)
    run.save()
    record_event(incident=incident, kind=Kind.FACT, text=f"confirmed “{run}”", by=by)
    audit(incident, "automation.confirmed", by, run=run.pk, automation=run.name)
    if run.mitigation is not None and run.mitigation.state == MitigationState.PROPOSED:
        move_mitigation(mitigation=run.mitigation, state=MitigationState.APPLYING, by=by)
    announce(incident, AutomationStarted(run=run.pk, by=by.pk))
    return run


@transaction.atomic
def refuse_run(*, run: AutomationRun, by: User, reason: str = "") -> AutomationRun:
    """A second person refuses a requested run, or who asked for it withdraws it. Nothing is called."""
    incident = lock(run.incident, by=by)
    run = AutomationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.state == RunState.REFUSED and run.decided_by == by:
        return run
    _require_requested(run)
    if not can_refuse(by, run):
        raise PermissionDenied("Only those who may confirm it can refuse it.")
    reason = reason.strip()
    if len(reason) > 300:
        raise ValidationError({"reason": "Write at most 300 characters."})
    word = "withdrew" if by.pk == run.pressed_by_id else "refused"
    run.state, run.decided_by, run.decided_at, run.reason = RunState.REFUSED, by, context.now(), reason
    run.save()
    record_event(incident=incident, kind=Kind.FACT, text=f"{word} “{run}”", detail=reason, by=by)
    audit(incident, "automation.refused", by, run=run.pk, automation=run.name, reason=reason)
    _drop_proposal(run, by, reason or f"{by} {word} it")
    announce(incident, AutomationRefused(run=run.pk, by=by.pk))
    return run


@transaction.atomic
def end_unconfirmed(pk: int, now: datetime) -> bool:
    """A requested run that nobody confirmed in time ends. False where somebody decided meanwhile."""
    found = AutomationRun.objects.filter(pk=pk).select_related("incident").first()
    if found is None:
        return False
    incident = lock_row(found.incident)
    rows = AutomationRun.objects.select_for_update(of=("self",))
    run = rows.filter(pk=pk, state=RunState.REQUESTED, confirm_until__lte=now).first()
    if run is None:
        return False
    run.state, run.decided_at = RunState.EXPIRED, now
    run.reason = "Nobody confirmed it within 15 minutes."
    run.save()
    record_event(incident=incident, kind=Kind.FACT, text=f"“{run}” was not confirmed in time", by=None)
    audit(incident, "automation.expired", None, run=run.pk, automation=run.name)
    _drop_proposal(run, None, run.reason)
    announce(incident, AutomationRefused(run=run.pk))
    return True


def _press(
    incident: Incident,
    automation: Automation,
    by: User,
    values: dict[str, str],
    mitigation: Mitigation | None,
    *,
    reverses: AutomationRun | None = None,
    repeats: AutomationRun | None = None,
    form_token: UUID | None = None,
) -> AutomationRun:
    now, asks = context.now(), automation.needs_confirmation
    run = AutomationRun.objects.create(
        incident=incident,
        automation=automation,
        name=automation.name,
        mitigation=mitigation,
        reverses=reverses,
        repeats=repeats,
        values=values,
        sent=told(automation, values),
        target=target_of(automation.url),
        state=RunState.REQUESTED if asks else RunState.WAITING,
        pressed_by=by,
        pressed_at=now,
        confirm_until=now + AutomationRun.CONFIRM_WITHIN if asks else None,
        form_token=form_token,
    )
    audit(incident, "automation.requested" if asks else "automation.started", by, run=run.pk, automation=run.name, inputs=run.inputs)  # fmt: skip
    if asks:
        recipients = asked_to_confirm(automation, incident, by)
        announce(incident, AutomationRequested(run=run.pk, by=by.pk, recipients=recipients))
        wake_worker(LOOK_AGAIN)
    else:
        announce(incident, AutomationStarted(run=run.pk, by=by.pk))
    return run


def _already_made(
    form_token: UUID | None, incident: Incident, automation: Automation, by: User
) -> AutomationRun | None:
    made = AutomationRun.objects.filter(form_token=form_token).first() if form_token else None
    if made and (made.incident_id, made.automation_id, made.pressed_by_id) != (
        incident.pk,
        automation.pk,
        by.pk,
    ):
        raise FormUsed("run an automation")
    return made


def _of_incident(incident: Incident, automation: Automation) -> Automation:
    """As it is now. Raises ValidationError where it is of a service that the incident does not affect."""
    require_open(incident)
    if incident.source == Incident.Source.REPLAY:
        raise ValidationError("This incident comes from a recorded day. Automations are not run on it.")
    rows = Automation.objects.of_incident(incident).select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=automation.pk).first()  # one that is being changed is waited for
    if found is None:
        raise ValidationError(f"{incident.reference} does not affect the service of this automation.")
    return found


def _require_allowed(incident: Incident, automation: Automation, by: User) -> None:
    """Also that none is unfinished: two presses by two people are one."""
    if not can_run(by, automation, incident):
        who = "the commander of the incident" if automation.may_run == MayRun.COMMANDER else "certain people"
        raise PermissionDenied(f"Only {who} can run “{automation}”.")
    running = AutomationRun.objects.filter(incident=incident, automation=automation, state__in=UNFINISHED)
    if one := running.select_related("pressed_by").first():
        raise ValidationError(
            f"“{automation}” was started by {one.pressed_by} already and has not ended. Wait for its answer."
        )


def _check_reversal(incident: Incident, automation: Automation, reverses: AutomationRun) -> None:
    if reverses.incident_id != incident.pk or not reverses.may_be_reversed:
        raise ValidationError("This run has nothing to reverse.")
    if reverses.automation is None or reverses.automation.reversed_by_id != automation.pk:
        raise ValidationError(f"“{automation}” is not the reversal of “{reverses}”.")
    done = AutomationRun.objects.filter(reverses=reverses, state__in=(*UNFINISHED, RunState.ACCEPTED))
    if done.exists():
        raise ValidationError(f"“{reverses}” is reversed already.")


def _require_requested(run: AutomationRun) -> Automation:
    if run.state != RunState.REQUESTED:
        raise ValidationError(f"It waits for no confirmation: it is “{run.get_state_display()}”.")
    if run.automation is None:
        raise ValidationError("An administrator removed this automation. Nothing is called.")
    return run.automation


def _drop_proposal(run: AutomationRun, by: User | None, why: str) -> None:
    if run.mitigation is not None and run.mitigation.state == MitigationState.PROPOSED:
        move_by_itself(
            mitigation=run.mitigation, state=MitigationState.REJECTED, by=by, observed_effect=why[:300]
        )
