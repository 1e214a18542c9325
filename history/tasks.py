"""What the scheduler asks for every few seconds; may run twice at once: each import has one worker at a time."""

from celery import shared_task

from history.workflow.running import LostLease, carry_on, claim_import


@shared_task
def carry_on_imports() -> None:
    while run := claim_import():
        try:
            carry_on(run)
        except LostLease:
            continue
