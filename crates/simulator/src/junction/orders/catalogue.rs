//! The tests that can be ordered: two at home, and one at a lab's own place.

use serde_json::{Value, json};

use crate::junction::id::Id;

pub(in crate::junction) const AT_HOME: &str = "at_home_phlebotomy";
pub(in crate::junction) const WALK_IN: &str = "walk_in_test";

/// A test.
#[derive(Debug)]
pub(in crate::junction) struct LabTest {
    id: &'static str,
    slug: &'static str,
    name: &'static str,
    pub(in crate::junction) method: &'static str,
    /// In US dollars.
    price: f64,
    fasting: bool,
    pub(in crate::junction) lab: &'static Lab,
    pub(in crate::junction) markers: &'static [Marker],
}

/// A lab.
#[derive(Debug)]
pub(in crate::junction) struct Lab {
    pub(in crate::junction) id: u32,
    pub(in crate::junction) slug: &'static str,
    pub(in crate::junction) name: &'static str,
    address: [&'static str; 3],
}

/// What is measured.
#[derive(Debug)]
pub(in crate::junction) struct Marker {
    pub(in crate::junction) id: u32,
    pub(in crate::junction) name: &'static str,
    pub(in crate::junction) slug: &'static str,
    pub(in crate::junction) provider_id: &'static str,
    pub(in crate::junction) unit: &'static str,
    pub(in crate::junction) loinc: &'static str,
    /// Where a value is normal.
    pub(in crate::junction) range: (f64, f64),
    /// The question that an order has to answer, if there is one.
    question: Option<Question>,
}

#[derive(Debug)]
struct Question {
    id: u64,
    code: &'static str,
    text: &'static str,
    answers: &'static [(u32, &'static str, &'static str)],
}

const LABCORP: Lab = Lab {
    id: 27,
    slug: "labcorp",
    name: "Labcorp",
    address: ["358 South Main Street", "Burlington", "27215"],
};

const QUEST: Lab = Lab {
    id: 6,
    slug: "quest",
    name: "Quest",
    address: ["500 Plaza Drive", "Secaucus", "07094"],
};

const TESTS: [LabTest; 3] = [
    LabTest {
        id: "0b9c1de5-6f4a-4d0e-9a63-2f5d1c7e8b40",
        slug: "home-metabolic-panel",
        name: "Metabolic panel at home",
        method: AT_HOME,
        price: 79.5,
        fasting: true,
        lab: &LABCORP,
        markers: &[
            Marker {
                id: 1001,
                name: "Glucose",
                slug: "glucose",
                provider_id: "001032",
                unit: "mg/dL",
                loinc: "2345-7",
                range: (70.0, 99.0),
                // Beyond 32 bits, as some of Junction's ids are.
                question: Some(Question {
                    id: 1_234_567_890_251,
                    code: "FASTING",
                    text: "Has the patient been fasting for 8 hours?",
                    answers: &[(1, "Y", "Yes"), (2, "N", "No")],
                }),
            },
            Marker {
                id: 1002,
                name: "Creatinine",
                slug: "creatinine",
                provider_id: "001370",
                unit: "mg/dL",
                loinc: "2160-0",
                range: (0.6, 1.3),
                question: None,
            },
        ],
    },
    LabTest {
        id: "2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512",
        slug: "home-lipid-panel",
        name: "Lipid panel at home",
        method: AT_HOME,
        price: 64.0,
        fasting: false,
        lab: &LABCORP,
        markers: &[
            Marker {
                id: 1011,
                name: "Cholesterol, total",
                slug: "cholesterol-total",
                provider_id: "001065",
                unit: "mg/dL",
                loinc: "2093-3",
                range: (100.0, 199.0),
                question: None,
            },
            Marker {
                id: 1012,
                name: "Triglycerides",
                slug: "triglycerides",
                provider_id: "001172",
                unit: "mg/dL",
                loinc: "2571-8",
                range: (0.0, 149.0),
                question: None,
            },
        ],
    },
    LabTest {
        id: "7c0e4d2b-51aa-4f7e-b3c6-0d9a8e5f1b33",
        slug: "walk-in-thyroid-panel",
        name: "Thyroid panel, walk-in",
        method: WALK_IN,
        price: 49.0,
        fasting: false,
        lab: &QUEST,
        markers: &[Marker {
            id: 1021,
            name: "TSH",
            slug: "tsh",
            provider_id: "899",
            unit: "mIU/L",
            loinc: "3016-3",
            range: (0.4, 4.5),
            question: None,
        }],
    },
];

/// The test of an order that was arranged without one.
pub(in crate::junction) fn first() -> Id {
    let id = TESTS.first().and_then(|test| Id::parse(test.id));
    id.unwrap_or_else(Id::new)
}

pub(in crate::junction) fn all() -> &'static [LabTest] {
    &TESTS
}

pub(in crate::junction) fn find(id: Id) -> Option<&'static LabTest> {
    TESTS.iter().find(|test| Id::parse(test.id) == Some(id))
}

impl LabTest {
    pub(in crate::junction) fn answer(&self) -> Value {
        let markers: Vec<_> = self.markers.iter().map(|marker| marker.answer(self.lab)).collect();
        json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "sample_type": "serum",
            "method": self.method,
            "price": self.price,
            "is_active": true,
            "status": "active",
            "fasting": self.fasting,
            "lab": self.lab.answer(),
            "markers": markers,
            "is_delegated": false,
            "auto_generated": false,
            "has_collection_instructions": false,
            "common_tat_days": 2,
            "worst_case_tat_days": 5,
        })
    }
}

/// Several tests that were ordered together, as the one test that the order shows.
pub(in crate::junction) fn together(tests: &[&LabTest]) -> Value {
    let [first, others @ ..] = tests else {
        return TESTS.first().map(LabTest::answer).unwrap_or_default();
    };
    let mut shown = first.answer();
    if others.is_empty() {
        return shown;
    }
    let names: Vec<_> = tests.iter().map(|test| test.name).collect();
    let markers = tests
        .iter()
        .flat_map(|test| test.markers.iter().map(|marker| marker.answer(test.lab)));
    let price: f64 = tests.iter().map(|test| test.price).sum();
    let markers: Vec<_> = markers.collect();
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("name".to_owned(), names.join(" + ").into());
        shown.insert("markers".to_owned(), markers.into());
        shown.insert("price".to_owned(), price.into());
        shown.insert("fasting".to_owned(), tests.iter().any(|test| test.fasting).into());
        shown.insert("auto_generated".to_owned(), true.into());
    }
    shown
}

impl Lab {
    fn answer(&self) -> Value {
        let [street, city, zip] = self.address;
        json!({
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "first_line_address": street,
            "city": city,
            "zipcode": zip,
            "collection_methods": [AT_HOME, WALK_IN],
            "sample_types": ["serum"],
            "logo_url": null,
        })
    }
}

impl Marker {
    /// The question that an order with this has to answer.
    pub(in crate::junction) fn required_question(&self) -> Option<u64> {
        self.question.as_ref().map(|question| question.id)
    }

    pub(in crate::junction) fn answer(&self, lab: &Lab) -> Value {
        let questions: Vec<_> = self.question.iter().map(Question::answer).collect();
        json!({
            "id": self.id,
            "name": self.name,
            "slug": self.slug,
            "description": null,
            "lab_id": lab.id,
            "provider_id": self.provider_id,
            "type": "biomarker",
            "unit": self.unit,
            // A text here, and a number on a test.
            "price": "12.50",
            "aoe": {"questions": questions},
            "a_la_carte_enabled": true,
            "common_tat_days": 2,
            "worst_case_tat_days": 5,
            "is_orderable": true,
        })
    }

    /// As the list of a test's markers has it.
    pub(in crate::junction) fn complete(&self, lab: &Lab) -> Value {
        let mut marker = self.answer(lab);
        if let Some(marker) = marker.as_object_mut() {
            let expected = json!([{
                "id": self.id,
                "name": self.name,
                "slug": self.slug,
                "lab_id": lab.id,
                "provider_id": self.provider_id,
                "required": true,
                "loinc": {
                    "id": self.id,
                    "name": self.name,
                    "slug": self.slug,
                    "code": self.loinc,
                    "unit": self.unit,
                },
            }]);
            marker.insert("expected_results".to_owned(), expected);
        }
        marker
    }
}

impl Question {
    fn answer(&self) -> Value {
        let answers = self.answers.iter();
        let answers: Vec<_> = answers
            .map(|(id, code, value)| json!({"id": id, "code": code, "value": value}))
            .collect();
        json!({
            "id": self.id,
            "required": true,
            "code": self.code,
            "value": self.text,
            "type": "choice",
            "sequence": 1,
            "answers": answers,
            "constraint": null,
            "default": null,
        })
    }
}
