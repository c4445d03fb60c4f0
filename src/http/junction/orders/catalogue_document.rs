//! The JSON documents of what is asked before there is an order.

use domain::junction::orders::seen::{CancellationReason, Choice, Coverage, LabTest, Marker, Question, Tier};
use serde::Serialize;
use serde_json::Number;

/// Who comes to a ZIP code.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CoverageDocument<'a> {
    zip: &'a str,
    served: bool,
    /// Whether a visit can be booked, and whether one can be requested.
    can_book: bool,
    can_request: bool,
    providers: Vec<ProviderDocument<'a>>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct ProviderDocument<'a> {
    name: &'a str,
    tiers: Vec<&'static str>,
}

/// The tests that can be ordered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestsDocument<'a> {
    tests: Vec<TestDocument<'a>>,
    request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TestDocument<'a> {
    test_id: String,
    name: &'a str,
    sample_type: &'a str,
    price: &'a Number,
    fasting: bool,
    lab: Option<&'a str>,
    usual_days: Option<i64>,
    longest_days: Option<i64>,
    markers: Vec<MarkerDocument<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MarkerDocument<'a> {
    marker_id: i64,
    name: &'a str,
    questions: Vec<QuestionDocument<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QuestionDocument<'a> {
    question_id: i64,
    required: bool,
    code: &'a str,
    text: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    sequence: i64,
    answers: Vec<ChoiceDocument<'a>>,
    constraint: Option<&'a str>,
    default: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChoiceDocument<'a> {
    answer_id: i64,
    code: &'a str,
    text: &'a str,
}

/// The reasons that a visit can be cancelled for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReasonsDocument<'a> {
    reasons: Vec<ReasonDocument<'a>>,
    request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReasonDocument<'a> {
    reason_id: String,
    name: &'a str,
    refundable: bool,
}

impl<'a> CoverageDocument<'a> {
    pub(super) fn new(zip: &'a str, coverage: &'a Coverage, request_id: &'a str) -> Self {
        let providers = coverage.providers.iter();
        Self {
            zip,
            served: coverage.is_served,
            can_book: coverage.has(Tier::Ready),
            can_request: coverage.has(Tier::Request),
            providers: providers
                .map(|provider| ProviderDocument {
                    name: &provider.name,
                    tiers: provider.tiers.iter().map(|tier| tier.as_str()).collect(),
                })
                .collect(),
            request_id,
        }
    }
}

impl<'a> TestsDocument<'a> {
    pub(super) fn new(tests: &'a [LabTest], request_id: &'a str) -> Self {
        Self {
            tests: tests.iter().map(TestDocument::new).collect(),
            request_id,
        }
    }
}

impl<'a> TestDocument<'a> {
    fn new(test: &'a LabTest) -> Self {
        Self {
            test_id: test.id.to_string(),
            name: &test.name,
            sample_type: &test.sample_type,
            price: &test.price,
            fasting: test.fasting,
            lab: test.lab.as_deref(),
            usual_days: test.common_tat_days,
            longest_days: test.worst_case_tat_days,
            markers: test.markers.iter().map(MarkerDocument::new).collect(),
        }
    }
}

impl<'a> MarkerDocument<'a> {
    fn new(marker: &'a Marker) -> Self {
        Self {
            marker_id: marker.id,
            name: &marker.name,
            questions: marker.questions.iter().map(QuestionDocument::new).collect(),
        }
    }
}

impl<'a> QuestionDocument<'a> {
    fn new(question: &'a Question) -> Self {
        Self {
            question_id: question.id,
            required: question.is_required,
            code: &question.code,
            text: &question.text,
            kind: &question.kind,
            sequence: question.sequence,
            answers: question.answers.iter().map(ChoiceDocument::new).collect(),
            constraint: question.constraint.as_deref(),
            default: question.default.as_deref(),
        }
    }
}

impl<'a> ChoiceDocument<'a> {
    fn new(choice: &'a Choice) -> Self {
        Self {
            answer_id: choice.id,
            code: &choice.code,
            text: &choice.text,
        }
    }
}

impl<'a> ReasonsDocument<'a> {
    pub(super) fn new(reasons: &'a [CancellationReason], request_id: &'a str) -> Self {
        Self {
            reasons: reasons
                .iter()
                .map(|reason| ReasonDocument {
                    reason_id: reason.id.to_string(),
                    name: &reason.name,
                    refundable: reason.is_refundable,
                })
                .collect(),
            request_id,
        }
    }
}
