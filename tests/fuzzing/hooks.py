"""What the schemas of openapi.yaml cannot say, said to schemathesis: no more of it than its checks need.

A schema knows neither who calls, nor what that host's tenant permits, nor Unicode's categories. So a request that
the schemas allow may still be refused, but only for a reason that is listed here.
"""

import base64
import hashlib
import hmac
import json
import os
import time

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation

# Which host of the gateway's configuration calls, and its tenant's own key.
HOST = os.environ["FUZZED_HOST"]
TENANT_KEY = os.environ["FUZZED_TENANT_KEY"]
# Which orders there are, and what may be asked for about each of them.
ORDERS = json.loads(os.environ["FUZZED_ORDERS"])

# Faults of a field that its schema allows, and what the schema cannot say.
FIELD_REASONS = {
    "bad_character": "categories of Unicode, which few languages' patterns know",
    "too_large": "how long a query may be in all",
    "placeholder": "what programs write where an id is missing",
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
REASONS_OF_JUNCTION = {
    "user_fields_missing": "whether Junction knows the member",
    "feature_denied": "the tenant's one environment",
    "team_denied": "whose team a patient or an order is of",
    "patient_denied": "whose order it is",
    "session_mismatch": "whose session it is",
}
# Of one operation each.
REASONS_OF_OPERATION = {
    ("POST", "/v1/junction/orders/{id}/simulate"): {
        "endpoint_denied": "that orders of the sandbox alone are simulated",
    },
    ("GET", "/v1/junction/events"): {
        "endpoint_denied": "that hosts with keys alone read events",
    },
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

# Of the token, and of the session that the same token is in a cookie.
MEMBER = "emp123"
TEAM = "clinic-7"
LAUNCHES = {
    "/v1/junction/launch",
    "/v1/explain/junction/launch",
    "/v1/junction/fast-launch",
    "/junction/session-continuation",
}
PAIRS = [("integration_member_id", "integration_team_id"), ("member_id", "team_id")]


# What the link's description says. A body that is an object stops openapi-generator, which takes texts only.
NEXT_BODY = {"clinician": {"userId": "$request.body#/clinician/userId"}, "intent": "existing"}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Writes for schemathesis what is written otherwise for what writes code: the document says the same."""
    raw_schema["components"]["links"]["OtherPage"]["requestBody"] = NEXT_BODY
    for schema in raw_schema["components"]["schemas"].values():
        lift(schema)


def lift(schema):
    """Takes the parts out of an `allOf` and puts them beside the rest, from where more cases are tried."""
    for part in schema.pop("allOf", []):
        assert not part.keys() & schema.keys(), "one of them would be lost"
        schema.update(part)


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
    # A URL that the session continuation redirects to is another server's.
    kwargs["allow_redirects"] = False
    if case.path in LAUNCHES:
        go_to_junction(case)
    elif case.path.startswith("/doctor/"):
        go_to_doctor(case)
    elif case.path == "/junction/webhooks/{endpoint}":
        sign_event(case, kwargs)
    elif "/junction/" in case.path:
        go_to_orders(case)
    elif HOST == "token":
        leave_to_the_token(case)
    elif case.path.startswith("/empego-integrations/"):
        name_a_clinician(headers)


def go_to_doctor(case):
    """Asks for the page of a host that has it, and for a file that there is."""
    if case.meta.is_negative_at(ParameterLocation.PATH):
        return
    case.path_parameters["host"] = "documented"
    if "file" in case.path_parameters:
        case.path_parameters["file"] = "v1.js"


def go_to_junction(case):
    """Names who acts and in which team, as this host may: once, and in one way; and clicks on the gateway's own page."""
    if case.path == "/junction/session-continuation" and case.method.upper() == "POST":
        case.headers["sec-fetch-site"] = "same-origin"
    if isinstance(case.body, dict) and not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body = launch_by_token(case.body) if HOST == "token" else launch_by_server(case.body)
    if case.query and not case.meta.is_negative_at(ParameterLocation.QUERY):
        case.query = query_to_junction(case.path, dict(case.query))


def launch_by_token(body):
    return {name: value for name, value in body.items() if name not in {"clinician", "team"}}


def launch_by_server(body):
    """A member who may not be there needs a profile, and a team that may not be there a name."""
    team = body.get("team") or {"integrationTeamId": TEAM}
    if "integrationTeamId" in team and team.get("name") is None:
        team = {**team, "name": "Clinic"}
    return {**body, "clinician": {**COMPLETE, **(body.get("clinician") or {})}, "team": team}


def query_to_junction(path, query):
    """Both by reference or both by id, or, where nobody but the token may say so, neither."""
    ways = {name for pair in PAIRS for name in pair}
    rest = {name: value for name, value in query.items() if name not in ways}
    if path == "/junction/session-continuation":
        return {**rest, "integration_member_id": MEMBER, "integration_team_id": TEAM}
    if HOST == "token":
        return rest
    drawn = [pair for pair in PAIRS if all(name in query for name in pair)]
    names = drawn[-1] if drawn else None
    chosen = {name: query[name] for name in names} if names else dict(zip(PAIRS[0], (MEMBER, TEAM)))
    return {**rest, **chosen}


# Which of the orders an operation is about: one that it can be carried out with.
PURPOSES = {
    "/v1/junction/orders/{id}": "read",
    "/v1/junction/orders/{id}/slots": "read",
    "/v1/junction/orders/{id}/visit": "bookable",
    "/v1/explain/junction/orders/{id}/visit": "bookable",
    "/v1/junction/orders/{id}/visit/reschedule": "movable",
    "/v1/junction/orders/{id}/visit/cancel": "booked",
    "/v1/junction/orders/{id}/cancel": "cancellable",
    "/v1/junction/orders/{id}/simulate": "simulated",
    "/v1/junction/orders/{id}/results": "resulted",
    "/v1/junction/orders/{id}/results.pdf": "resulted",
    "/v1/junction/orders/{id}/requisition.pdf": "resulted",
}
PLACING = {"/v1/junction/orders", "/v1/explain/junction/orders"}


def go_to_orders(case):
    """Asks about an order that is there, of the host's own team, and for what there is to have of it."""
    name_the_team(case)
    order = None
    if case.path in PURPOSES and not case.meta.is_negative_at(ParameterLocation.PATH):
        orders = ORDERS["orders"][PURPOSES[case.path]]
        order = orders[int(case.path_parameters["id"][:4], 16) % len(orders)]
        case.path_parameters["id"] = order["id"]
    is_placed = case.path in PLACING and not case.meta.is_negative_at(ParameterLocation.HEADER)
    if is_placed and "idempotency-key" in case.headers:
        # A key is for one order alone.
        case.headers["idempotency-key"] = digest(case.body)
    if isinstance(case.body, dict) and not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body = order_by(case.path, case.body, order)
    if case.path == "/v1/junction/events" and not case.meta.is_negative_at(ParameterLocation.QUERY):
        # Who waits longer is not answered within the time that there is for a request.
        query = dict(case.query or {})
        if "wait" in query:
            query["wait"] = int(query["wait"]) % 2
        case.query = query


def name_the_team(case):
    """In one way, where nobody but the request says it."""
    if case.meta.is_negative_at(ParameterLocation.HEADER):
        return
    headers = case.headers
    has_id = headers.pop("x-junction-team-id", None) is not None
    headers.pop("x-junction-team", None)
    if HOST == "token" or case.path in PLACING | {"/v1/junction/events"}:
        return
    if has_id:
        headers["x-junction-team-id"] = ORDERS["teamId"]
    else:
        headers["x-junction-team"] = ORDERS["team"]


def digest(body):
    """The same for the same body, in every run."""
    return hashlib.sha256(repr(body).encode("utf-8", "surrogatepass")).hexdigest()


def order_by(path, body, order):
    """What is in a body that only the gateway or Junction could have said before."""
    if path in PLACING:
        return order_to_place(launch_by_token(body) if HOST == "token" else order_by_server(body))
    known = {"slot": order and order.get("slot"), "reasonId": ORDERS["reason"], "provider": ORDERS["provider"]}
    body = {name: known.get(name) or value for name, value in body.items()}
    if isinstance(body.get("address"), dict):
        body["address"] = {**body["address"], **ORDERS["address"]}
    return body


def order_by_server(body):
    """The same for a team that is there, if it is named by Junction's id."""
    launch = launch_by_server(body)
    if "teamId" in launch["team"]:
        launch["team"] = {**launch["team"], "teamId": ORDERS["teamId"]}
    return launch


def order_to_place(body):
    """A test that there is, in an area that is served, for an adult."""
    placed = {"tests": [ORDERS["test"]]}
    if isinstance(body.get("address"), dict):
        placed["address"] = {**body["address"], **ORDERS["address"]}
    if isinstance(body.get("patient"), dict) and isinstance(body["patient"].get("demographics"), dict):
        placed["patient"] = {**body["patient"], "demographics": {**body["patient"]["demographics"], "dob": "1986-03-09"}}
    return {**body, **placed}


def sign_event(case, kwargs):
    """Signs an event as Junction does, over the bytes that are sent, and has it come to the endpoint of its team."""
    if case.meta.generation.mode.is_negative:
        return
    webhook = ORDERS["webhook"]
    case.path_parameters["endpoint"] = webhook["endpoint"]
    if "team_id" in case.body:
        case.body = {**case.body, "team_id": ORDERS["teamId"]}
    sent = json.dumps(case.body).encode()
    kwargs["data"] = sent
    event, at = "msg_fuzzed", str(int(time.time()))
    key = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    signature = hmac.digest(key, b".".join([event.encode(), at.encode(), sent]), hashlib.sha256)
    for name in list(case.headers):
        if name.startswith(("svix-", "webhook-")):
            del case.headers[name]
    case.headers["svix-id"] = event
    case.headers["svix-timestamp"] = at
    case.headers["svix-signature"] = f"v1,{base64.b64encode(signature).decode()}"


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
    if case.path in ("/junction/session-continuation", "/frame/{ticket}"):
        # Their errors are pages, whose only words for programs are their codes.
        return
    error = response.json()
    reasons = REASONS | REASONS_OF_HOST[HOST]
    reasons |= REASONS_OF_OPERATION.get((case.method.upper(), case.path), {})
    if "/junction/" in case.path:
        reasons |= REASONS_OF_JUNCTION
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
