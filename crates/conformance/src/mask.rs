//! Hides the values of what was sent, and leaves its structure to be seen.

use super::redact::HIDDEN;

/// Values that describe a case, and no person.
const OPEN: &[&str] = &[
    "owner",
    "existing",
    "upsert",
    "new",
    "clone",
    "guess",
    "en",
    "fr",
    "de",
    "DE",
    "FR",
    "-",
    "",
    "order_creation",
    "team_panels",
    "team_config",
    "feature_embed",
    "link_out",
];

/// JSON, or what looks like it, with its texts hidden but for the members' names.
pub(super) fn mask_json(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        masked.push_str(before);
        let (inside, after, closed) = match end_of_text(after) {
            Some((inside, after)) => (inside, after, "\""),
            None => (after, "", ""),
        };
        let is_name = after.trim_start().starts_with(':');
        let shown = if is_name || OPEN.contains(&inside) {
            inside
        } else {
            HIDDEN
        };
        masked.push('"');
        masked.push_str(shown);
        masked.push_str(closed);
        rest = after;
    }
    masked + rest
}

/// What comes before a text's closing quote, and what after it.
fn end_of_text(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.char_indices().find_map(|(at, character)| {
        let ends = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        ends.then_some(at)
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// A query with its values hidden.
pub(super) fn mask_query(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if !OPEN.contains(&value) => format!("{name}={HIDDEN}"),
        Some(_) | None => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_is_seen_and_values_are_not() {
        let rows = [
            (
                r#"{"userId":"a\"b","x":[ "c" , 7]}"#,
                r#"{"userId":"…","x":[ "…" , 7]}"#,
            ),
            (
                r#"{"intent":"new","clinician" : {"email":"a@b.ca"}}"#,
                r#"{"intent":"new","clinician" : {"email":"…"}}"#,
            ),
            (r#"{"userId":"#, r#"{"userId":"#),
            (r#"{"userId":"cut off"#, r#"{"userId":"…"#),
            ("[]", "[]"),
        ];
        for (text, masked) in rows {
            assert_eq!(mask_json(text), masked);
        }
        assert_eq!(mask_query("patientKey=p&locale=en&x"), "patientKey=…&locale=en&x");
    }
}
