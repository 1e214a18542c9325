"""Which icon, tone and shape stands for which word of the domain; the templates speak them through tags."""

STATUS_LOOK = {  # status → (tone, how full the clock is, in per cent)
    "triage": ("off", None),
    "investigating": ("live", 25),
    "fixing": ("live", 50),
    "mitigated": ("ok", 75),
    "resolved": ("ok", 100),
    "closed": ("off", 100),
    "declined": ("off", 0),
    "merged": ("off", 0),
}

SERVICE_LOOK = {
    "operational": ("k-ok", "circle-check", "Operational"),
    "degraded": ("k-warn", "triangle", "Degraded"),
    "partial_outage": ("k-warn", "diamond", "Partial outage"),
    "major_outage": ("k-bad", "octagon-x", "Major outage"),
}

STATE_LOOK = {  # hypotheses, mitigations, recovery checks
    "open": ("", "circle-dashed"),
    "testing": ("k-hyp", "loader"),
    "supported": ("k-ok", "check"),
    "refuted": ("k-bad", "x"),
    "proposed": ("", "circle-dashed"),
    "applying": ("k-mit", "loader"),
    "worked": ("k-ok", "check"),
    "no_effect": ("", "minus"),
    "made_worse": ("k-bad", "trending-up"),
    "reverted": ("", "undo-2"),
    "rejected": ("", "ban"),
    "watching": ("k-warn", "timer"),
    "passed": ("k-ok", "circle-check"),
    "failed": ("k-bad", "circle-x"),
    "waived": ("", "ban"),
}

EVENT_LOOK = {  # kind → (icon, tone of the ring, shape)
    "note": ("message-square", "", "block"),
    "decision": ("signpost", "", "block"),
    "question": ("circle-question-mark", "k-warn", "block"),
    "answer": ("reply", "", "block"),
    "hypothesis": ("flask-conical", "k-hyp", "block"),
    "mitigation": ("wrench", "k-mit", "block"),
    "update": ("megaphone", "k-upd", "block"),
    "alert": ("bell-ring", "k-bad", "block"),
    "change": ("git-commit-horizontal", "", "block"),
    "milestone": ("flag", "solid", "phase"),
    "status": ("arrow-right", "", "one"),
    "severity": ("chevrons-up", "k-bad", "one"),
    "role": ("user-round-check", "", "one"),
    "service": ("layers", "", "one"),
    "task": ("square-check-big", "", "one"),
    "check": ("list-checks", "", "one"),
    "fact": ("pencil-line", "", "one"),
    "gap": ("unlink", "", "gap"),
}

MILESTONE_ICONS = {
    "introduced_at": "sprout",
    "impact_started_at": "triangle-alert",
    "detected_at": "radar",
    "declared_at": "flag",
    "mitigated_at": "shield-check",
    "resolved_at": "circle-check-big",
    "closed_at": "archive",
}

EVIDENCE_ICONS = {
    "log": "scroll-text",
    "metric": "chart-line",
    "trace": "waypoints",
    "deployment": "git-commit-horizontal",
    "alert": "bell-ring",
    "picture": "image",
    "link": "link",
}

LINK_ICONS = {
    "bridge": "video",
    "channel": "hash",
    "dashboard": "gauge",
    "runbook": "book-open",
    "other": "link",
}
