//! Holds an answer against what a row expects. Pure.

mod asked;
mod collector;
mod error_document;
mod headers;
mod launch_document;

use domain::embed_url::EmbedUrl;

pub(super) use self::{asked::Asked, collector::Findings};
use self::{
    collector::Collector,
    error_document::error_document,
    headers::headers,
    launch_document::{embed_document, junction_document},
};
use super::{
    answer::{Answer, embed_url},
    case::Outcome,
    report::Suite,
};

/// Holds an answer against what is expected; of several things that may come back, the nearest counts.
pub(super) fn judge(outcomes: &[Outcome], answer: &Answer, asked: &Asked<'_>) -> Findings {
    let findings = outcomes.iter().map(|outcome| {
        let mut findings = Collector {
            redactor: asked.redactor,
            found: Findings::default(),
        };
        findings.same(
            "status",
            &outcome.status().to_string(),
            Some(&answer.status.to_string()),
        );
        headers(*outcome, answer, asked, &mut findings);
        body(*outcome, answer, asked, &mut findings);
        findings.found
    });
    let distance = |found: &Findings| {
        (
            found.mismatches.iter().any(|found| found.part == "status"),
            found.mismatches.len(),
        )
    };
    findings.min_by_key(distance).unwrap_or_default()
}

fn body(outcome: Outcome, answer: &Answer, asked: &Asked<'_>, findings: &mut Collector<'_>) {
    match (outcome, answer.object()) {
        (Outcome::Url { .. }, _) => {
            let is_url = match asked.suite {
                Suite::Compat | Suite::Native | Suite::Junction | Suite::Orders => {
                    answer.text().and_then(embed_url).is_some()
                }
                // What a gateway makes of the same body, on whatever host.
                Suite::Upstream => answer
                    .body
                    .as_deref()
                    .is_some_and(|body| EmbedUrl::in_body_on_any_host(body).is_ok()),
            };
            findings.is_kind(is_url, "an embed URL and nothing else", answer);
        }
        (Outcome::Document { identity, warnings }, Some(object)) => {
            embed_document(&object, identity, warnings, asked, findings);
        }
        (Outcome::Junction { feature, modality }, Some(object)) => {
            junction_document(&object, feature, modality, asked, findings);
        }
        (Outcome::Error(error), Some(object)) => error_document(&object, error, asked, findings),
        (Outcome::Document { .. } | Outcome::Junction { .. } | Outcome::Error(_), None) => {
            findings.is_kind(false, "a JSON object", answer);
        }
    }
}
