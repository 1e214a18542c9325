"""Reviewers, waived checks, publishing a version, opening it again."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from audit.workflow import INSTALLATION, record_audit
from events.retrospectives import (
    CheckAskedAgain,
    CheckWaived,
    CheckWaiverAgreed,
    PublicTextWritten,
    RetrospectivePublished,
    RetrospectiveReopened,
    ReviewAnswered,
    ReviewAsked,
)
from retros.checks import CHECKS, unsettled
from retros.models import (
    CheckWaiver,
    Publication,
    ReaderMark,
    Retrospective,
    RetrospectiveSettings,
    RetrospectiveStatus,
    Review,
    Verdict,
)
from retros.pictures import pictures
from retros.published_content import content_of, markdown_of, search_of
from retros.workflow.common import (
    announce,
    audit,
    lock,
    lock_to_facilitate,
    require_administrator,
    require_open,
    save,
)
from retros.workflow.session import begin_reading, participant_ids
from retros.workflow.writing import settle_sections

S = RetrospectiveStatus


@transaction.atomic
def ask_reviewer(*, retrospective: Retrospective, by: User, reviewer: Any) -> Review:
    """Ask somebody to read it; asked again, an answer given before is open again.

    In one reading an open question is asked once.
    """
    retrospective = lock_to_facilitate(retrospective, by=by)
    if retrospective.status != S.IN_REVIEW:
        raise ValidationError("Start the review first.")
    if not _could_read(reviewer, retrospective):
        raise ValidationError(
            {"reviewer": f"{reviewer} cannot see it. Add them as a participant, or ask a responder."}
        )
    review, is_new = Review.objects.get_or_create(
        retrospective=retrospective,
        reviewer=reviewer,
        defaults={"asked_at": context.now(), "asked_by": by},
    )
    begun = retrospective.review_started_at
    if not is_new and review.verdict == Verdict.ASKED and (not begun or review.asked_at >= begun):
        return review
    if not is_new:
        review.verdict, review.answered_at, review.asked_at = Verdict.ASKED, None, context.now()
        review.save(update_fields=["verdict", "answered_at", "asked_at"])
    audit(retrospective, "review.asked", by, reviewer=str(reviewer))
    announce(retrospective, ReviewAsked(review=review.pk, by=by.pk, recipients=[reviewer.pk]))
    return review


@transaction.atomic
def answer_review(*, review: Review, by: User, verdict: str, note: str = "") -> Review:
    """Approve, or ask for changes: only whoever was asked."""
    if review.reviewer_id != by.pk:
        raise PermissionDenied("Only a requested reviewer can respond.")
    Retrospective.objects.select_for_update(of=("self",)).get(pk=review.retrospective_id)
    review = Review.objects.select_related("retrospective", "reviewer").get(pk=review.pk)
    retrospective = review.retrospective
    if retrospective.status != S.IN_REVIEW:
        raise ValidationError("It is not in review any more.")
    if not Retrospective.objects.visible_to(by).filter(pk=retrospective.pk).exists():
        raise PermissionDenied("You can't see this.")
    if verdict not in (Verdict.APPROVED, Verdict.CHANGES):
        raise ValidationError({"verdict": "Approve it, or ask for changes."})
    if verdict == Verdict.CHANGES and not note.strip():
        raise ValidationError({"note": "Say what should change."})
    review.verdict, review.note, review.answered_at = verdict, note.strip(), context.now()
    review.save(update_fields=["verdict", "note", "answered_at"])
    audit(retrospective, "review.answered", by, verdict=verdict)
    recipients = list(filter(None, {retrospective.owner_id, retrospective.facilitator_id}))
    announce(retrospective, ReviewAnswered(review=review.pk, by=by.pk, recipients=recipients))
    return review


@transaction.atomic
def waive_check(*, retrospective: Retrospective, by: User, name: str, reason: str) -> CheckWaiver:
    retrospective = lock_to_facilitate(retrospective, by=by)
    if name not in CHECKS:
        raise ValidationError("There is no such check.")
    require_open(retrospective)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "Say why this check doesn't have to pass."})
    if same := retrospective.waivers.filter(reason__iexact=reason).exclude(check_name=name).first():
        label = CHECKS[same.check_name][0].lower() if same.check_name in CHECKS else same.check_name
        raise ValidationError(
            {"reason": f"This is also the reason for “{label}”. Give each check its own reason."}
        )
    waiver, _ = CheckWaiver.objects.update_or_create(
        retrospective=retrospective,
        check_name=name,
        defaults={"reason": reason, "by": by, "at": context.now(), "agreed_by": None},
    )
    audit(retrospective, "check.waived", by, check=name, reason=reason)
    announce(retrospective, CheckWaived(check=name))
    return waiver


@transaction.atomic
def agree_to_waiver(*, retrospective: Retrospective, by: User, name: str) -> CheckWaiver:
    """Confirm, as a second person, that a check doesn't have to pass.

    Raises PermissionDenied for the person who waived it and for whoever can't write in the retrospective.
    """
    retrospective = lock(retrospective, by=by)
    waiver = retrospective.waivers.filter(check_name=name).first()
    if waiver is None:
        raise ValidationError("This check is not waived any more.")
    if waiver.by_id == by.pk:
        raise PermissionDenied("You waived this check yourself. A second person has to agree.")
    if waiver.agreed_by_id is None:
        waiver.agreed_by = by
        waiver.save(update_fields=["agreed_by"])
        audit(retrospective, "check.waiver_agreed", by, check=name)
        announce(retrospective, CheckWaiverAgreed(check=name))
    return waiver


@transaction.atomic
def withdraw_waiver(*, retrospective: Retrospective, by: User, name: str) -> None:
    retrospective = lock_to_facilitate(retrospective, by=by)
    require_open(retrospective)
    if retrospective.waivers.filter(check_name=name).delete()[0]:
        audit(retrospective, "check.asked_again", by, check=name)
        announce(retrospective, CheckAskedAgain(check=name))


@transaction.atomic
def publish_retrospective(
    *, retrospective: Retrospective, by: User, note: str = "", version: int | None = None
) -> Publication:
    """Keep what it says now as the next version, for everybody in whose reach its incidents are."""
    retrospective = lock_to_facilitate(retrospective, by=by, version=version)
    require_open(retrospective)
    if retrospective.status != S.IN_REVIEW:
        raise ValidationError("Start the review first.")
    settle_sections(retrospective=retrospective, by=by, note=note)
    if left := unsettled(retrospective):
        one = len(left) == 1
        names = "; ".join(check.label.lower() for check in left)
        raise ValidationError(
            f"You can't publish yet: {'one check is' if one else f'{len(left)} checks are'} open ({names}). "
            f"Complete {'it' if one else 'them'}, or waive {'it with a reason' if one else 'each with its own reason'}."
        )
    return store_publication(retrospective, by=by, note=note)


def store_publication(retrospective: Retrospective, *, by: User, note: str = "") -> Publication:
    """The version itself, for a retrospective the caller holds locked."""
    before = retrospective.status
    retrospective.status, retrospective.published_at = S.PUBLISHED, context.now()
    retrospective.dots_closed_at = retrospective.dots_closed_at or retrospective.published_at
    save(retrospective, "status", "published_at", "dots_closed_at")
    newest = retrospective.publications.order_by("-number").first()
    content = content_of(retrospective)
    publication = Publication.objects.create(
        retrospective=retrospective,
        number=newest.number + 1 if newest else 1,
        content=content,
        text=markdown_of(content),
        figures=[asdict(picture) for picture in pictures(retrospective)],
        note=note.strip(),
        at=context.now(),
        by=by,
    )
    Publication.objects.filter(pk=publication.pk).update(search=search_of(content))
    audit(
        retrospective,
        "retrospective.published",
        by,
        status=[before, S.PUBLISHED],
        number=publication.number,
        note=publication.note,
    )
    announce(
        retrospective,
        RetrospectivePublished(
            by=by.pk, number=publication.number, recipients=participant_ids(retrospective)
        ),
    )
    return publication


@transaction.atomic
def reopen_retrospective(*, retrospective: Retrospective, by: User, reason: str) -> Retrospective:
    """Back into review, to be published again as the next version; the one before stays as it was read."""
    retrospective = lock_to_facilitate(retrospective, by=by)
    if not retrospective.is_published:
        raise ValidationError("It is not published.")
    if not reason.strip():
        raise ValidationError({"reason": "Say what is to change."})
    retrospective.status = S.IN_REVIEW
    begin_reading(retrospective)
    save(retrospective, "status", "review_started_at")
    audit(
        retrospective,
        "retrospective.reopened",
        by,
        status=[S.PUBLISHED, S.IN_REVIEW],
        reason=reason.strip(),
    )
    announce(retrospective, RetrospectiveReopened())
    return retrospective


@transaction.atomic
def write_public_text(
    *, retrospective: Retrospective, by: User, public_text: str, version: int | None = None
) -> Retrospective:
    """What may be read outside: its own text, before or after publishing."""
    retrospective = lock_to_facilitate(retrospective, by=by, version=version)
    if retrospective.public_text == public_text.strip():
        return retrospective
    before, retrospective.public_text = retrospective.public_text, public_text.strip()
    save(retrospective, "public_text")
    audit(retrospective, "public_text.written", by, text=[before, retrospective.public_text])
    announce(retrospective, PublicTextWritten())
    return retrospective


@transaction.atomic
def mark_changed_how_i_work(*, retrospective: Retrospective, by: User, is_so: bool) -> None:
    """A reader's own mark on something published."""
    reachable = Retrospective.objects.readable_by(by).filter(pk=retrospective.pk)
    if not reachable.exists():
        raise PermissionDenied("You can mark only a published retrospective that you can see.")
    if is_so:
        ReaderMark.objects.get_or_create(retrospective=retrospective, user=by, defaults={"at": context.now()})
    else:
        ReaderMark.objects.filter(retrospective=retrospective, user=by).delete()


@transaction.atomic
def describe_retrospectives(
    *,
    by: User,
    framing: str,
    soak_days: int,
    reading_hours: int,
    hides_dots: bool,
    waivers_need_second_person: bool,
) -> RetrospectiveSettings:
    """How this installation holds them: administrators only."""
    require_administrator(by)
    if not framing.strip():
        raise ValidationError({"framing": "Say in your own words what keeps people safe to speak."})
    held = RetrospectiveSettings.objects.select_for_update().filter(pk=1).first() or RetrospectiveSettings(
        pk=1
    )
    values = {
        "framing": framing.strip(),
        "soak_days": soak_days,
        "reading_hours": reading_hours,
        "hides_dots": hides_dots,
        "waivers_need_second_person": waivers_need_second_person,
    }
    changes = {n: [str(getattr(held, n)), str(v)] for n, v in values.items() if getattr(held, n) != v}
    for name, value in values.items():
        setattr(held, name, value)
    held.save()
    if changes:
        record_audit(
            chain=INSTALLATION,
            action="retrospectives.described",
            subject="How retrospectives are held",
            by=by,
            changes=changes,
        )
    return held


def _could_read(person: Any, retrospective: Retrospective) -> bool:
    return Retrospective.objects.visible_to(person).filter(pk=retrospective.pk).exists()
