//! Orders, as far as a launch sees them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{feature::Environment, id::Id, patient::Patient, team::now};

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
    #[serde(default = "now")]
    created_at: String,
}

/// The one test that is ever ordered.
const LAB_TEST: &str = "0b9c1de5-6f4a-4d0e-9a63-2f5d1c7e8b40";

impl Order {
    pub(super) fn of(patient: &Patient) -> Self {
        Self {
            id: Id::new(),
            user_id: patient.user_id,
            team_id: patient.team_id,
            environment: patient.environment,
            created_at: now(),
        }
    }

    /// As the API tells it: just ordered, for a visit at the patient's home.
    pub(super) fn answer(&self, patient: Option<&Patient>) -> Value {
        let info = patient.and_then(|patient| patient.info.as_ref());
        let event = json!({
            "id": 1,
            "created_at": self.created_at,
            "status": "received.at_home_phlebotomy.ordered",
            "status_detail": null,
        });
        json!({
            "id": self.id,
            "user_id": self.user_id,
            "team_id": self.team_id,
            "patient_details": info.map(details),
            "patient_address": info.and_then(|info| info.get("address")),
            "lab_test": {
                "id": LAB_TEST,
                "slug": "simulated",
                "name": "Simulated panel",
                "sample_type": "serum",
                "method": "at_home_phlebotomy",
                "price": 0,
                "is_active": true,
                "status": "active",
                "lab": null,
                "markers": null,
            },
            "details": {"type": "at_home_phlebotomy", "data": null},
            "sample_id": null,
            "notes": null,
            "created_at": self.created_at,
            "updated_at": self.created_at,
            "events": [event],
            "last_event": event,
            "status": "received",
            "health_insurance_id": null,
            "requisition_form_url": null,
            "shipping_details": null,
            "has_abn": false,
            "origin": "initial",
        })
    }
}

/// Of the demographics all but the address; the day of birth is a time here.
fn details(info: &Map<String, Value>) -> Value {
    let mut details = info.clone();
    details.remove("address");
    if let Some(Value::String(dob)) = details.get_mut("dob") {
        dob.push_str("T00:00:00+00:00");
    }
    details.into()
}
