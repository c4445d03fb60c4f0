//! Tests that can be ordered, and the questions that ordering them asks.

use domain::junction::orders::seen::{Choice, CollectionMethod, LabTest, Marker, Question};
use serde_json::Value;

use super::{
    fields::{Fields, json},
    page::Page,
};
use crate::upstream::junction::answer::{Read, Unexpected};

/// The most tests of one answer.
pub(super) const TESTS_AT_ONCE: u64 = 50;

/// The most markers of one answer, which is also Junction's limit.
pub(super) const MARKERS_AT_ONCE: u64 = 100;

/// Some tests.
pub(super) fn lab_tests(status: u16, body: &[u8]) -> Read<Page<LabTest>> {
    match status {
        200 => Page::read(&json(body)?, "data", TESTS_AT_ONCE, |entry| {
            test(entry).ok_or(Unexpected)
        }),
        _other => Err(Unexpected),
    }
}

/// Some of what a test measures.
pub(super) fn markers(status: u16, body: &[u8]) -> Read<Page<Marker>> {
    match status {
        200 => Page::read(&json(body)?, "markers", MARKERS_AT_ONCE, |entry| {
            marker(entry).ok_or(Unexpected)
        }),
        _other => Err(Unexpected),
    }
}

fn test(value: &Value) -> Option<LabTest> {
    let fields = Fields::of(value)?;
    let is_listed = fields.text("status").is_none_or(|status| status == "active");
    Some(LabTest {
        id: fields.id("id")?,
        name: fields.text("name")?,
        method: fields.method("method").unwrap_or(CollectionMethod::Other),
        sample_type: fields.text("sample_type").unwrap_or_default(),
        price: fields.number("price")?,
        is_active: is_listed && fields.flag("is_active").unwrap_or(false),
        fasting: fields.flag("fasting").unwrap_or(false),
        lab: fields.object("lab").and_then(|lab| lab.text("name")),
        common_tat_days: fields.integer("common_tat_days"),
        worst_case_tat_days: fields.integer("worst_case_tat_days"),
        markers: fields.list("markers").iter().filter_map(marker).collect(),
    })
}

/// A marker with a question that cannot be read is none: an order without its answer would be refused.
fn marker(value: &Value) -> Option<Marker> {
    let fields = Fields::of(value)?;
    let questions = fields
        .object("aoe")
        .map(|aoe| aoe.list("questions"))
        .unwrap_or_default();
    Some(Marker {
        id: fields.integer("id")?,
        name: fields.text("name")?,
        questions: questions.iter().map(question).collect::<Option<_>>()?,
    })
}

fn question(value: &Value) -> Option<Question> {
    let fields = Fields::of(value)?;
    Some(Question {
        id: fields.integer("id")?,
        is_required: fields.flag("required")?,
        code: fields.text("code").unwrap_or_default(),
        text: fields.text("value")?,
        kind: kind(fields.text("type").unwrap_or_default()),
        sequence: fields.integer("sequence").unwrap_or_default(),
        answers: fields.list("answers").iter().filter_map(choice).collect(),
        constraint: fields.text("constraint"),
        default: fields.text("default"),
    })
}

/// Junction's guide has another word than its schema.
fn kind(word: String) -> String {
    if word == "multiple_choice" {
        "multi_choice".to_owned()
    } else {
        word
    }
}

fn choice(value: &Value) -> Option<Choice> {
    let fields = Fields::of(value)?;
    let text = fields.text("value")?;
    Some(Choice {
        id: fields.integer("id")?,
        code: fields.text("code").unwrap_or_else(|| text.clone()),
        text,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const QUESTION: i64 = 1_234_567_890_251;

    fn a_test() -> Value {
        json!({
            "id": "06c2c65b-74a0-4f25-a4a9-44f796296355", "slug": "s", "name": "Lipid Panel", "sample_type": "serum",
            "method": "at_home_phlebotomy", "price": 10.5, "is_active": true, "status": "active", "fasting": true,
            "lab": {"id": 27, "slug": "quest", "name": "Quest"}, "common_tat_days": 2,
            "markers": [{"id": 7, "name": "HDL", "slug": "hdl", "aoe": {"questions": [{
                "id": QUESTION, "required": true, "code": "F", "value": "Fasting?", "type": "multiple_choice",
                "sequence": 1, "answers": [{"id": 1, "code": "Y", "value": "Yes"}, {"id": 2}],
                "constraint": null, "default": null,
            }]}}, {"id": 8, "name": "LDL", "slug": "ldl", "aoe": null}],
        })
    }

    #[test]
    fn a_test_is_read_with_the_questions_it_asks() {
        let body = json!({"data": [a_test(), {}], "next_cursor": "c"}).to_string();
        let page = lab_tests(200, body.as_bytes()).unwrap();
        assert_eq!(
            (page.unreadable, page.cursor.as_deref(), page.is_last),
            (1, Some("c"), false)
        );
        let test = &page.items[0];
        assert_eq!(
            (test.lab.as_deref(), test.fasting, test.is_active),
            (Some("Quest"), true, true)
        );
        assert_eq!(
            (test.price.to_string().as_str(), test.common_tat_days),
            ("10.5", Some(2))
        );
        let question = &test.markers[0].questions[0];
        assert_eq!((question.id, question.kind.as_str()), (QUESTION, "multi_choice"));
        assert_eq!((question.is_required, question.answers.len()), (true, 1));
        assert!(test.markers[1].questions.is_empty());
    }

    #[test]
    fn a_test_is_active_only_if_all_say_so() {
        for (members, is_active, reason) in [
            (json!({"is_active": false}), false, "switched off"),
            (json!({"status": "pending_approval"}), false, "not approved"),
            (json!({"status": null}), true, "no status"),
            (json!({"is_active": null}), false, "not said"),
        ] {
            let mut test = a_test();
            test.as_object_mut()
                .unwrap()
                .extend(members.as_object().unwrap().clone());
            let body = json!({"data": [test], "next_cursor": null}).to_string();
            let page = lab_tests(200, body.as_bytes()).unwrap();
            assert_eq!(page.items[0].is_active, is_active, "{reason}");
            assert!(page.is_last, "{reason}");
        }
    }

    #[test]
    fn a_marker_with_an_unreadable_question_is_reported() {
        let good = &a_test()["markers"][0];
        let mut bad = good.clone();
        bad["aoe"]["questions"][0]["id"] = "7".into();
        let body = json!({"markers": [good, bad], "total": 2, "page": 1, "size": 100, "pages": 1}).to_string();
        let page = markers(200, body.as_bytes()).unwrap();
        assert_eq!((page.items.len(), page.unreadable, page.is_last), (1, 1, true));
    }
}
