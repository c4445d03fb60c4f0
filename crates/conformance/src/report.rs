//! A run's outcome. This is `conformance.json`, whose members only ever grow: `schema` changes if one changes its meaning.

use serde::{Deserialize, Serialize};

use super::redact::Shown;

/// Which form of the report this is.
pub const SCHEMA: &str = "empego-gateway/conformance/1";

/// A whole run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of the program that ran.
    pub version: String,
    /// What was tested.
    pub target: String,
    /// Which cases were run.
    pub suite: Suite,
    /// What the target's tenant was said to permit; none where no case depends on it.
    pub policy: Option<Policy>,
    /// What the target's tenant was said to be granted: endpoints, or Junction's features and modalities.
    pub granted: Vec<String>,
    /// Whether requests were sent that open sessions and make users.
    pub writes_allowed: bool,
    /// When it began, in UTC.
    pub started_at: String,
    /// When it ended, in UTC.
    pub ended_at: String,
    /// How many cases came out how.
    pub counts: Counts,
    /// Every case of every endpoint, in the order of the run.
    pub cases: Vec<CaseReport>,
    /// What is different from an earlier run, if there is one to compare with.
    pub drift: Option<Vec<Drift>>,
}

/// Which cases there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suite {
    /// The gateway's path for existing clients of Empego.
    Compat,
    /// The gateway's own API.
    Native,
    /// Empego itself, or its stand-in, as its documentation says, and no more.
    Upstream,
    /// The gateway's launches of Junction's app.
    Junction,
    /// The gateway's orders at Junction, in the sandbox.
    Orders,
}

impl Suite {
    /// As in options and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compat => "compat",
            Self::Native => "native",
            Self::Upstream => "upstream",
            Self::Junction => "junction",
            Self::Orders => "orders",
        }
    }
}

/// What a gateway's tenant permits where Empego would guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// What Empego documents.
    Documented,
    /// The default policy of a configuration.
    Strict,
}

impl Policy {
    /// As in options and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Strict => "strict",
        }
    }
}

/// How many cases came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// As expected.
    pub passed: usize,
    /// Not as expected, or without a response.
    pub failed: usize,
    /// Not sent, because writes were not allowed.
    pub held_back: usize,
    /// Not sent, because the target had stopped answering.
    pub not_reached: usize,
}

/// How a case came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Not as expected, or without a response.
    Failed,
    /// Not sent, because writes were not allowed.
    HeldBack,
    /// Not sent, because the target had stopped answering.
    NotReached,
}

impl Verdict {
    /// For people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::HeldBack => "held back",
            Self::NotReached => "not reached",
        }
    }
}

/// One case of one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseReport {
    /// `endpoint case`: the same in every run.
    pub id: String,
    /// The endpoint's path after `embeddable/`.
    pub endpoint: String,
    /// The case's name.
    pub case: String,
    /// What the case is about.
    pub group: String,
    /// What is sent, for people.
    pub title: String,
    /// How it came out.
    pub verdict: Verdict,
    /// What may come back: one thing, or several where Empego's page contradicts itself.
    pub expected: Vec<Summary>,
    /// What came back; none if nothing was sent, or nothing came.
    pub got: Option<Summary>,
    /// Every way in which what came back is not what was expected.
    pub mismatches: Vec<Mismatch>,
    /// What is not as documented, and does no harm: another way to write the same, or what a proxy adds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Mismatch>,
    /// What was sent and what came back; none if nothing was sent.
    pub evidence: Option<Evidence>,
}

/// An answer in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// HTTP status.
    pub status: u16,
    /// The error's message.
    pub message: Option<Shown>,
    /// The error's code; Empego has none.
    pub code: Option<Shown>,
    /// What the body is.
    pub body: BodyKind,
    /// Whose session a launch opens, where the answer says so.
    pub identity: Option<Shown>,
    /// What a launch warns of, by codes.
    pub warnings: Vec<Shown>,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// An embed URL alone.
    Url,
    /// The JSON document around an embed URL.
    Document,
    /// An error document.
    Error,
    /// Anything else.
    Other,
}

impl BodyKind {
    /// For people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Url => "embed URL",
            Self::Document => "document",
            Self::Error => "error",
            Self::Other => "something else",
        }
    }
}

/// One way in which an answer is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mismatch {
    /// The part of the answer: `status`, `header cache-control`, `body code`.
    pub part: String,
    /// What should be there.
    pub expected: Shown,
    /// What is.
    pub got: Shown,
}

/// What was sent and what came back, without anything secret or personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// What finds the request in the gateway's log; Empego is sent none.
    pub request_id: Option<String>,
    /// How long the answer took, in milliseconds.
    pub took_ms: u64,
    /// What was sent.
    pub request: RequestEvidence,
    /// What came back; none if nothing came.
    pub response: Option<ResponseEvidence>,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestEvidence {
    /// The method.
    pub method: String,
    /// Path and query, without the query's values.
    pub path: Shown,
    /// Names, and values or what stands for them.
    pub headers: Vec<(String, Shown)>,
    /// The body's structure.
    pub body: Option<Shown>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResponseEvidence {
    /// HTTP status.
    pub status: u16,
    /// Names, and the values of those headers that openapi.yaml knows.
    pub headers: Vec<(Shown, Shown)>,
    /// The documented members of a JSON body; what any other body is.
    pub body: Shown,
}

/// One case that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// The case's id.
    pub id: String,
    /// In what way.
    pub kind: DriftKind,
    /// What came back then.
    pub before: Option<Summary>,
    /// What came back now.
    pub after: Option<Summary>,
}

/// In what way a case is not as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// It passed, and fails now.
    NewFailure,
    /// It failed, and passes now.
    Fixed,
    /// It comes out as it did, with another status, message, code or kind of body.
    Changed,
    /// It was not run then.
    Added,
    /// It is not run now.
    Removed,
}

impl DriftKind {
    /// For people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewFailure => "new failure",
            Self::Fixed => "fixed",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

impl Report {
    /// Whether nothing failed and everything that should be sent could be.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.counts.failed == 0 && self.counts.not_reached == 0
    }

    /// The cases that failed.
    pub fn failures(&self) -> impl Iterator<Item = &CaseReport> {
        self.cases.iter().filter(|case| case.verdict == Verdict::Failed)
    }

    /// Reads a report that was written earlier.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let report: Self =
            serde_json::from_str(text).map_err(|error| format!("is not a conformance report: {error}"))?;
        if report.schema != SCHEMA {
            return Err(format!("is not of the form {SCHEMA}"));
        }
        Ok(report)
    }

    /// The report as `conformance.json`.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "serialising texts and numbers to memory cannot fail"
    )]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and numbers serialise") + "\n"
    }
}

impl Counts {
    pub(super) fn of(cases: &[CaseReport]) -> Self {
        let count = |verdict| cases.iter().filter(|case| case.verdict == verdict).count();
        Self {
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            held_back: count(Verdict::HeldBack),
            not_reached: count(Verdict::NotReached),
        }
    }
}

impl Summary {
    /// On one line: the status, and the most telling of the rest.
    #[must_use]
    pub fn line(&self) -> String {
        let telling = self.code.as_ref().or(self.message.as_ref());
        let telling = telling.map_or(self.body.as_str(), AsRef::as_ref);
        let warnings: Vec<_> = self.warnings.iter().map(AsRef::as_ref).collect();
        let details = [
            self.identity.as_ref().map(|identity| format!(" of {identity}")),
            (!warnings.is_empty()).then(|| format!(", warns {}", warnings.join(", "))),
        ];
        let details: String = details.into_iter().flatten().collect();
        format!("{} {telling}{details}", self.status)
    }
}

impl CaseReport {
    /// What may come back, on one line.
    #[must_use]
    pub fn expected_line(&self) -> String {
        let lines: Vec<_> = self.expected.iter().map(Summary::line).collect();
        lines.join(" or ")
    }

    /// What came back, on one line; with the parts that do not agree, where the rest does.
    #[must_use]
    pub fn got_line(&self) -> String {
        let got = match (&self.got, self.mismatches.first()) {
            (Some(got), _) => got.line(),
            (None, Some(why)) => why.got.to_string(),
            (None, None) => "nothing was sent".to_owned(),
        };
        if self.got.is_none()
            || self.mismatches.is_empty()
            || self.mismatches.iter().any(|found| found.part == "status")
        {
            return got;
        }
        let parts: Vec<_> = self.mismatches.iter().map(|found| found.part.as_str()).collect();
        format!("{got}, but: {}", parts.join(", "))
    }
}

impl RequestEvidence {
    /// As it would look on the wire.
    #[must_use]
    pub fn text(&self) -> String {
        let head = format!("{} {}", self.method, self.path);
        text(
            head,
            self.headers.iter().map(|(name, value)| (name.as_str(), value)),
            self.body.as_ref(),
        )
    }
}

impl ResponseEvidence {
    /// As it would look on the wire.
    #[must_use]
    pub fn text(&self) -> String {
        let headers = self.headers.iter().map(|(name, value)| (name.as_ref(), value));
        text(format!("HTTP {}", self.status), headers, Some(&self.body))
    }
}

fn text<'a>(head: String, headers: impl Iterator<Item = (&'a str, &'a Shown)>, body: Option<&Shown>) -> String {
    let headers = headers.map(|(name, value)| format!("{name}: {value}"));
    let body = body.map(|body| format!("\n{body}"));
    std::iter::once(head)
        .chain(headers)
        .chain(body)
        .collect::<Vec<_>>()
        .join("\n")
}
