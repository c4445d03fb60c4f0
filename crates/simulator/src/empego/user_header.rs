//! The simulator's own reading of the user header: what Empego's page says, and no more.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

/// The decoded object, or nothing if it is no base64 of a JSON object with a `userId`.
pub(crate) fn decode(header: &[u8]) -> Option<Map<String, Value>> {
    let json = STANDARD.decode(header).ok()?;
    let Value::Object(object) = serde_json::from_slice(&json).ok()? else {
        return None;
    };
    let has_user_id = object
        .get("userId")
        .and_then(Value::as_str)
        .is_some_and(|id| !id.is_empty());
    let all_texts = object.values().all(Value::is_string);
    (has_user_id && all_texts).then_some(object)
}
