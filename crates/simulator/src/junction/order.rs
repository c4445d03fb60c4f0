//! Lab orders.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    feature::Environment,
    id::Id,
    moment::Moment,
    orders::{
        catalogue::{self, AT_HOME, LabTest, WALK_IN},
        status::Status,
    },
    patient::Patient,
};

/// An order, as control takes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    #[serde(default = "Id::new")]
    pub(super) id: Id,
    pub(super) user_id: Id,
    pub(super) team_id: Id,
    #[serde(default)]
    pub(super) environment: Environment,
    #[serde(default = "Moment::real")]
    pub(super) created_at: Moment,
    #[serde(default = "Moment::real")]
    pub(super) updated_at: Moment,
    /// The transaction that it belongs to, alone.
    #[serde(default = "Id::new")]
    pub(super) transaction_id: Id,
    #[serde(default = "one_test")]
    pub(super) lab_tests: Vec<Id>,
    /// What became of it; an order without any was just ordered.
    #[serde(default)]
    pub(super) events: Vec<OrderEvent>,
    /// What its creation said, as far as the order shows it.
    #[serde(default)]
    pub(super) placed: Map<String, Value>,
    #[serde(default)]
    pub(super) appointment_id: Option<Id>,
    #[serde(default)]
    pub(super) sample_id: Option<String>,
    #[serde(default)]
    pub(super) results: Outcome,
    /// What happens to it by itself.
    #[serde(default)]
    pub(super) planned: Vec<Planned>,
}

/// What happened to an order.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderEvent {
    #[serde(default = "first")]
    pub(super) id: i64,
    #[serde(default = "Moment::real")]
    pub(super) created_at: Moment,
    /// In full, as `received.at_home_phlebotomy.ordered`; unknown ones can be arranged.
    pub(super) status: String,
    #[serde(default)]
    pub(super) status_detail: Option<String>,
}

/// A status that an order will have.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    pub(super) at: Moment,
    pub(super) status: String,
}

/// What its results are going to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Outcome {
    pub(super) interpretation: String,
    /// The types that results take in turn.
    pub(super) result_types: Vec<String>,
    pub(super) has_missing_results: bool,
    /// Whether there is a PDF as soon as there are results.
    pub(super) has_pdf: bool,
}

impl Default for Outcome {
    fn default() -> Self {
        Self {
            interpretation: "normal".to_owned(),
            result_types: ["numeric", "comment", "range"].map(str::to_owned).into(),
            has_missing_results: false,
            has_pdf: true,
        }
    }
}

fn one_test() -> Vec<Id> {
    vec![catalogue::first()]
}

fn first() -> i64 {
    1
}

impl Order {
    /// A new order, for the first of the tests.
    pub(super) fn of(patient: &Patient, now: Moment) -> Self {
        let mut order = Self {
            id: Id::new(),
            user_id: patient.user_id,
            team_id: patient.team_id,
            environment: patient.environment,
            created_at: now,
            updated_at: now,
            transaction_id: Id::new(),
            lab_tests: one_test(),
            events: Vec::new(),
            placed: Map::new(),
            appointment_id: None,
            sample_id: None,
            results: Outcome::default(),
            planned: Vec::new(),
        };
        order.begin();
        order
    }

    /// Has an order without events be just ordered.
    pub(super) fn begin(&mut self) {
        if self.events.is_empty() {
            self.events.push(OrderEvent {
                id: 1,
                created_at: self.created_at,
                status: Status::Ordered.full(self.method()),
                status_detail: None,
            });
        }
    }

    pub(super) fn enter(&mut self, status: String, status_detail: Option<String>, at: Moment) {
        let last = self.events.iter().map(|event| event.id).max().unwrap_or_default();
        self.events.push(OrderEvent {
            id: last + 1,
            created_at: at,
            status,
            status_detail,
        });
        self.updated_at = self.updated_at.max(at);
    }

    /// The word of its last event.
    pub(super) fn last_status(&self) -> &str {
        self.events.last().map_or("", |event| &event.status)
    }

    /// None for a word that was arranged and is unknown.
    pub(super) fn status(&self) -> Option<Status> {
        Status::of(self.last_status())
    }

    /// Whether it ever had this status.
    pub(super) fn was(&self, status: Status) -> bool {
        self.events
            .iter()
            .any(|event| Status::of(&event.status) == Some(status))
    }

    pub(super) fn tests(&self) -> Vec<&'static LabTest> {
        self.lab_tests.iter().filter_map(|id| catalogue::find(*id)).collect()
    }

    /// How its sample is collected.
    pub(super) fn method(&self) -> &'static str {
        self.tests().first().map_or(AT_HOME, |test| test.method)
    }

    pub(super) fn is_at_home(&self) -> bool {
        self.method() != WALK_IN
    }

    /// As the API shows it.
    pub(super) fn answer(&self, patient: Option<&Patient>, has_transaction: bool) -> Value {
        let placed = |name: &str| self.placed.get(name).cloned();
        let info = patient.and_then(|patient| patient.info.as_ref());
        let details = placed("patient_details").or_else(|| Some(Value::from(info?.clone())));
        let address = placed("patient_address").or_else(|| info?.get("address").cloned());
        let status = self.status();
        let is_reported = status.is_some_and(Status::has_results);
        let visit = json!({
            "id": self.transaction_id,
            "appointment_id": self.appointment_id,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        });
        let (top_level, _) = self.last_status().split_once('.').unwrap_or_default();
        let mut answer = json!({
            "id": self.id,
            "user_id": self.user_id,
            "team_id": self.team_id,
            "patient_details": details.map(shown),
            "patient_address": address,
            "lab_test": catalogue::together(&self.tests()),
            "details": {"type": self.method(), "data": visit},
            "sample_id": self.sample_id,
            "notes": null,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "events": self.events,
            "last_event": self.events.last(),
            "status": top_level,
            "health_insurance_id": null,
            "requisition_form_url": null,
            "shipping_details": null,
            "has_abn": false,
            "origin": "initial",
            "physician": placed("physician").map(|physician| only(&physician, &["first_name", "last_name", "npi"])),
            "priority": placed("priority").unwrap_or(false.into()),
            "billing_type": placed("billing_type").unwrap_or("client_bill".into()),
            "icd_codes": placed("icd_codes"),
            "clinical_notes": placed("clinical_notes"),
            "activate_by": placed("activate_by"),
            "passthrough": placed("passthrough"),
            "interpretation": is_reported.then_some(&self.results.interpretation),
            "has_missing_results": is_reported.then_some(self.results.has_missing_results),
            "expected_result_by_date": self.created_at.plus(5 * 86_400).day().to_string(),
            "worst_case_result_by_date": self.created_at.plus(9 * 86_400).day().to_string(),
        });
        if let (true, Some(answer)) = (has_transaction, answer.as_object_mut()) {
            answer.insert("order_transaction".to_owned(), self.transaction());
        }
        answer
    }

    /// The transaction that it is the only order of.
    pub(super) fn transaction(&self) -> Value {
        let last = self.events.last();
        json!({
            "id": self.transaction_id,
            "status": self.transaction_status(),
            "orders": [{
                "id": self.id,
                "low_level_status": self.status().map(Status::word),
                "low_level_status_created_at": last.map(|event| event.created_at),
                "origin": "initial",
                "parent_id": null,
                "created_at": self.created_at,
                "updated_at": self.updated_at,
            }],
        })
    }

    pub(super) fn transaction_status(&self) -> &'static str {
        match self.status() {
            Some(Status::Completed | Status::Corrected) => "completed",
            Some(Status::Cancelled) => "cancelled",
            None
            | Some(
                Status::Ordered
                | Status::RequisitionCreated
                | Status::RequisitionBypassed
                | Status::AppointmentPending
                | Status::AppointmentScheduled
                | Status::AppointmentCancelled
                | Status::DrawCompleted
                | Status::PartialResults
                | Status::SampleError,
            ) => "active",
        }
    }
}

/// Of the demographics all but the address; the day of birth is a time here.
fn shown(details: Value) -> Value {
    let Value::Object(mut details) = details else {
        return details;
    };
    for other in ["address", "household_income", "household_size"] {
        details.remove(other);
    }
    if let Some(Value::String(dob)) = details.get_mut("dob") {
        dob.push_str("T00:00:00+00:00");
    }
    details.into()
}

fn only(value: &Value, names: &[&str]) -> Value {
    let kept = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value.get(name)?.clone())));
    Value::Object(kept.collect())
}
