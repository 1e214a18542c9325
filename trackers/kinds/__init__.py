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
    `site` is where its tickets are, where that is the same for everybody and not the address of its API.
    `tells_changes` is whether it says by itself what changed, in another way than by webhooks. `offered_if` is the path
    of a function that says whether it can be added here; "" where it always can.
    """

    client: str
    name: str
    initials: str
    words: str
    address: str
    fields: frozenset[Field]
    site: str = ""
    hook: str = ""
    makes_hook_secret: bool = False  # the tracker does, and it is entered here; else it is entered there
    has_labels: bool = True
    user_name: str = ""
    needs_user_name_at: str = ""  # how a host ends where it must be said
    user_name_missing: str = ""  # what to say there without it
    sign_in_advice: str = ""  # where more than the token may be wrong
    key_name: str = "Token"
    example: str = ""  # of an address, where everybody has their own
    steps: tuple[str, ...] = ()
    hook_steps: tuple[str, ...] = ()
    tells_changes: bool = False
    offered_if: str = ""

    @property
    def key_in_text(self) -> str:
        """In the middle of a sentence: “access token”, “API key”."""
        first, rest = self.key_name[0], self.key_name[1:]
        return self.key_name if rest[:1].isupper() else first.lower() + rest

    @property
    def has_hooks(self) -> bool:
        return bool(self.hook)


KINDS: dict[str, KindFacts] = {
    "github": KindFacts(
        client="trackers.kinds.github.client.Client",
        hook="trackers.kinds.github.hooks.read",
        name="GitHub",
        initials="GH",
        words="Issues of github.com or your Enterprise Server",
        address="https://github.com",
        fields=frozenset({Field.TITLE, Field.STATE, Field.OWNER}),
        steps=(
            "Sign in as an account for Allclear, such as “allclear-bot”, with write access to the repositories. "
            "Changes by Allclear carry its name.",
            "Open Settings → Developer settings → Personal access tokens → Fine-grained tokens, and choose "
            "Generate new token.",
            "Resource owner: your organization. Repository access: those that get tickets.",
            "Repository permissions: Issues “Read and write”. Metadata “Read-only” is set with it.",
            "Generate the token and copy it. An owner of the organization may have to approve it.",
        ),
        hook_steps=(
            "In GitHub open Settings → Webhooks of the repository or the organization, and choose Add webhook.",
            "Payload URL: the address above. Content type: application/json.",
            "Secret: choose “Make a new secret” here, and paste it there.",
            "Choose “Let me select individual events”, then only Issues. Save it.",
        ),
    ),
    "gitlab": KindFacts(
        client="trackers.kinds.gitlab.client.Client",
        hook="trackers.kinds.gitlab.hooks.read",
        name="GitLab",
        initials="GL",
        words="Issues of gitlab.com or your own server",
        address="https://gitlab.com",
        fields=frozenset({Field.TITLE, Field.STATE, Field.OWNER, Field.DUE}),
        key_name="Access token",
        steps=(
            "Open Settings → Access tokens of the project or group that gets tickets, and choose Add new token. "
            "Where that is not offered, use a personal access token of an account for Allclear.",
            "Name: Allclear. Changes by Allclear carry it.",
            "Role: Reporter or higher. Scope: api.",
            "Create the token and copy it. Note when it expires: a new one is entered here by then.",
        ),
        hook_steps=(
            "In GitLab open Settings → Webhooks of the project or group, and choose Add new webhook.",
            "URL: the address above.",
            "Choose “Make a new secret” here, and paste it there as Signing token, or as Secret token before "
            "GitLab 19.",
            "Trigger: only Issues events and Confidential issues events. Save it.",
        ),
    ),
    "jira": KindFacts(
        client="trackers.kinds.jira.client.Client",
        name="Jira",
        initials="JI",
        words="Issues of Jira Cloud or Data Center",
        address="",
        example="https://YOUR.atlassian.net",
        fields=ALL,
        hook="trackers.kinds.jira.hooks.read",
        user_name="E-mail address (Cloud only)",
        needs_user_name_at=".atlassian.net",
        user_name_missing="Enter the e-mail address of the account. Jira Cloud needs it besides the token.",
        sign_in_advice="Correct it with “Edit”. Jira Cloud also needs the e-mail address of the account that the "
        "token is of. For Data Center the e-mail address stays empty.",
        steps=(
            "Add an account for Allclear, such as “Allclear Bot”. Changes by Allclear carry its name.",
            "Give it a role in each project that may browse, create, edit, assign, transition and link issues.",
            "Cloud: sign in as that account, open id.atlassian.com/manage-profile/security/api-tokens, and create "
            "an API token without scopes. Enter it here with the e-mail address of the account.",
            "Data Center: sign in as that account, open Profile → Personal Access Tokens, and create a token. "
            "Leave the e-mail address empty.",
            "Note the day on which the token expires.",
        ),
        hook_steps=(
            "Jira administration → System → WebHooks: create a webhook.",
            "Make a new secret here, and enter it there with the address above.",
            "Choose issue created, updated and deleted. A JQL query may limit it to some projects.",
        ),
    ),
    "linear": KindFacts(
        client="trackers.kinds.linear.client.Client",
        name="Linear",
        initials="LI",
        words="Issues of teams in Linear",
        address="https://api.linear.app",
        site="https://linear.app",
        fields=ALL,
        hook="trackers.kinds.linear.hooks.read",
        makes_hook_secret=True,
        key_name="API key",
        steps=(
            "Invite an account for Allclear, such as “Allclear Bot”. Changes by Allclear carry its name.",
            "Make it a member of each team.",
            "Sign in as that account, open Settings → Security & access → Personal API keys, and create a key "
            "that may read and write.",
        ),
        hook_steps=(
            "Settings → API → Webhooks: create a webhook for the address above.",
            "Choose the data change events of issues.",
            "Copy its signing secret, and enter it here with Edit.",
        ),
    ),
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
            "Add an account for Allclear, such as “Allclear Bot”. Changes by Allclear carry its name.",
            "Make it a member of each project, with a role that may view, add and edit issues.",
            "Sign in as that account, open My account, and copy its API access key.",
        ),
    ),
}
"""By kind."""


def is_offered(kind: str) -> bool:
    """Whether trackers of this kind can be added here."""
    facts = KINDS.get(kind)
    return facts is not None and (not facts.offered_if or bool(import_string(facts.offered_if)()))


def offered_kinds() -> dict[str, KindFacts]:
    """Those that can be added here, by kind; last those that not everybody can."""
    in_order = sorted(KINDS.items(), key=lambda one: (bool(one[1].offered_if), one[0]))
    return {kind: facts for kind, facts in in_order if is_offered(kind)}


def client_of(access: Access) -> Client:
    """In a worker only: it brings the tracker's library along."""
    client: Client = import_string(KINDS[access.kind].client)(access)
    return client
