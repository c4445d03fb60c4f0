//! The story of one order in the sandbox, from its place to its end. Each step needs what those before it have learned,
//! so they have one order and no other.

mod judge;
mod prepared;
mod steps;
mod story;

use std::time::Duration;

use jiff::Timestamp;

use self::{
    judge::judge,
    prepared::{Prepared, Sender},
    steps::{STEPS, Step},
    story::Story,
};
use super::{
    answer::Answer,
    drift,
    redact::Redactor,
    report::{BodyKind, CaseReport, Counts, Evidence, Mismatch, Report, SCHEMA, Summary, Verdict},
    request::Request,
    sending::{Sent, sent},
    settings::{CannotRun, Progress, Settings, now},
};

/// How often a requisition is asked for, and how many times at most: it takes minutes.
const ASKED_EVERY: Duration = Duration::from_secs(2);
const MAX_ASKED: usize = 300;

/// Runs every step, in order. Nothing follows the first one unless it shows that the target's tenant is in the sandbox.
pub(super) async fn run(
    settings: &Settings,
    send: impl AsyncFn(Request) -> Result<Answer, &'static str>,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Report, CannotRun> {
    let started_at = now();
    let mut run = Run {
        settings,
        redactor: Redactor::new(&settings.key, &settings.patient, &settings.junction),
        story: Story::begin(settings, Timestamp::now()),
        send,
    };
    let mut cases: Vec<CaseReport> = Vec::with_capacity(STEPS.len());
    for step in STEPS {
        let mut report = run.blank(step);
        progress(Progress {
            id: &report.id,
            done: cases.len(),
            of: STEPS.len(),
        });
        let is_sandbox = cases.first().is_none_or(|first| first.verdict == Verdict::Passed);
        if is_sandbox {
            run.carry_out(step, &mut report).await?;
        }
        cases.push(report);
    }
    Ok(Report {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: settings.target.as_str().to_owned(),
        suite: settings.suite,
        policy: None,
        granted: Vec::new(),
        writes_allowed: settings.allow_writes,
        started_at,
        ended_at: now(),
        counts: Counts::of(&cases),
        drift: settings.compare.as_ref().map(|old| drift::drift(old, &cases)),
        cases,
    })
}

struct Run<'a, S> {
    settings: &'a Settings,
    redactor: Redactor,
    story: Story,
    send: S,
}

impl<S: AsyncFn(Request) -> Result<Answer, &'static str>> Run<'_, S> {
    fn blank(&self, step: &Step) -> CaseReport {
        let expected = step.expected.iter().map(|expected| Summary {
            status: expected.status,
            message: None,
            code: expected.code.map(|code| self.redactor.ours(code)),
            body: if expected.code.is_some() {
                BodyKind::Error
            } else {
                BodyKind::Document
            },
            identity: None,
            warnings: Vec::new(),
        });
        CaseReport {
            id: format!("junction/orders {}", step.name),
            endpoint: "junction/orders".to_owned(),
            case: step.name.to_owned(),
            group: step.group.to_owned(),
            title: step.title.to_owned(),
            verdict: Verdict::NotReached,
            expected: expected.collect(),
            got: None,
            mismatches: Vec::new(),
            notes: Vec::new(),
            evidence: None,
        }
    }

    async fn carry_out(&mut self, step: &Step, report: &mut CaseReport) -> Result<(), CannotRun> {
        if step.is_write && !self.settings.allow_writes {
            report.verdict = Verdict::HeldBack;
            return Ok(());
        }
        let sender = Sender {
            settings: self.settings,
            redactor: &self.redactor,
        };
        let mut asked = 0;
        let (prepared, Sent { took, answer }) = loop {
            let Some(prepared) = sender
                .prepare(step, &self.story)
                .map_err(|error| CannotRun::because("the key cannot be sent in a header", &error))?
            else {
                // What this one needs is not known: a step before it failed.
                if !self.settings.allow_writes {
                    report.verdict = Verdict::HeldBack;
                }
                return Ok(());
            };
            let sent = sent(&prepared.request, &self.send).await;
            asked += 1;
            let is_there = !step.waits || is_past_placing(&sent.answer);
            if is_there || asked == MAX_ASKED {
                break (prepared, sent);
            }
            tokio::time::sleep(ASKED_EVERY).await;
        };
        let Prepared {
            request_id, evidence, ..
        } = prepared;
        let found = match &answer {
            Ok(answer) => judge(step, answer, &request_id, &mut self.story),
            Err(why) => vec![("answer".to_owned(), "any".to_owned(), (*why).to_owned())],
        };
        // What Junction called it is tied to a person from now on, invented or not.
        if let Some(order) = &self.story.order {
            self.redactor.also(order);
        }
        report.mismatches = found
            .into_iter()
            .map(|(part, expected, got)| Mismatch {
                part: self.redactor.theirs(&part).to_string(),
                expected: self.redactor.ours(&expected),
                got: self.redactor.theirs(&got),
            })
            .collect();
        report.verdict = if report.mismatches.is_empty() {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        let answer = answer.ok();
        report.got = answer.as_ref().map(|answer| {
            let summary = answer.summary(&self.redactor);
            let is_document = answer.status < 300 && answer.object().is_some();
            Summary {
                body: if is_document { BodyKind::Document } else { summary.body },
                ..summary
            }
        });
        report.evidence = Some(Evidence {
            request_id: Some(request_id),
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            request: evidence,
            response: answer.map(|answer| answer.evidence(&self.redactor)),
        });
        Ok(())
    }
}

/// Whether an order has its requisition. A response that is no order ends the wait as well.
fn is_past_placing(answer: &Result<Answer, &'static str>) -> bool {
    let object = answer.as_ref().ok().and_then(Answer::object);
    object.is_none_or(|order| order.get("state").is_none_or(|state| state != "placed"))
}
