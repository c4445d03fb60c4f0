//! Conformance runs: every case of a matrix, sent to a gateway or to Empego itself, and the proof of what came back.
//!
//! `cases` is the matrix, written by hand. A row becomes a request (`outgoing`), is sent (`sending`), and what comes back
//! is held against the row (`judge`). Reports show what is [`Shown`], and nothing else. What sends is handed in, so that
//! there is one HTTP client in the whole program.

mod answer;
mod case;
mod cases;
mod clinicians;
mod drift;
mod judge;
mod junit;
mod mask;
mod names;
mod orders;
mod outgoing;
mod page;
mod place;
mod redact;
mod report;
mod request;
mod safety;
mod sending;
mod settings;
mod table;
mod target;

pub use answer::Answer;
pub use junit::to_junit;
pub use names::JunctionNames;
pub use page::to_html;
pub use redact::Shown;
pub use report::{
    BodyKind, CaseReport, Counts, Drift, DriftKind, Evidence, Mismatch, Policy, Report, RequestEvidence,
    ResponseEvidence, SCHEMA, Suite, Summary, Verdict,
};
pub use request::Request;
pub use settings::{CannotRun, Progress, Settings};
pub use table::to_table;
pub use target::Target;

use domain::empego::Endpoint;

use self::{
    case::{Case, Group, Of, Outcome},
    judge::{Asked, Findings, judge},
    outgoing::{Caller, Outgoing},
    place::Place,
    redact::Redactor,
    sending::{Sent, sent},
    settings::now,
};

/// How many requests in a row may stay without an answer before the rest is given up.
const MAX_UNANSWERED: usize = 3;

/// Runs every case, one after the other, always in the same order. `send` sends a request once, follows no redirect, and
/// says in its own words why there is no answer: a library's might hold the URL.
///
/// # Errors
/// If the key cannot be sent at all.
pub async fn run(
    settings: &Settings,
    send: impl AsyncFn(Request) -> Result<Answer, &'static str>,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Report, CannotRun> {
    if settings.suite == Suite::Orders {
        return orders::run(settings, send, progress).await;
    }
    let run = Run {
        settings,
        redactor: Redactor::new(&settings.key, &settings.patient, &settings.junction),
        send,
    };
    let started_at = now();
    let planned = planned(settings);
    let mut cases = Vec::with_capacity(planned.len());
    let mut unanswered = 0;
    for (place, group, case) in &planned {
        let mut report = run.blank(*place, group, case);
        progress(Progress {
            id: &report.id,
            done: cases.len(),
            of: planned.len(),
        });
        if unanswered < MAX_UNANSWERED {
            run.carry_out(*place, case, &mut report).await?;
            unanswered = match (&report.evidence, &report.got) {
                (None, _) => unanswered,
                (Some(_), Some(_)) => 0,
                (Some(_), None) => unanswered + 1,
            };
        }
        cases.push(report);
    }
    Ok(Report {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: settings.target.as_str().to_owned(),
        suite: settings.suite,
        policy: settings.policy(),
        granted: settings.granted_names(),
        writes_allowed: settings.allow_writes,
        started_at,
        ended_at: now(),
        counts: Counts::of(&cases),
        drift: settings.compare.as_ref().map(|old| drift::drift(old, &cases)),
        cases,
    })
}

/// Every case of everything that it applies to.
fn planned(settings: &Settings) -> Vec<(Place, &'static Group, &'static Case)> {
    let places: Vec<_> = match settings.suite {
        Suite::Compat | Suite::Native | Suite::Upstream => Endpoint::ALL.iter().copied().map(Place::Empego).collect(),
        Suite::Junction => vec![Place::Junction],
        Suite::Orders => Vec::new(),
    };
    let groups = cases::of(settings.suite).iter();
    let cases: Vec<_> = groups
        .flat_map(|group| group.cases.iter().map(move |case| (group, case)))
        .collect();
    let applies = |place: Place, case: &Case| match case.ask.of {
        Of::Every => true,
        Of::NeedingPatient => place.needs_patient(),
        Of::NamingOrder => settings.junction.order.is_some(),
    };
    let of_place = |place| {
        let cases = cases.iter().filter(move |(_, case)| applies(place, case));
        cases.map(move |(group, case)| (place, *group, *case))
    };
    places.into_iter().flat_map(of_place).collect()
}

impl Settings {
    fn policy(&self) -> Option<Policy> {
        match self.suite {
            Suite::Compat | Suite::Native => Some(self.policy),
            Suite::Upstream | Suite::Junction | Suite::Orders => None,
        }
    }

    /// For the report.
    fn granted_names(&self) -> Vec<String> {
        match self.suite {
            Suite::Compat | Suite::Native | Suite::Upstream => {
                self.granted().map(|endpoint| endpoint.tail().to_owned()).collect()
            }
            Suite::Orders => Vec::new(),
            Suite::Junction => {
                let JunctionNames {
                    features, modalities, ..
                } = &self.junction;
                features.iter().chain(modalities).cloned().collect()
            }
        }
    }

    /// An Empego environment grants everything that the key may have.
    fn granted(&self) -> impl Iterator<Item = Endpoint> {
        let all = Endpoint::ALL.iter().copied();
        all.filter(|endpoint| self.suite == Suite::Upstream || self.granted.include(*endpoint))
    }

    /// What may come back.
    fn outcomes(&self, place: Place, case: &Case) -> &'static [Outcome] {
        match place {
            Place::Empego(endpoint) => self.outcomes_of(endpoint, case),
            Place::Junction => self.outcomes_of_junction(case),
        }
    }

    fn outcomes_of_junction(&self, case: &Case) -> &'static [Outcome] {
        const DENIED: &[Outcome] = &[cases::FEATURE_DENIED];
        let lists = |list: &[String], name: &str| list.iter().any(|listed| listed == name);
        let is_granted = case.ask.grants().is_none_or(|(feature, modality)| {
            lists(&self.junction.features, &feature) && lists(&self.junction.modalities, modality)
        });
        if !is_granted && case.documented.iter().any(|outcome| outcome.comes_after_grants()) {
            DENIED
        } else {
            case.documented
        }
    }

    fn outcomes_of(&self, endpoint: Endpoint, case: &Case) -> &'static [Outcome] {
        const DENIED: &[Outcome] = &[cases::ENDPOINT_DENIED];
        const INTENT_DENIED: &[Outcome] = &[cases::INTENT_DENIED];
        let outcomes = match self.policy() {
            Some(Policy::Strict) => case.strict,
            Some(Policy::Documented) | None => case.documented,
        };
        let comes_first = |outcome: &Outcome| matches!(outcome, Outcome::Error(error) if error.before_grants);
        if !outcomes.iter().all(comes_first) && !self.granted().any(|granted| granted == endpoint) {
            return DENIED;
        }
        match case.ask.intent(self.suite) {
            Some(intent) if !self.may_state(intent) && outcomes.iter().all(|outcome| outcome.is_decided()) => {
                INTENT_DENIED
            }
            Some(_) | None => outcomes,
        }
    }

    /// Whether the target's host may state this intent. Empego knows no such thing.
    fn may_state(&self, intent: &str) -> bool {
        match (&self.intents, self.policy()) {
            (Some(intents), Some(_)) => intents.iter().any(|listed| listed == intent),
            (None, Some(Policy::Strict)) => matches!(intent, "upsert" | "new"),
            (None, Some(Policy::Documented)) | (_, None) => true,
        }
    }
}

/// A run in progress.
struct Run<'a, S> {
    settings: &'a Settings,
    redactor: Redactor,
    send: S,
}

impl<S: AsyncFn(Request) -> Result<Answer, &'static str>> Run<'_, S> {
    /// A case that was not reached yet.
    fn blank(&self, place: Place, group: &Group, case: &Case) -> CaseReport {
        let outcomes = self.settings.outcomes(place, case).iter();
        CaseReport {
            id: format!("{} {}", place.tail(), case.name),
            endpoint: place.tail().to_owned(),
            case: case.name.to_owned(),
            group: group.title.to_owned(),
            title: case.title.to_owned(),
            verdict: Verdict::NotReached,
            expected: outcomes.map(|outcome| self.summary(*outcome)).collect(),
            got: None,
            mismatches: Vec::new(),
            notes: Vec::new(),
            evidence: None,
        }
    }

    fn summary(&self, outcome: Outcome) -> Summary {
        let ours = |text: &str| self.redactor.ours(text);
        let blank = Summary {
            status: outcome.status(),
            message: None,
            code: None,
            body: BodyKind::Error,
            identity: None,
            warnings: Vec::new(),
        };
        match outcome {
            Outcome::Url { warnings } => Summary {
                body: BodyKind::Url,
                warnings: warnings.iter().copied().map(ours).collect(),
                ..blank
            },
            Outcome::Document { identity, warnings } => Summary {
                body: BodyKind::Document,
                identity: Some(ours(identity)),
                warnings: warnings.iter().copied().map(ours).collect(),
                ..blank
            },
            Outcome::Junction { .. } => Summary {
                body: BodyKind::Document,
                ..blank
            },
            Outcome::Error(error) => Summary {
                message: Some(ours(error.message)),
                code: error.code.map(ours),
                ..blank
            },
        }
    }

    async fn carry_out(&self, place: Place, case: &Case, report: &mut CaseReport) -> Result<(), CannotRun> {
        let settings = self.settings;
        let caller = Caller {
            suite: settings.suite,
            key: &settings.key,
            patient: &settings.patient,
            names: &settings.junction,
            redactor: &self.redactor,
        };
        let url = settings.target.url(place, case);
        let outgoing = caller.outgoing(url, place, case);
        let Outgoing {
            request,
            request_id,
            evidence,
        } = outgoing.map_err(|error| CannotRun::because("the key cannot be sent in a header", &error))?;
        let outcomes = settings.outcomes(place, case);
        if !settings.allow_writes && safety::needs_permission(&request, case) {
            report.verdict = Verdict::HeldBack;
            return Ok(());
        }
        let Sent { took, answer } = sent(&request, &self.send).await;
        let Findings { mismatches, notes } = match &answer {
            Ok(answer) => judge(
                outcomes,
                answer,
                &Asked {
                    suite: settings.suite,
                    paths: settings.target.paths(place, case),
                    request_id: request_id.as_deref(),
                    audience: place.audience(),
                    redactor: &self.redactor,
                },
            ),
            Err(why) => Findings {
                mismatches: vec![Mismatch {
                    part: "answer".to_owned(),
                    expected: self.redactor.ours("any"),
                    got: self.redactor.ours(why),
                }],
                notes: Vec::new(),
            },
        };
        (report.mismatches, report.notes) = (mismatches, notes);
        report.verdict = if report.mismatches.is_empty() {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        let answer = answer.ok();
        report.got = answer.as_ref().map(|answer| answer.summary(&self.redactor));
        report.evidence = Some(Evidence {
            request_id,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            request: evidence,
            response: answer.map(|answer| answer.evidence(&self.redactor)),
        });
        Ok(())
    }
}
