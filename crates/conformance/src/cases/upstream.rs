//! Empego itself, without the gateway: whether it is as its page says.

use super::{
    compat,
    outcomes::{EMPEGO_AUTHENTICATION, EMPEGO_FIELDS_MISSING, EMPEGO_HEADER_FORMAT, url},
};
use crate::{
    case::{Ask, Case, Group, Key, User},
    clinicians::{COMPLETE, ID_ONLY, KNOWN_ID_ONLY, KNOWN_PARTIAL, NOT_JSON, PARTIAL},
};

const GOOD: Ask = compat::GOOD;

matrix! { GOOD;
"Credentials" {
    no_key, "No key", {key: Key::None} => [EMPEGO_AUTHENTICATION];
    wrong_key, "An unknown key", {key: Key::Wrong} => [EMPEGO_AUTHENTICATION];
}
"User header" {
    header_not_base64, "Not base64", {user: &[User::Value("%%%%")]} => [EMPEGO_HEADER_FORMAT];
    header_not_json, "Base64 of something that is not JSON", {user: &[User::Of(NOT_JSON.as_bytes())]} => [EMPEGO_HEADER_FORMAT];
}
"Who is launched" {
    no_header, "Option 1: no user header, the key's owner", {} => [url(&[])];
    complete, "Option 3: a complete profile creates or updates", {user: &[User::Of(COMPLETE.as_bytes())]} => [url(&[])];
    known_id_only, "Option 2: userId alone, for a user who exists by now", {user: &[User::Of(KNOWN_ID_ONLY.as_bytes())]} => [url(&[])];
    known_partial, "A partial profile, for a user who exists by now", {user: &[User::Of(KNOWN_PARTIAL.as_bytes())]} => [url(&[])];
    id_only, "Option 4: userId alone, a clone of the owner if unknown", {user: &[User::Of(ID_ONLY.as_bytes())]} => [url(&[])];
    partial, "A partial profile, for a user who may be new: Empego documents both", {user: &[User::Of(PARTIAL.as_bytes())]}
        => [EMPEGO_FIELDS_MISSING, url(&[])];
}
}
