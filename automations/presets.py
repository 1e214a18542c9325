"""What a new automation begins with, by where its request goes. Everything can be changed before it is saved."""

from dataclasses import dataclass

from automations.models import Content, Method, Preset, SignIn
from incidents.models import Mitigation

Kind = Mitigation.Kind


@dataclass(frozen=True)
class Start:
    """`steps` says what to put in, in order; the other fields are those of a form."""

    about: str
    steps: tuple[str, ...]
    url: str
    template: str = "{}"
    method: str = Method.POST
    content: str = Content.JSON
    headers: str = ""
    sign_in: str = SignIn.NONE
    inputs: str = ""
    mitigation_kind: str = Kind.OTHER


STARTS: dict[str, Start] = {
    Preset.GITHUB: Start(
        "Starts a workflow that has the trigger workflow_dispatch.",
        (
            "Put owner, repository and workflow file into the address. For GitHub Enterprise Server it begins with your host and /api/v3.",
            "Make a fine-grained token for this repository that may write actions, and enter it as the bearer token.",
            "Declare what inputs has in the workflow. GitHub refuses inputs that the workflow does not know.",
        ),
        "https://api.github.com/repos/OWNER/REPOSITORY/actions/workflows/WORKFLOW.yml/dispatches",
        '{\n  "ref": "main",\n  "inputs": {\n    "incident": "{{ incident.reference }}",\n    "started_by": "{{ pressed_by }}"\n  }\n}',
        headers="Accept: application/vnd.github+json\nX-GitHub-Api-Version: 2022-11-28",
        sign_in=SignIn.BEARER,
        mitigation_kind=Kind.ROLLBACK,
    ),
    Preset.GITLAB: Start(
        "Starts a pipeline with a pipeline trigger token.",
        (
            "Put the number of the project into the address. For your own GitLab it begins with your host.",
            "In the project, open Settings, CI/CD, Pipeline trigger tokens, add one, and enter it as the secret.",
        ),
        "https://gitlab.com/api/v4/projects/PROJECT_ID/trigger/pipeline",
        '{\n  "token": "{{ secret }}",\n  "ref": "main",\n  "variables[INCIDENT]": "{{ incident.reference }}"\n}',
        content=Content.FORM,
        mitigation_kind=Kind.ROLLBACK,
    ),
    Preset.RUNDECK: Start(
        "Runs a job.",
        (
            "Put your host and the id of the job into the address.",
            "Make an API token of an account that may run this job only, and enter it as the secret.",
        ),
        "https://rundeck.example.org/api/41/job/JOB_ID/run",
        '{\n  "options": {\n    "incident": "{{ incident.reference }}"\n  }\n}',
        headers="Accept: application/json\nX-Rundeck-Auth-Token: {{ secret }}",
        mitigation_kind=Kind.RESTART,
    ),
    Preset.JENKINS: Start(
        "Builds a job with parameters.",
        (
            "Put your host and the job into the address. In a folder it is /job/FOLDER/job/NAME/….",
            "Enter the user name and an API token of an account that may build this job only.",
        ),
        "https://jenkins.example.org/job/NAME/buildWithParameters",
        '{\n  "INCIDENT": "{{ incident.reference }}"\n}',
        content=Content.FORM,
        sign_in=SignIn.BASIC,
        mitigation_kind=Kind.RESTART,
    ),
    Preset.FLAG: Start(
        "Switches a feature flag by the API of your flag service.",
        (
            "Put in the address and the method that the API of your flag service asks for.",
            "Add a second automation that switches it back, and choose it as the reversal.",
        ),
        "https://flags.example.org/api/flags/FLAG",
        '{\n  "enabled": false,\n  "comment": "{{ incident.reference }}"\n}',
        method=Method.PATCH,
        headers="Authorization: {{ secret }}",
        mitigation_kind=Kind.FEATURE_FLAG,
    ),
    Preset.WEBHOOK: Start(
        "Calls a program of yours. It is signed as Allclear’s other webhooks are.",
        (
            "Make a secret: whsec_ followed by 32 random bytes in Base64, as openssl rand -base64 32 prints them.",
            "The program verifies the signature, and carries out a webhook-id only once.",
        ),
        "https://hooks.example.org/mitigate",
        '{\n  "type": "automation.run",\n  "data": {\n    "incident": "{{ incident.reference }}",\n    "service": "{{ service.slug }}",\n    "pressed_by": "{{ pressed_by }}"\n  }\n}',
        sign_in=SignIn.SIGNATURE,
    ),
    Preset.OTHER: Start(
        "Any request to an address that you know.",
        ("Enter the address, and what is sent to it.",),
        "",
        '{\n  "incident": "{{ incident.reference }}"\n}',
    ),
}
