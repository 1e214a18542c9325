from allauth.account import views as allauth
from django.urls import path, re_path

from accounts.views import entering, people, profile, tokens

urlpatterns = [
    path("invitation/<str:token>/", entering.invitation_answer, name="invitation_answer"),
    path("demo/", entering.demo, name="demo"),
    # Only the pages of allauth that are used; signing up is closed by not being there.
    path("accounts/login/", entering.sign_in, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/password/change/", profile.password_change, name="account_change_password"),
    path("accounts/password/reset/", allauth.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("settings/", profile.settings_home, name="settings"),
    path("settings/profile/", profile.profile, name="profile"),
    path(
        "settings/profile/sessions/others/revocation/",
        profile.other_sessions_revocation,
        name="other_sessions_revocation",
    ),
    path(
        "settings/profile/sessions/<int:pk>/revocation/",
        profile.session_revocation,
        name="session_revocation",
    ),
    path("settings/organisation/", people.organisation, name="organisation"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/<int:pk>/", people.person, name="person"),
    path("settings/people/<int:pk>/deactivation/", people.person_deactivation, name="person_deactivation"),
    path("settings/people/<int:pk>/activation/", people.person_activation, name="person_activation"),
    path("settings/people/<int:pk>/password-link/", people.person_password_link, name="person_password_link"),
    path("settings/checklist/hiding/", people.checklist_hiding, name="checklist_hiding"),
    path("settings/invitations/new/", people.invitation_new, name="invitation_new"),
    path("settings/invitations/<int:pk>/renewal/", people.invitation_renewal, name="invitation_renewal"),
    path(
        "settings/invitations/<int:pk>/revocation/",
        people.invitation_revocation,
        name="invitation_revocation",
    ),
    path("settings/teams/", people.teams, name="teams"),
    path("settings/teams/<int:pk>/", people.team, name="team"),
    path("settings/teams/<int:pk>/members/", people.team_members, name="team_members"),
    path(
        "settings/teams/<int:pk>/members/<int:person>/removal/",
        people.team_member_removal,
        name="team_member_removal",
    ),
    path("settings/teams/<int:pk>/deletion/", people.team_deletion, name="team_deletion"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:pk>/rotation/", tokens.token_rotation, name="token_rotation"),
    path("settings/tokens/<int:pk>/revocation/", tokens.token_revocation, name="token_revocation"),
    path("settings/service-accounts/new/", tokens.service_account_new, name="service_account_new"),
    path("settings/service-accounts/<int:pk>/", tokens.service_account, name="service_account"),
    path(
        "settings/service-accounts/<int:pk>/deactivation/",
        tokens.service_account_deactivation,
        name="service_account_deactivation",
    ),
    path(
        "settings/service-accounts/<int:pk>/activation/",
        tokens.service_account_activation,
        name="service_account_activation",
    ),
]
