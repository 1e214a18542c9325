"""One folder a tracker: its client, and how it is set up there. Libraries are only loaded by workers, on first use."""

from dataclasses import dataclass

from django.utils.module_loading import import_string

from trackers.face import Access, Client, Field

ALL = frozenset(Field)


@dataclass(frozen=True)
class KindFacts:
    """What pages say of a kind of tracker, and dotted paths: of its client, and of what reads its webhooks.

    `hook` is a function of (headers, body, secret, now) that returns a Hook or raises NotSignedError.
    `address` is where it usually is; "" where everybody has their own. Other packages may add to `KINDS`.
    """

    client: str
    name: str
    initials: str
    words: str
    address: str
    fields: frozenset[Field]
    hook: str = ""
    makes_hook_secret: bool = False  # the tracker does, and it is entered here; else it is entered there
    has_labels: bool = True
    user_name: str = ""
    key_name: str = "Token"
    steps: tuple[str, ...] = ()
    hook_steps: tuple[str, ...] = ()

    @property
    def has_hooks(self) -> bool:
        return bool(self.hook)


KINDS: dict[str, KindFacts] = {
    "redmine": KindFacts(
        client="trackers.kinds.redmine.client.Client",
        name="Redmine",
        initials="RM",
        words="Issues of your own server",
        address="",
        fields=ALL,
        has_labels=False,
        key_name="API access key",
        steps=(
            "Administration → Settings → API: enable the REST web service.",
            "Add an account for Allclear, such as “Allclear Bot”. Its name stands at what Allclear changes.",
            "Make it a member of each project, with a role that may view, add and edit issues.",
            "Sign in as that account, open My account, and copy its API access key.",
        ),
    ),
}
"""By kind, those that can be added."""


def client_of(access: Access) -> Client:
    """In a worker only: it brings the tracker's library along."""
    client: Client = import_string(KINDS[access.kind].client)(access)
    return client
