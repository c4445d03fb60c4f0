//! Launches of Junction's app.

use super::{
    native,
    outcomes::{
        HEADER, HOST_UNAUTHENTICATED, IDENTITY_REQUIRED, INVALID_REQUEST, JUNCTION_NOT_FOUND, METHOD_NOT_ALLOWED,
        NEW_CLINICIAN_ID_ONLY, NOT_FOUND, PAYLOAD_TOO_LARGE, RESERVED_HEADER, UNSUPPORTED_MEDIA_TYPE,
        USER_FIELDS_MISSING, junction,
    },
};
use crate::{
    case::{Ask, Body, Case, Group, Key, Method, Of, User},
    clinicians::{COMPLETE, EVERY_MISTAKE, KNOWN_ID_ONLY, LATIN_1, NO_USER_ID, NOBODY, NOT_JSON},
};

const IN_TEAM: &str = r#"{"integrationTeamId":$TEAM,"name":"Conformance"}"#;
const OF_PATIENT: &str = r#"{"clientUserId":$PATIENT}"#;
const ORDER_CREATION: &str = "\"order_creation\"";
const FEATURE_EMBED: &str = "\"feature_embed\"";
const LINK_OUT: &str = "\"link_out\"";
// Nothing has these ids: they were never assigned.
const UNKNOWN_ORDER: &str = "\"order:c04f0000-0000-4000-8000-00000000c04f\"";
const UNKNOWN_PATIENT: &str = "\"order_creation:c04f0000-0000-4000-8000-00000000c04f\"";

/// It names no person: a case that opens something says so in its row.
const GOOD: Ask = Ask {
    body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)]),
    ..native::GOOD
};

/// The same with one member more.
const fn with(name: &'static str, value: &'static str) -> [(&'static str, &'static str); 3] {
    [("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), (name, value)]
}

/// What a clinician opens in the run's team.
const fn by(
    clinician: &'static str,
    feature: &'static str,
    modality: &'static str,
) -> [(&'static str, &'static str); 4] {
    [
        ("clinician", clinician),
        ("team", IN_TEAM),
        ("feature", feature),
        ("modality", modality),
    ]
}

/// The same by the complete one.
const fn opening(feature: &'static str, modality: &'static str) -> [(&'static str, &'static str); 4] {
    by(COMPLETE, feature, modality)
}

/// A new order for the run's patient.
const fn opening_for_patient(modality: &'static str) -> [(&'static str, &'static str); 5] {
    let [clinician, team, feature, modality] = opening(ORDER_CREATION, modality);
    [clinician, team, ("patient", OF_PATIENT), feature, modality]
}

matrix! { GOOD;
"Credentials" {
    no_key, "No key", {key: Key::None} => [HOST_UNAUTHENTICATED];
    wrong_key, "An unknown key", {key: Key::Wrong} => [HOST_UNAUTHENTICATED];
    empty_key, "An empty key", {key: Key::Empty} => [HOST_UNAUTHENTICATED];
    two_keys, "The key in two headers", {key: Key::Twice} => [HOST_UNAUTHENTICATED];
    other_scheme, "The key, but not as Bearer", {key: Key::OtherScheme} => [HOST_UNAUTHENTICATED];
    api_key, "The key as Api-Key is known: the next check answers", {key: Key::Alone} => [IDENTITY_REQUIRED];
}
"Body" {
    not_json, "Not JSON", {body: Body::Bytes(NOT_JSON.as_bytes())} => [INVALID_REQUEST.at(&[("", "not_json")])];
    empty, "Nothing in it", {body: Body::Bytes(b"")} => [INVALID_REQUEST.at(&[("", "not_json")])];
    latin_1, "In Latin-1", {body: Body::Bytes(LATIN_1)} => [INVALID_REQUEST.at(&[("", "not_utf8")])];
    not_an_object, "Not an object", {body: Body::Bytes(b"[]")} => [INVALID_REQUEST.at(&[("", "wrong_type")])];
    no_member, "An object without members", {body: Body::Members(&[])}
        => [INVALID_REQUEST.at(&[("/feature", "required"), ("/modality", "required")])];
    unknown_member, "An unknown member", {body: Body::Members(&with("nickname", "1"))}
        => [INVALID_REQUEST.at(&[("/*", "unknown")])];
    duplicate_member, "A member sent twice", {body: Body::Members(&with("feature", ORDER_CREATION))}
        => [INVALID_REQUEST.at(&[("/feature", "repeated")])];
    too_large, "Over 16 KiB", {body: Body::Long(16 * 1024 + 1)} => [PAYLOAD_TOO_LARGE];
    plain_text, "As text/plain", {media_type: Some("text/plain")}
        => [UNSUPPORTED_MEDIA_TYPE.at(&[("/header/content-type", "bad_value")])];
    no_media_type, "Without a media type", {media_type: None}
        => [UNSUPPORTED_MEDIA_TYPE.at(&[("/header/content-type", "required")])];
}
"Members" {
    clinician_null, "clinician null", {body: Body::Members(&with("clinician", "null"))}
        => [INVALID_REQUEST.at(&[("/clinician", "wrong_type")])];
    clinician_no_user_id, "clinician without userId", {body: Body::Members(&with("clinician", NO_USER_ID))}
        => [INVALID_REQUEST.at(&[("/clinician/userId", "required")])];
    clinician_every_mistake, "Five errors in the clinician, all reported at once", {body: Body::Members(&with("clinician", EVERY_MISTAKE))}
        => [INVALID_REQUEST.at(&[
            ("/clinician/userId", "empty"), ("/clinician/firstName", "wrong_type"), ("/clinician/email", "bad_email"),
            ("/clinician/preferredLanguage", "bad_value"), ("/clinician/*", "unknown"),
        ])];
    team_not_an_object, "team as a list", {body: Body::Members(&with("team", "[]"))}
        => [INVALID_REQUEST.at(&[("/team", "wrong_type")])];
    team_unnamed, "team without an id", {body: Body::Members(&with("team", "{}"))}
        => [INVALID_REQUEST.at(&[("/team/integrationTeamId", "required")])];
    team_id_malformed, "Junction's id of a team, and it is no UUID", {body: Body::Members(&with("team", r#"{"teamId":"-"}"#))}
        => [INVALID_REQUEST.at(&[("/team/teamId", "malformed")])];
    patient_unnamed, "patient without an id", {body: Body::Members(&with("patient", "{}"))}
        => [INVALID_REQUEST.at(&[("/patient/clientUserId", "required")])];
    patient_wrong_type, "patient as a text", {body: Body::Members(&with("patient", r#""-""#))}
        => [INVALID_REQUEST.at(&[("/patient", "wrong_type")])];
    feature_missing, "Without a feature", {body: Body::Members(&[("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "required")])];
    feature_unknown, "An unknown feature", {body: Body::Members(&[("feature", r#""-""#), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "bad_value")])];
    feature_without_id, "order without an id", {body: Body::Members(&[("feature", r#""order""#), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "bad_value")])];
    feature_wrong_type, "A feature of the wrong type", {body: Body::Members(&[("feature", "7"), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "wrong_type")])];
    modality_missing, "Without a modality", {body: Body::Members(&[("feature", ORDER_CREATION)])}
        => [INVALID_REQUEST.at(&[("/modality", "required")])];
    modality_unknown, "An unknown modality", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", r#""-""#)])}
        => [INVALID_REQUEST.at(&[("/modality", "bad_value")])];
    modality_wrong_type, "A modality of the wrong type", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", "7")])}
        => [INVALID_REQUEST.at(&[("/modality", "wrong_type")])];
    patient_where_none_belongs, "A patient beside a feature that is about none",
        {body: Body::Members(&[("feature", "\"team_panels\""), ("modality", FEATURE_EMBED), ("patient", OF_PATIENT)])}
        => [INVALID_REQUEST.at(&[("/patient", "not_accepted")])];
}
"Headers, query, path" {
    query_given, "With a query", {query: "locale=en"} => [INVALID_REQUEST.at(&[("/query/*", "not_accepted")])];
    user_header_given, "With a user header", {user: &[User::Of(NO_USER_ID.as_bytes())]}
        => [INVALID_REQUEST.at(&[(HEADER, "not_accepted")])];
    intent_header_given, "With an intent header", {headers: &[("x-integration-intent", "owner")]}
        => [INVALID_REQUEST.at(&[("/header/x-integration-intent", "not_accepted")])];
    foreign_tenant_key, "With another tenant's key", {headers: &[("x-tenant-key", "nobodys")]}
        => [INVALID_REQUEST.at(&[("/header/x-tenant-key", "not_accepted")])];
    management_key, "With a reserved header", {headers: &[("x-management-key", "nobodys")]} => [RESERVED_HEADER];
    method_get, "GET", {method: Method::Get, body: Body::None, media_type: None} => [METHOD_NOT_ALLOWED];
    path_unknown, "A path below the operation", {below: "/nothing"} => [NOT_FOUND];
}
"Who is launched" {
    nobody, "No clinician", {} => [IDENTITY_REQUIRED];
    no_team, "No team, unless the tenant has one alone", {body: Body::Members(&with("clinician", COMPLETE))}
        => [INVALID_REQUEST.at(&[("/team", "required")]), junction("order_creation", "feature_embed")];
    unknown_id_only, "An unknown member, by userId alone", {body: Body::Members(&by(NOBODY, ORDER_CREATION, FEATURE_EMBED))}
        => [USER_FIELDS_MISSING.at(NEW_CLINICIAN_ID_ONLY)];
    complete, "A complete profile", {body: Body::Members(&opening(ORDER_CREATION, FEATURE_EMBED))}
        => [junction("order_creation", "feature_embed")];
    known_id_only, "userId alone, of a member who exists by now", {body: Body::Members(&by(KNOWN_ID_ONLY, ORDER_CREATION, FEATURE_EMBED))}
        => [junction("order_creation", "feature_embed")];
}
"What is opened" {
    new_order, "A new order, in an iframe", {body: Body::Members(&opening(ORDER_CREATION, FEATURE_EMBED))}
        => [junction("order_creation", "feature_embed")];
    new_order_of_patient, "A new order for the patient, in an iframe", {body: Body::Members(&opening_for_patient(FEATURE_EMBED))}
        => [junction("order_creation:*", "feature_embed")];
    order, "An order, in an iframe", {of: Of::NamingOrder, body: Body::Members(&opening(r#""order:$ORDER""#, FEATURE_EMBED))}
        => [junction("order:*", "feature_embed")];
    team_panels, "The team's panels, in an iframe", {body: Body::Members(&opening("\"team_panels\"", FEATURE_EMBED))}
        => [junction("team_panels", "feature_embed")];
    team_config, "The team's settings, in an iframe", {body: Body::Members(&opening("\"team_config\"", FEATURE_EMBED))}
        => [junction("team_config", "feature_embed")];
    new_order_link_out, "A new order, in a window", {body: Body::Members(&opening(ORDER_CREATION, LINK_OUT))}
        => [junction("order_creation", "link_out")];
    new_order_of_patient_link_out, "A new order for the patient, in a window", {body: Body::Members(&opening_for_patient(LINK_OUT))}
        => [junction("order_creation:*", "link_out")];
    order_link_out, "An order, in a window", {of: Of::NamingOrder, body: Body::Members(&opening(r#""order:$ORDER""#, LINK_OUT))}
        => [junction("order:*", "link_out")];
    team_panels_link_out, "The team's panels, in a window", {body: Body::Members(&opening("\"team_panels\"", LINK_OUT))}
        => [junction("team_panels", "link_out")];
    team_config_link_out, "The team's settings, in a window", {body: Body::Members(&opening("\"team_config\"", LINK_OUT))}
        => [junction("team_config", "link_out")];
    unknown_order, "An unknown order", {body: Body::Members(&opening(UNKNOWN_ORDER, FEATURE_EMBED))}
        => [JUNCTION_NOT_FOUND];
    unknown_patient, "An unknown patient, by Junction's id", {body: Body::Members(&opening(UNKNOWN_PATIENT, FEATURE_EMBED))}
        => [JUNCTION_NOT_FOUND];
}
}
