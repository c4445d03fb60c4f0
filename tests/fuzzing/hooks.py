"""What the schemas of openapi.yaml cannot say, said to schemathesis: no more of it than its checks need.

A schema knows neither who calls, nor what that host's tenant permits, nor Unicode's categories. So a request that
the schemas allow may still be refused, but only for a reason that is listed here.
"""

import base64
import json
import os

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation

# Which host of the gateway's configuration calls, and its tenant's own key.
HOST = os.environ["FUZZED_HOST"]
TENANT_KEY = os.environ["FUZZED_TENANT_KEY"]

# Faults of a field that its schema allows, and what the schema cannot say.
FIELD_REASONS = {
    "bad_character": "categories of Unicode, which few languages' patterns know",
    "outer_space": "what is white space, about which patterns differ",
    "not_normalized": "normalization form C",
    "bad_email": "the rule of the HTML standard in full",
    "repeated": "that no two names may differ in case only",
    "unknown": "which further parameters the tenant lets through, and which names are reserved",
}

# Codes for requests of which each part is valid, and what the schema cannot say.
REASONS = {
    "header_not_utf8": "what is inside base64: `contentSchema` describes it, and asserts nothing",
    "header_not_json": "the same",
    "header_schema": "the same",
}
REASONS_OF_DROP_IN = {
    "identity_required": "what one header must be if another is there",
    "intent_conflict": "the same",
    "user_fields_missing": "the same",
}
REASONS_OF_HOST = {
    "documented": {
        "identity_required": "that only token hosts may leave the clinician out",
        "upstream_user_fields_missing": "whether Empego knows the user",
    },
    "strict": {
        "identity_required": "that only token hosts may leave the clinician out",
        "intent_required": "the tenant's policy",
        "owner_clone_denied": "the tenant's policy",
        "owner_session_denied": "the tenant's policy",
        "user_fields_missing": "the tenant's policy",
        "upstream_user_fields_missing": "whether Empego knows the user",
    },
    "token": {
        "clinician_not_accepted": "that a token host leaves the clinician out",
        "intent_denied": "the intents that the host may state",
    },
}

BARE = {"userId": "emp123"}
# Empego knows this user.
PARTIAL = {"userId": "emp456", "firstName": "Élodie"}
COMPLETE = {"userId": "emp789", "firstName": "Noah", "lastName": "Singh", "email": "noah.singh@clinic.ca"}
# Whom each intent may name, whatever the tenant's policy; without one it is a user who may or may not exist.
CLINICIANS = {"existing": [BARE, PARTIAL, COMPLETE], "new": [COMPLETE], "clone": [BARE]}
ANYBODY = {"documented": [BARE, PARTIAL, COMPLETE], "strict": [COMPLETE]}
INTENTS_OF_TOKEN_HOSTS = {"upsert", "new"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes valid requests acceptable where a schema cannot, so that they are not all refused for the same reasons."""
    headers = case.headers
    # No other key than the tenant's own is accepted.
    if headers.get("x-tenant-key"):
        headers["x-tenant-key"] = TENANT_KEY
    # Who has little patience asks for a 504, and gets it now and then. More digits are more patience, and as valid.
    patience = headers.get("x-request-timeout-ms", "")
    if patience.isascii() and patience.isdigit():
        headers["x-request-timeout-ms"] = f"{patience}0000000"
    if HOST == "token":
        leave_to_the_token(case)
    elif case.path.startswith("/empego-integrations/"):
        name_a_clinician(headers)


def leave_to_the_token(case):
    """A token host states no clinician, and few intents."""
    headers = case.headers
    if is_base64(headers.get("x-integration-user", "")):
        del headers["x-integration-user"]
    if headers.get("x-integration-intent") in {"owner", "existing", "clone"}:
        headers["x-integration-intent"] = "upsert"
    if isinstance(case.body, dict) and not case.meta.is_negative_at(ParameterLocation.BODY):
        body = {name: value for name, value in case.body.items() if name != "clinician"}
        if body.get("intent", "upsert") not in INTENTS_OF_TOKEN_HOSTS:
            body["intent"] = "upsert"
        case.body = body


def name_a_clinician(headers):
    """Any base64 satisfies the schema of the header: here somebody stands in it, whom the intent fits."""
    drawn = headers.get("x-integration-user")
    intent = headers.get("x-integration-intent")
    if drawn is None and HOST == "strict" and intent != "owner":
        drawn = "AAAA"
    if not is_base64(drawn):
        return
    if intent == "owner":
        intent = headers["x-integration-intent"] = "existing"
    fitting = CLINICIANS.get(intent, ANYBODY[HOST])
    chosen = json.dumps(fitting[len(drawn) // 4 % len(fitting)])
    headers["x-integration-user"] = base64.b64encode(chosen.encode()).decode()


def is_base64(text):
    """Whether it is, padded or not, and not empty."""
    try:
        return bool(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (TypeError, ValueError):
        return False


@schemathesis.check
def refused_for_a_listed_reason(ctx, response, case):
    """Valid data may be refused with 400 and 403 for the reasons above, and for no other."""
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if not is_valid or response.status_code not in (400, 403):
        return
    error = response.json()
    reasons = REASONS | REASONS_OF_HOST[HOST]
    if case.path.startswith("/empego-integrations/"):
        reasons |= REASONS_OF_DROP_IN
    unlisted = {error["code"]} - reasons.keys()
    if error["code"] == "invalid_request":
        unlisted = {fault["code"] for fault in error["errors"]} - FIELD_REASONS.keys()
    if unlisted:
        raise Failure(
            operation=case.operation.label,
            title="Valid data was refused for a reason that a schema can say",
            message=", ".join(sorted(unlisted)),
        )
