"""How allauth behaves here: nobody signs up by themselves, an invitation or the set-up link lets them in."""

from allauth.account.adapter import DefaultAccountAdapter


class InvitationOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False
