//! Telltale values in every place that takes one must not come out anywhere: not in the log at its most talkative, not
//! in an error body.

use ::base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use percent_encoding::{CONTROLS, utf8_percent_encode};

use crate::helpers::scenario::{CANARY, KEY_CANARY, play};

/// The dresses in which a value might leave.
fn dresses(canary: &str) -> Vec<String> {
    let percent = utf8_percent_encode(canary, CONTROLS).to_string();
    let every_byte = format!(
        "%{}",
        hex::encode_upper(canary)
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).unwrap())
            .collect::<Vec<_>>()
            .join("%")
    );
    let escaped: String = canary
        .chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                format!("\\u{:04x}", c as u32)
            }
        })
        .collect();
    let bytes = format!("{:?}", canary.as_bytes());
    let mut dresses = vec![
        canary.to_owned(),
        percent.to_lowercase(),
        percent,
        every_byte,
        escaped.clone(),
        escaped.escape_default().to_string(),
        canary.escape_default().to_string(),
        hex::encode(canary),
        bytes.trim_matches(['[', ']']).to_owned(),
    ];
    // Inside a longer text base64 has three alignments; the ends mix with what stands beside the value.
    for shift in 0..3 {
        let encoded = STANDARD_NO_PAD.encode(format!("{}{canary}", "-".repeat(shift)));
        dresses.push(encoded[4..encoded.len() - 2].to_owned());
    }
    dresses
}

fn leak(text: &str) -> Option<String> {
    [CANARY, KEY_CANARY]
        .into_iter()
        .flat_map(dresses)
        .find(|dress| text.contains(dress))
}

#[test]
fn every_dress_is_recognised() {
    use serde_json::json;
    let seen = |text: &str| leak(text).is_some();
    for shift in 0..3 {
        let text = format!("{}{CANARY} and more", "x".repeat(shift));
        assert!(seen(&STANDARD_NO_PAD.encode(&text)), "{shift}");
        assert!(seen(&text));
    }
    assert!(seen("?patientKey=c%C3%A4n%C3%A4ry7f3a"));
    assert!(seen(&json!({"x": KEY_CANARY}).to_string()));
    assert!(seen("c\\u00e4n\\u00e4ry7f3a"));
    assert!(seen(&format!("{:?}", CANARY.as_bytes())));
    assert!(!seen("patientKey=p"));
}

#[actix_web::test]
async fn nothing_of_a_person_a_patient_a_key_or_the_upstream_is_logged_or_answered_in_an_error() {
    let played = play().await;
    assert!(played.log.lines().count() > played.outcomes.len());
    for line in played.log.lines() {
        assert_eq!(leak(line), None, "{line}");
    }
    for outcome in played.outcomes.iter().filter(|outcome| outcome.code.is_some()) {
        let Some(answer) = &outcome.answer else { continue };
        assert_eq!(leak(&answer.text), None, "{answer:?}");
        let headers = format!("{:?}", answer.headers);
        assert_eq!(leak(&headers), None, "{headers}");
    }
}
