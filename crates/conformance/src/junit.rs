//! A run as the XML of `JUnit`, which every CI reads.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{
    report::{CaseReport, Policy, Report, Verdict},
    table::failure,
};

/// The whole run: a test suite for each endpoint, with a test for each case.
///
/// # Errors
/// What the library could not write.
pub fn to_junit(report: &Report) -> Result<String, String> {
    let name = format!("empego-gateway.conformance.{}", report.suite.as_str());
    let mut document = Document::new(name.clone());
    let mut endpoints: Vec<&str> = report.cases.iter().map(|case| case.endpoint.as_str()).collect();
    endpoints.dedup();
    for endpoint in endpoints {
        let mut suite = TestSuite::new(endpoint);
        suite.add_property(("target", report.target.as_str()));
        suite.add_property(("policy", report.policy.map_or("none", Policy::as_str)));
        suite.add_property(("version", report.version.as_str()));
        suite.add_property(("started-at", report.started_at.as_str()));
        let cases = report.cases.iter().filter(|case| case.endpoint == endpoint);
        suite.add_test_cases(cases.map(|case| test_case(case, &name)));
        document.add_test_suite(suite);
    }
    document.to_string().map_err(|error| error.to_string())
}

fn test_case(case: &CaseReport, suite: &str) -> TestCase {
    let status = match case.verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Failed if case.got.is_none() => unsuccessful(NonSuccessKind::Error, case),
        Verdict::Failed => unsuccessful(NonSuccessKind::Failure, case),
        Verdict::NotReached => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message("not reached: the target had stopped answering");
            status
        }
        Verdict::HeldBack => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("held back: writes were not allowed");
            status
        }
    };
    let mut test = TestCase::new(case.case.as_str(), status);
    test.set_classname(format!("{suite}.{}", case.endpoint));
    for found in &case.notes {
        let note = format!("{}: documented is {}, got {}", found.part, found.expected, found.got);
        test.add_property(("note", note.as_str()));
    }
    if let Some(evidence) = &case.evidence {
        test.set_time(Duration::from_millis(evidence.took_ms));
        if let Some(id) = &evidence.request_id {
            test.add_property(("x-request-id", id.as_str()));
        }
    }
    test
}

fn unsuccessful(kind: NonSuccessKind, case: &CaseReport) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(format!("expected {}, got {}", case.expected_line(), case.got_line()));
    status.set_type("conformance");
    status.set_description(failure(case));
    status
}
