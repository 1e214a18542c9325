from accounts.workflow.inviting import accept_invitation, invite_person, renew_invitation, revoke_invitation
from accounts.workflow.people import (
    activate_person,
    add_team,
    change_person,
    deactivate_person,
    delete_team,
    rename_team,
)
from accounts.workflow.profile import edit_profile, end_other_sessions, end_session, set_password
from accounts.workflow.setting_up import create_first_administrator, describe_organisation, issue_setup_link

__all__ = [
    "accept_invitation",
    "activate_person",
    "add_team",
    "change_person",
    "create_first_administrator",
    "deactivate_person",
    "delete_team",
    "describe_organisation",
    "edit_profile",
    "end_other_sessions",
    "end_session",
    "invite_person",
    "issue_setup_link",
    "rename_team",
    "renew_invitation",
    "revoke_invitation",
    "set_password",
]
