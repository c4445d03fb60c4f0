//! What a report may show. Everything in it that is not a word of ours is [`Shown`], and only a [`Redactor`] makes that.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{clinicians::PERSONAL, names::JunctionNames};

/// The most characters shown of what a target wrote.
const MAX_CHARACTERS: usize = 300;

/// What stands for something that is not shown.
pub(super) const HIDDEN: &str = "…";

/// Text that holds no key, no session and nothing of a person, nor control characters that a terminal would obey.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shown(String);

impl AsRef<str> for Shown {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Knows what must not be shown, in every dress in which it might appear. `Debug` shows none of it.
pub(super) struct Redactor(Vec<String>);

impl fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Redactor(…)")
    }
}

impl Redactor {
    pub(super) fn new(key: &SecretString, patient: &str, junction: &JunctionNames) -> Self {
        let secrets = [key.expose_secret(), patient, &junction.team]
            .into_iter()
            .chain(junction.order.as_deref())
            .filter(|secret| !secret.is_empty())
            .chain(PERSONAL.iter().copied());
        let mut dresses: Vec<_> = secrets.flat_map(dresses).collect();
        // The longest first: a shorter one inside it would leave the rest standing.
        dresses.sort_by_key(|dress| std::cmp::Reverse(dress.len()));
        Self(dresses)
    }

    /// Hides this as well from now on.
    pub(super) fn also(&mut self, secret: &str) {
        if !self.0.iter().any(|known| known == secret) {
            self.0.extend(dresses(secret));
        }
    }

    /// What we wrote ourselves, around values that may be secret.
    pub(super) fn ours(&self, text: &str) -> Shown {
        let mut hidden = text.to_owned();
        for secret in &self.0 {
            if hidden.contains(secret) {
                hidden = hidden.replace(secret, HIDDEN);
            }
        }
        let printable = |c: char| if c.is_control() && c != '\n' { '\u{fffd}' } else { c };
        Shown(hidden.chars().map(printable).collect())
    }

    /// What the target wrote: on one line, without the inside of URLs, and not much of it.
    pub(super) fn theirs(&self, text: &str) -> Shown {
        let Shown(text) = self.ours(&text.replace('\n', " "));
        let text: String = text.split_inclusive(ends_a_word).map(without_session).collect();
        let cut = text.chars().count() > MAX_CHARACTERS;
        let shown: String = text.chars().take(MAX_CHARACTERS).collect();
        Shown(if cut { shown + HIDDEN } else { shown })
    }
}

fn ends_a_word(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '"' | '\'' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';'
        )
}

/// A URL's origin, or what comes before a query; other words as they are.
fn without_session(word: &str) -> String {
    let body = word.trim_end_matches(ends_a_word);
    let end = word.get(body.len()..).unwrap_or_default();
    let start = match body.split_once("://") {
        Some((scheme, rest)) => {
            let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}/")
        }
        None => match body.split_once('?') {
            Some((before, query)) if !query.is_empty() => format!("{before}?"),
            Some(_) | None => return word.to_owned(),
        },
    };
    format!("{start}{HIDDEN}{end}")
}

/// A value as it is, percent-encoded, escaped as in JSON, and inside base64, which has three alignments.
fn dresses(secret: &str) -> Vec<String> {
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let light: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let escaped = serde_json::Value::from(secret).to_string();
    let aligned = (0..3).filter_map(|shift| {
        let encoded = STANDARD_NO_PAD.encode(format!("{}{secret}", "-".repeat(shift)));
        let inner = encoded.get(4..encoded.len().checked_sub(2)?)?;
        (inner.len() >= 6).then(|| inner.to_owned())
    });
    [
        secret.to_owned(),
        percent.to_ascii_lowercase(),
        percent,
        light,
        escaped.trim_matches('"').to_owned(),
        hex::encode(secret),
    ]
    .into_iter()
    .chain(aligned)
    .filter(|dress| !dress.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn secrets_are_hidden_in_every_dress() {
        let redactor = Redactor::new(&"egw_canary-key".into(), "patient-canary", &JunctionNames::default());
        for secret in PERSONAL.iter().copied().chain(["egw_canary-key", "patient-canary"]) {
            let dressed = [
                secret.to_owned(),
                utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
                STANDARD.encode(format!(r#"{{"userId":"{secret}"}}"#)),
                hex::encode(secret),
            ];
            for text in dressed {
                let shown = redactor.theirs(&format!("before {text} after")).to_string();
                assert!(shown.contains(HIDDEN) && shown.contains("before "), "{shown}");
                assert!(!shown.contains(&text), "{shown}");
            }
        }
    }

    #[test]
    fn urls_lose_what_is_inside_them_and_terminals_get_no_orders() {
        let redactor = Redactor::new(&"egw_canary-key".into(), "patient-canary", &JunctionNames::default());
        let rows = [
            ("https://app.empego.ca/fr/embed?sessionId=1", "https://app.empego.ca/…"),
            (
                "see https://u:p@app.empego.ca/x?y, please",
                "see https://app.empego.ca/…, please",
            ),
            ("app.empego.ca/fr?sessionId=1", "app.empego.ca/fr?…"),
            ("Really? Yes", "Really? Yes"),
            ("red \u{1b}[31m\nand a line", "red \u{fffd}[31m and a line"),
        ];
        for (text, shown) in rows {
            assert_eq!(redactor.theirs(text).as_ref(), shown);
        }
        assert_eq!(redactor.theirs(&"x".repeat(301)).as_ref().chars().count(), 301);
    }
}
