"""Who gets through by which operation about people, tokens, channels and other settings."""

from dataclasses import replace

from signals.models import DataSource
from tests import access_table as made
from tests.access_table import ADMINS, RESPONDER, SIGNED_IN
from tests.api.access_in_incidents import OWN
from tests.api.operation_access import HIDDEN_SETTING, SETTING, Gate, all_like, gets, only, posts

MAIL = {"integration": lambda w: made.mail_integration(w, None)}
SETTINGS: dict[str, Gate] = {
    # oneself
    "get_me": only(SIGNED_IN),
    "get_profile": gets("profile"),
    "change_profile": posts("profile", body={"theme": "dark"}),
    "list_saved_views": gets("incident_list"),
    "add_saved_view": posts("saved_views"),
    "remove_saved_view": OWN[RESPONDER],
    "list_own_subscriptions": gets("my_subscriptions"),
    "add_own_subscription": posts("my_subscriptions"),
    **all_like(OWN[RESPONDER], "get_subscription", "pause_subscription", "remove_subscription"),
    "get_notification_preferences": gets("my_notifications"),
    "change_notification_preferences": posts("my_notifications"),
    "set_browser_notifications": posts("browser_notifications"),
    "list_notices": gets("inbox"),
    "get_notice": gets("notice"),
    "mark_notice_read": posts("notice_reading"),
    "mark_notices_read": posts("inbox_reading"),
    # tokens
    "list_tokens": gets("tokens"),
    "create_token": posts("tokens"),
    "get_token": OWN[RESPONDER],
    "revoke_token": OWN[RESPONDER],
    "rotate_token": OWN[RESPONDER],
    "list_service_accounts": SETTING,
    "add_service_account": posts("service_account_new", body={"name": "Reports"}),
    "get_service_account": gets("service_account", hides=True),
    "change_service_account": posts("service_account", hides=True),
    "deactivate_service_account": posts("service_account_deactivation", hides=True),
    "activate_service_account": posts("service_account_activation", hides=True),
    **all_like(
        HIDDEN_SETTING,
        "list_service_account_tokens",
        "get_service_account_token",
        "create_service_account_token",
        "revoke_service_account_token",
        "rotate_service_account_token",
    ),
    # people: the names are told to everybody, as where somebody is chosen
    "list_people": only(SIGNED_IN),
    "get_person": only(SIGNED_IN),
    "change_person": posts("person"),
    "deactivate_person": posts("person_deactivation"),
    "activate_person": posts("person_activation"),
    "create_password_link": posts("person_password_link"),
    "list_invitations": gets("settings_people"),
    "get_invitation": gets("settings_people", hides=True),
    "invite_people": posts("invitation_new"),
    "renew_invitation": posts("invitation_renewal", hides=True),
    "revoke_invitation": posts("invitation_revocation", hides=True),
    "list_teams": only(SIGNED_IN),
    "get_team": only(SIGNED_IN),
    "add_team": posts("teams"),
    "change_team": posts("team"),
    "remove_team": posts("team_deletion"),
    "add_team_members": posts("team_members"),
    "remove_team_member": posts("team_member_removal"),
    # the organisation
    "get_organisation": gets("organisation"),
    "change_organisation": posts("organisation", body={"name": "Fernhill"}),
    "hide_setup_checklist": posts("checklist_hiding"),
    "set_assistants_allowed": posts("assistants"),
    "list_audit_entries": gets("settings_audit"),
    "get_configuration": SETTING,
    "plan_configuration": SETTING,
    "apply_configuration": SETTING,
    # channels and what they send
    "list_channels": gets("channels"),
    "add_channel": posts("channel_new"),
    "get_channel": gets("channel", hides=True),
    "change_channel": posts("channel_address", hides=True),
    "set_channel_events": posts("channel_events", hides=True, body={"events": ["incident.declared"]}),
    "rotate_channel_secret": posts("channel_secret", hides=True),
    "pause_channel": posts("channel_pause", hides=True),
    "resume_channel": posts("channel_resumption", hides=True),
    "test_channel": posts("channel_test", hides=True),
    "remove_channel": posts("channel_deletion", hides=True),
    "list_channel_deliveries": gets("channel", hides=True),
    "list_deliveries": gets("deliveries"),
    "get_delivery": gets("deliveries", hides=True),
    "resend_delivery": posts("delivery_again", hides=True),
    "drop_delivery": posts("delivery_drop", hides=True),
    "resend_dead_deliveries": posts("dead_again"),
    "list_dead_events": gets("deliveries"),
    "get_dead_event": gets("deliveries", hides=True),
    "retry_dead_event": posts("event_again", hides=True),
    "drop_dead_event": posts("event_drop", hides=True),
    "get_mail_server": gets("mail_channel"),
    "change_mail_server": posts("mail_channel"),
    "send_test_mail": posts("mail_test"),
    "list_subscriptions": gets("subscriptions"),
    "add_subscription": posts(
        "subscription_new", body=lambda w: {"person": w.stakeholder.pk, "audience": "executives"}
    ),
    "list_outside_addresses": gets("subscriptions"),
    "get_outside_address": gets("subscriptions", hides=True),
    "add_outside_address": posts("subscription_new"),
    "resend_outside_address_confirmation": posts(
        "outside_question", hides=True, never_done="a mail was sent a moment ago"
    ),
    "remove_outside_address": posts("outside_removal", hides=True),
    # integrations
    "list_integrations": SETTING,
    "change_integration": replace(HIDDEN_SETTING, body={"name": "Cameras"}),
    "create_integration": only(ADMINS, body={"kind": "generic", "name": "Cameras"}),
    **all_like(
        HIDDEN_SETTING,
        "get_integration",
        "rotate_integration_key",
        "pause_integration",
        "resume_integration",
        "send_test_alert",
        "delete_integration",
        "list_payloads",
        "get_payload",
        "replay_payload",
    ),
    "set_mailbox": replace(
        HIDDEN_SETTING, at=MAIL, body={"host": "imap.example.org", "user_name": "a", "password": "b"}
    ),
    "remove_mailbox": replace(HIDDEN_SETTING, at=MAIL),
    # data sources and signals
    "list_data_sources": gets("signals"),
    "add_data_source": posts("data_source_new"),
    **all_like(
        HIDDEN_SETTING,
        "get_data_source",
        "change_data_source",
        "test_data_source",
        "try_query",
        "list_tried_queries",
        "get_tried_query",
        "get_signal",
        "change_signal",
        "remove_signal",
    ),
    "remove_data_source": Gate(ADMINS, hides=True, at={"data_source": lambda w: made.unused_source(w, None)}),
    "list_signals": gets("signals"),
    "add_signal": only(
        ADMINS,
        body=lambda w: {
            "service": made.a_service().slug,
            "name": "Error rate",
            "source": DataSource.objects.get(pk=made.data_source(w, None)).name,
            "query": "up",
        },
    ),
    # automations
    "list_automations": gets("automations"),
    **all_like(HIDDEN_SETTING, "get_automation", "change_automation", "remove_automation"),
    "add_automation": only(
        ADMINS,
        body=lambda w: {
            "service": made.a_service().slug,
            "name": "Roll back",
            "url": "https://ci.example.test/run",
        },
    ),
    # alert routes
    "add_alert_route": posts("alert_route_new", body={"name": "Cameras"}),
    "change_alert_route": posts("alert_route", body={}),
    "remove_alert_route": posts("alert_route_deletion"),
    "order_alert_routes": posts("alert_route_place", body={"routes": []}),
    "try_alert_route": posts("alert_route_new", body={"name": "Cameras"}),
    # imports and exports
    "list_imports": gets("imports"),
    "start_import": posts(
        "import_new", form={"format": "csv", "file": b"id,title,start\n1,Slow,2024-01-01T10:00Z\n"}
    ),
    "get_import": gets("import", hides=True),
    "confirm_import": posts("import", hides=True, body={}),
    "reread_import": posts(
        "import_columns",
        hides=True,
        body={"columns": {"id": "id", "title": "title", "started_at": "start"}},
    ),
    "drop_import": posts("import_drop", hides=True),
    "list_refused_entries": gets("import_refusals", hides=True),
    "list_exports": gets("exports"),
    "request_export": posts("exports"),
    **all_like(only(ADMINS, hides=True), "get_export", "get_export_content"),
}
