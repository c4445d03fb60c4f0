//! Holds an answer against what a row expects. Pure.

use std::collections::BTreeSet;

use domain::embed_url::EmbedUrl;
use http::StatusCode;
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::{
    answer::{Answer, embed_url},
    case::{Error, Outcome, Source},
    redact::{Redactor, Shown},
    report::{Mismatch, Suite},
};

/// What an answer must agree with besides its row.
pub(super) struct Asked<'a> {
    pub(super) suite: Suite,
    /// The paths that an error may repeat.
    pub(super) paths: [String; 2],
    pub(super) request_id: Option<&'a str>,
    /// For whom the endpoint's page is made.
    pub(super) audience: &'static str,
    pub(super) redactor: &'a Redactor,
}

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

/// What there is to say of an answer.
#[derive(Default)]
pub(super) struct Findings {
    /// Every way in which it is not what was expected.
    pub(super) mismatches: Vec<Mismatch>,
    /// What is not as documented, and does no harm.
    pub(super) notes: Vec<Mismatch>,
}

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

/// Collects what does not agree.
struct Collector<'a> {
    redactor: &'a Redactor,
    found: Findings,
}

impl Collector<'_> {
    /// Notes what is not as documented, and does no harm.
    fn note(&mut self, part: &str, expected: &str, got: &str) {
        self.found.notes.push(Mismatch {
            part: self.redactor.theirs(part).to_string(),
            expected: self.redactor.ours(expected),
            got: self.redactor.ours(got),
        });
    }

    fn differs(&mut self, part: &str, expected: &str, got: Option<&str>) {
        let got = got.map_or_else(|| self.redactor.ours("(nothing)"), |got| self.redactor.theirs(got));
        self.add(part, expected, got);
    }

    fn add(&mut self, part: &str, expected: &str, got: Shown) {
        self.found.mismatches.push(Mismatch {
            part: self.redactor.theirs(part).to_string(),
            expected: self.redactor.ours(expected),
            got,
        });
    }

    fn same(&mut self, part: &str, expected: &str, got: Option<&str>) {
        if got != Some(expected) {
            self.differs(part, expected, got);
        }
    }

    /// For values whose contents are private.
    fn holds(&mut self, good: bool, part: &str, expected: &str) {
        if !good {
            let got = self.redactor.ours("something else");
            self.add(part, expected, got);
        }
    }

    /// For a body as a whole.
    fn is_kind(&mut self, good: bool, expected: &str, answer: &Answer) {
        if !good {
            self.differs("body", expected, Some(answer.kind().as_str()));
        }
    }
}

fn headers(outcome: Outcome, answer: &Answer, asked: &Asked<'_>, findings: &mut Collector<'_>) {
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

/// A document has these members, and no others.
fn members(object: &Map<String, Value>, names: &[&str], findings: &mut Collector<'_>) {
    for name in names {
        if !object.contains_key(*name) {
            findings.differs(&format!("body {name}"), "a member", None);
        }
    }
    let others = object.keys().filter(|name| !names.contains(&name.as_str())).count();
    if others > 0 {
        findings.differs("body", "no other members", Some(&format!("{others} more")));
    }
}

fn text_member(object: &Map<String, Value>, name: &str, expected: &str, findings: &mut Collector<'_>) {
    let got = object.get(name);
    if got.and_then(Value::as_str) != Some(expected) {
        let shown = got.map(|got| got.as_str().map_or_else(|| "(not a text)".to_owned(), str::to_owned));
        findings.differs(&format!("body {name}"), expected, shown.as_deref());
    }
}

fn embed_document(
    object: &Map<String, Value>,
    identity: &str,
    warnings: &[&str],
    asked: &Asked<'_>,
    findings: &mut Collector<'_>,
) {
    let mut names = vec![
        "url",
        "origin",
        "identity",
        "audience",
        "warnings",
        "requestId",
        "frame",
    ];
    if ticket(object).is_some() {
        names.push("expiresIn");
        let expires = object.get("expiresIn").is_some_and(Value::is_u64);
        findings.holds(expires, "body expiresIn", "a number of seconds");
    }
    members(object, &names, findings);
    url_with_origin(object, findings);
    text_member(object, "identity", identity, findings);
    text_member(object, "audience", asked.audience, findings);
    if let Some(id) = asked.request_id {
        text_member(object, "requestId", id, findings);
    }
    let expected = Value::from(warnings.to_vec());
    if object.get("warnings") != Some(&expected) {
        let got = object.get("warnings").map(ToString::to_string);
        findings.differs("body warnings", &expected.to_string(), got.as_deref());
    }
    frame(object, findings);
}

fn junction_document(
    object: &Map<String, Value>,
    feature: &str,
    modality: &str,
    asked: &Asked<'_>,
    findings: &mut Collector<'_>,
) {
    members(
        object,
        &[
            "url",
            "expiresIn",
            "modality",
            "feature",
            "origin",
            "requestId",
            "frame",
        ],
        findings,
    );
    url_with_origin(object, findings);
    let opened = object.get("feature").and_then(Value::as_str).unwrap_or_default();
    let is_it = match feature.strip_suffix('*') {
        Some(start) => opened.strip_prefix(start).is_some_and(|id| Uuid::try_parse(id).is_ok()),
        None => opened == feature,
    };
    findings.holds(is_it, "body feature", feature);
    text_member(object, "modality", modality, findings);
    let expires = object.get("expiresIn").is_some_and(Value::is_u64);
    findings.holds(expires, "body expiresIn", "a number of seconds");
    if let Some(id) = asked.request_id {
        text_member(object, "requestId", id, findings);
    }
    frame(object, findings);
}

/// The address on the gateway that opens the app once, of hosts that get tickets.
fn ticket(object: &Map<String, Value>) -> Option<Url> {
    let url = object.get("url").and_then(Value::as_str).and_then(embed_url)?;
    url.path().starts_with("/frame/").then_some(url)
}

fn url_with_origin(object: &Map<String, Value>, findings: &mut Collector<'_>) {
    if ticket(object).is_some() {
        // Which app it opens is the gateway's secret; where that app's messages come from is not.
        let origin = object.get("origin").and_then(Value::as_str).unwrap_or_default();
        let is_origin = embed_url(origin).is_some_and(|url| url.origin().ascii_serialization() == origin);
        findings.holds(is_origin, "body origin", "the origin of an app");
        return;
    }
    let url = object.get("url").and_then(Value::as_str).and_then(embed_url);
    findings.holds(url.is_some(), "body url", "an embed URL");
    if let Some(url) = url {
        text_member(object, "origin", &url.origin().ascii_serialization(), findings);
    }
}

fn frame(object: &Map<String, Value>, findings: &mut Collector<'_>) {
    let frame = object.get("frame").and_then(Value::as_object);
    let is_frame = frame.is_some_and(|frame| {
        frame.contains_key("referrerPolicy")
            && frame.iter().all(|(name, value)| {
                ["referrerPolicy", "allow", "sandbox"].contains(&name.as_str()) && value.is_string()
            })
    });
    findings.holds(is_frame, "body frame", "attributes for the iframe");
}

fn error_document(object: &Map<String, Value>, error: Error, asked: &Asked<'_>, findings: &mut Collector<'_>) {
    let status = object.get("status").map(ToString::to_string);
    findings.same("body status", &error.status.to_string(), status.as_deref());
    let reason = StatusCode::from_u16(error.status)
        .ok()
        .and_then(|status| status.canonical_reason());
    text_member(object, "error", reason.unwrap_or_default(), findings);
    message(object, error, asked, findings);
    timestamp(object, asked, findings);
    let path = object.get("path").and_then(Value::as_str);
    let [own, _] = &asked.paths;
    if !path.is_some_and(|path| asked.paths.iter().any(|good| good == path)) {
        findings.differs("body path", own, path);
    }
    let Some(code) = error.code else { return };
    let mut names = vec![
        "timestamp",
        "status",
        "error",
        "message",
        "path",
        "code",
        "source",
        "retryable",
        "requestId",
        "errors",
    ];
    if error.source == Source::Upstream {
        names.push("upstream");
        let member = |name| Some(object.get("upstream")?.get(name)?.to_string());
        let name = match asked.suite {
            Suite::Compat | Suite::Native | Suite::Upstream => "\"empego\"",
            Suite::Junction | Suite::Orders => "\"junction\"",
        };
        findings.same("body upstream.name", name, member("name").as_deref());
        findings.same(
            "body upstream.status",
            &error.status.to_string(),
            member("status").as_deref(),
        );
    }
    // Hosts that may ask for explanations get a reason; no case expects a particular one of a code's reasons.
    if object.get("reason").is_some_and(Value::is_string) {
        names.push("reason");
    }
    members(object, &names, findings);
    text_member(object, "code", code, findings);
    text_member(object, "source", error.source.as_str(), findings);
    let retryable = object.get("retryable").map(ToString::to_string);
    findings.same("body retryable", "false", retryable.as_deref());
    if let Some(id) = asked.request_id {
        text_member(object, "requestId", id, findings);
    }
    fields_at_fault(object.get("errors"), error.fields, findings);
}

/// Empego's documented words may have others behind them, and be in other case: a gateway knows them by their beginning.
fn message(object: &Map<String, Value>, error: Error, asked: &Asked<'_>, findings: &mut Collector<'_>) {
    let got = object.get("message").and_then(Value::as_str).unwrap_or_default();
    let start = got.trim_start().get(..error.message.len());
    let begins = start.is_some_and(|start| start.eq_ignore_ascii_case(error.message));
    let rest = got.trim_start().get(error.message.len()..).unwrap_or_default();
    let is_whole_word = !rest.starts_with(char::is_alphanumeric);
    if asked.suite == Suite::Upstream && got != error.message && begins && is_whole_word {
        findings.note(
            "body message",
            error.message,
            "the same with more behind it, or in other case",
        );
    } else {
        text_member(object, "message", error.message, findings);
    }
}

/// When an error happened. Of Empego, any way to write an instant is good, and another than the documented one is noted.
fn timestamp(object: &Map<String, Value>, asked: &Asked<'_>, findings: &mut Collector<'_>) {
    const PART: &str = "body timestamp";
    const DOCUMENTED: &str = "ISO 8601 in UTC, with milliseconds";
    let got = object.get("timestamp").and_then(Value::as_str).unwrap_or_default();
    if asked.suite == Suite::Upstream && !is_timestamp(got) && got.parse::<jiff::Timestamp>().is_ok() {
        findings.note(PART, DOCUMENTED, "ISO 8601 in another form");
    } else {
        findings.holds(is_timestamp(got), PART, DOCUMENTED);
    }
}

/// The fields at fault, each with its code and a sentence.
fn fields_at_fault(errors: Option<&Value>, expected: &[(&str, &str)], findings: &mut Collector<'_>) {
    let list = errors.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let got: BTreeSet<_> = list
        .iter()
        .map(|error| {
            (
                text(error, "field").unwrap_or_default(),
                text(error, "code").unwrap_or_default(),
            )
        })
        .collect();
    let expected: BTreeSet<_> = expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
        .collect();
    let have_sentences = list.iter().all(|error| {
        error.as_object().is_some_and(|error| error.len() == 3)
            && text(error, "message").is_some_and(|text| !text.is_empty())
    });
    if got != expected || got.len() != list.len() {
        findings.differs("body errors", &in_words(&expected), Some(&in_words(&got)));
    } else {
        findings.holds(have_sentences, "body errors", "field, code and message of each");
    }
}

fn in_words(errors: &BTreeSet<(String, String)>) -> String {
    if errors.is_empty() {
        return "none".to_owned();
    }
    let words = errors
        .iter()
        .map(|(field, code)| format!("{} {code}", if field.is_empty() { "(all)" } else { field }));
    words.collect::<Vec<_>>().join(", ")
}

fn is_timestamp(text: &str) -> bool {
    text.len() == "2026-11-21T14:30:00.123Z".len() && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}
