"""What each error of the API means, and what to do about it."""

EXPLAINED = {
    "malformed": (
        "The body is not valid JSON, or a parameter of the address does not exist.",
        "Read “detail”. It names the parameter, and lists those that exist.",
    ),
    "unauthenticated": (
        "There is no token, or it is not known, expired or revoked, or its account is deactivated.",
        "Send the header “Authorization: Bearer” with a token that works. Create one under Settings, API tokens.",
    ),
    "forbidden": (
        "The token lacks the scope that “detail” names, or its account may not do this.",
        "Create a token with this scope, or ask somebody whose role allows it.",
    ),
    "not-found": (
        "There is nothing at this address, or the account of the token can't see it. Both are answered alike.",
        "Check the reference. For private incidents the token needs “Private incidents”, and its account access.",
    ),
    "method-not-allowed": (
        "The address exists, but not with this method.",
        "The header “Allow” lists the methods that exist.",
    ),
    "not-acceptable": ("The answer can't be given in the format asked for.", "Ask for application/json."),
    "conflict": (
        "The request is well formed but does not fit how things stand. For example, the incident is closed already, "
        "or a request with the same Idempotency-Key is still in progress.",
        "Read the record again, then decide whether the change is still wanted. Nothing was changed.",
    ),
    "changed-meanwhile": (
        "Somebody changed the record since you read it: its ETag is not the one in “If-Match” any more.",
        "“current” holds the present state, and the header “ETag” its name. Apply your change to it and send it again.",
    ),
    "too-large": ("The body or a file in it is larger than allowed.", "Send less, or in several requests."),
    "not-json": (
        "The body is in a format that this address does not read.",
        "Send JSON with the header “Content-Type: application/json”.",
    ),
    "invalid": (
        "Some values can't be used. Each is named in “errors” by a JSON pointer, with a code and a sentence. "
        "An Idempotency-Key that was used for another request is refused like this too.",
        "Correct these fields and send the request again. Nothing was changed.",
    ),
    "too-many-requests": (
        "This token, or this address without a token, has sent more requests than allowed.",
        "Wait for the seconds in the header “Retry-After”. “RateLimit” tells how many are left.",
    ),
    "failed": (
        "Allclear has a fault, or something that it needs has one. Your request may well be right.",
        "Send it again later, with the same Idempotency-Key. If it fails again, inform the people who run Allclear. The fault is logged.",
    ),
    "unavailable": (
        "The answer takes too long, or can't be given now.",
        "Try again later, or ask for less at once.",
    ),
}
"""Last part of a problem's `type` → (what happened, what to do)."""
