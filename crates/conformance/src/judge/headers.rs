//! The headers of an answer: those that every answer has, those of this one, and those that none may have.

use std::collections::BTreeSet;

use super::{asked::Asked, collector::Collector};
use crate::{answer::Answer, case::Outcome, report::Suite};

/// Headers that would pass on what is not the caller's, whatever the answer is.
const SECRET_HEADERS: &[&str] = &[
    "api-key",
    "authorization",
    "x-integration-intent",
    "x-integration-user",
    "x-management-key",
    "x-tenant-key",
];

/// Headers that no answer of a gateway has in any case of the matrix.
const FOREIGN_HEADERS: &[&str] = &[
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "location",
    "retry-after",
];

/// Headers that no answer of a gateway has, and that something in front of it may add, such as a balancer's cookie.
const ADDED_HEADERS: &[&str] = &["set-cookie"];

pub(super) fn headers(outcome: Outcome, answer: &Answer, asked: &Asked<'_>, findings: &mut Collector<'_>) {
    let absent = |name: &str, findings: &mut Collector<'_>| {
        if answer.headers.contains_key(name) {
            let got = findings.redactor.ours("it is there");
            findings.add(&format!("header {name}"), "(nothing)", got);
        }
    };
    for name in SECRET_HEADERS {
        absent(name, findings);
    }
    match asked.suite {
        Suite::Compat | Suite::Native | Suite::Junction | Suite::Orders => {}
        Suite::Upstream => return,
    }
    for name in FOREIGN_HEADERS {
        absent(name, findings);
    }
    for name in ADDED_HEADERS {
        if answer.headers.contains_key(*name) {
            findings.note(
                &format!("header {name}"),
                "(nothing)",
                "it is there: a proxy's, perhaps",
            );
        }
    }
    let always = [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in always
        .into_iter()
        .chain(asked.request_id.map(|id| ("x-request-id", id)))
    {
        repeated(name, value, answer, findings);
    }
    let (code, warnings) = match outcome {
        Outcome::Error(error) => (error.code, None),
        Outcome::Url { warnings } if !warnings.is_empty() => (None, Some(warnings.join(", "))),
        // Only the drop-in form has warnings in a header, in whichever form the answer is.
        Outcome::Document { warnings, .. } if !warnings.is_empty() && asked.suite == Suite::Compat => {
            (None, Some(warnings.join(", ")))
        }
        Outcome::Url { .. } | Outcome::Document { .. } | Outcome::Junction { .. } => (None, None),
    };
    let method = match asked.suite {
        Suite::Compat | Suite::Upstream => "GET",
        Suite::Native | Suite::Junction | Suite::Orders => "POST",
    };
    let sometimes = [
        ("x-gateway-warnings", warnings.as_deref()),
        ("allow", (code == Some("method_not_allowed")).then_some(method)),
    ];
    // The scheme; parameters of it may say why.
    let challenge = answer.header("www-authenticate");
    let scheme = challenge
        .as_deref()
        .map(|value| value.split(' ').next().unwrap_or_default());
    let expected = (code == Some("host_unauthenticated")).then_some("Bearer");
    match expected {
        Some(expected) => findings.same("header www-authenticate", expected, scheme),
        None => absent("www-authenticate", findings),
    }
    for (name, value) in sometimes {
        match value {
            Some(value) => findings.same(&format!("header {name}"), value, answer.header(name).as_deref()),
            None => absent(name, findings),
        }
    }
    if outcome.is_launch() && asked.suite == Suite::Compat {
        let vary = answer.header("vary").unwrap_or_default();
        let names_accept = vary.split(',').any(|name| name.trim().eq_ignore_ascii_case("accept"));
        if !names_accept {
            findings.differs("header vary", "Accept", Some(&vary));
        }
    }
    let media = match outcome {
        Outcome::Url { .. } => "text/plain; charset=utf-8",
        Outcome::Document { .. } | Outcome::Junction { .. } | Outcome::Error(_) => "application/json",
    };
    let content_type = answer.header("content-type");
    let got = content_type.as_deref().map(str::to_ascii_lowercase);
    if got.as_deref() != Some(media) {
        findings.differs("header content-type", media, content_type.as_deref());
    }
}

/// A header that something in front of the gateway may say once more, in the same words or in other case; and it may have
/// more to say about caches, beside what matters.
fn repeated(name: &str, value: &str, answer: &Answer, findings: &mut Collector<'_>) {
    let part = format!("header {name}");
    let got = answer.header(name);
    let values = got.iter().flat_map(|got| got.split(','));
    let values: BTreeSet<_> = values.map(|value| value.trim().to_ascii_lowercase()).collect();
    let may_say_more = name == "cache-control" || values.len() == 1;
    if got.as_deref() != Some(value) && may_say_more && values.contains(&value.to_ascii_lowercase()) {
        findings.note(
            &part,
            value,
            "the same more than once, in other case, or with more beside it",
        );
    } else {
        findings.same(&part, value, got.as_deref());
    }
}
