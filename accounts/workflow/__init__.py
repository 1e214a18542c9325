from accounts.workflow.inviting import (
    accept_invitation,
    invite_people,
    renew_invitation,
    revoke_invitation,
)
from accounts.workflow.password_links import create_password_link
from accounts.workflow.people import (
    activate_person,
    add_team,
    add_team_members,
    change_person,
    deactivate_person,
    delete_team,
    remove_team_member,
    rename_team,
)
from accounts.workflow.profile import edit_profile, end_other_sessions, end_session, set_password
from accounts.workflow.service_accounts import (
    activate_service_account,
    add_service_account,
    change_service_account,
    deactivate_service_account,
)
from accounts.workflow.setting_up import (
    allow_assistants,
    create_first_administrator,
    describe_organisation,
    hide_checklist,
    issue_setup_link,
)
from accounts.workflow.tokens import (
    create_token,
    revoke_token,
    rotate_token,
    warn_of_expiry,
    working_token,
)

__all__ = [
    "accept_invitation",
    "activate_person",
    "activate_service_account",
    "add_service_account",
    "add_team",
    "add_team_members",
    "allow_assistants",
    "change_person",
    "change_service_account",
    "create_first_administrator",
    "create_password_link",
    "create_token",
    "deactivate_person",
    "deactivate_service_account",
    "delete_team",
    "describe_organisation",
    "edit_profile",
    "end_other_sessions",
    "end_session",
    "hide_checklist",
    "invite_people",
    "issue_setup_link",
    "remove_team_member",
    "rename_team",
    "renew_invitation",
    "revoke_invitation",
    "revoke_token",
    "rotate_token",
    "set_password",
    "warn_of_expiry",
    "working_token",
]
