//! Telltale values in every place that takes one must not come out anywhere: not in the log at its most talkative, not
//! in an error body.

use ::base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use futures_util::future::join_all;
use percent_encoding::{CONTROLS, utf8_percent_encode};

use crate::helpers::{
    defects::{Channel, DEFECTS},
    scenario::{CANARY, ID_CANARY, KEY_CANARY, Played, play, play_with_a_panic},
};

/// The dresses in which a value might leave.
pub(crate) fn dresses(canary: &str) -> Vec<String> {
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
    [CANARY, KEY_CANARY, ID_CANARY]
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

/// What left the process, and where; nothing if all is well.
fn leaks(played: &Played) -> Vec<(Channel, String)> {
    let said = |channel: Channel, text: &str| -> Vec<_> {
        let ticket = |line: &str| played.tickets.iter().find(|ticket| line.contains(*ticket)).cloned();
        let lines = text.lines().filter_map(|line| leak(line).or_else(|| ticket(line)));
        lines.map(|dress| (channel, dress)).collect()
    };
    let refused = played.outcomes.iter().filter(|outcome| outcome.code.is_some());
    let errors: Vec<_> = refused
        .filter_map(|outcome| outcome.answer.as_ref())
        .map(|answer| format!("{}\n{:?}", answer.text, answer.headers))
        .collect();
    let errors = errors.join("\n");
    [
        said(Channel::Log, &played.log),
        said(Channel::Figures, &played.figures),
        said(Channel::Errors, &errors),
        said(Channel::Trail, &trail(played)),
    ]
    .concat()
}

/// Everything in the audit trail's folder.
fn trail(played: &Played) -> String {
    let entries = std::fs::read_dir(played.trail.path().join("trail")).unwrap();
    let files = entries.map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

#[actix_web::test]
async fn nothing_of_a_person_a_patient_a_key_or_the_upstream_comes_out_anywhere() {
    let played = play().await;
    assert!(played.log.lines().count() > played.outcomes.len());
    assert!(played.log.contains("\"planned\"") && played.log.contains("\"minted\""));
    let answers = played.outcomes.iter().filter_map(|outcome| outcome.answer.as_ref());
    let explained = answers.filter(|answer| answer.text.contains("\"outcome\":\"launch\""));
    assert_eq!(explained.count(), 2, "a launch of each app was explained");
    assert_eq!(played.tickets.len(), 2);
    assert_eq!(leaks(&played), []);
}

#[actix_web::test]
async fn nor_does_a_panic_tell_what_it_stumbled_over() {
    let played = play_with_a_panic(None).await;
    assert!(played.log.contains("\"panic\""));
    assert!(played.figures.contains("empego_gateway_panics_total 1"));
    assert_eq!(leaks(&played), []);
}

#[actix_web::test]
async fn every_leak_would_be_noticed_where_it_comes_out() {
    let plays = DEFECTS.iter().map(|defect| play_with_a_panic(Some(defect.name)));
    for (defect, played) in DEFECTS.iter().zip(join_all(plays).await) {
        let leaks = leaks(&played);
        assert!(
            leaks.iter().any(|(channel, _)| *channel == defect.comes_out),
            "{}: {leaks:?}",
            defect.name
        );
    }
}
