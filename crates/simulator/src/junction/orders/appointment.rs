//! Appointments: visits of a phlebotomist at a patient's home.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::junction::{feature::Environment, id::Id, moment::Moment};

/// An appointment, as control takes it. Statuses are text, so that unknown ones can be arranged.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::junction) struct Appointment {
    #[serde(default = "Id::new")]
    pub(in crate::junction) id: Id,
    pub(in crate::junction) order_id: Id,
    pub(in crate::junction) user_id: Id,
    pub(in crate::junction) team_id: Id,
    #[serde(default)]
    pub(in crate::junction) environment: Environment,
    #[serde(default)]
    pub(in crate::junction) order_transaction_id: Option<Id>,
    #[serde(default)]
    pub(in crate::junction) address: Map<String, Value>,
    #[serde(default)]
    pub(in crate::junction) start_at: Option<Moment>,
    #[serde(default)]
    pub(in crate::junction) end_at: Option<Moment>,
    #[serde(default)]
    pub(in crate::junction) iana_timezone: Option<String>,
    pub(in crate::junction) provider: String,
    pub(in crate::junction) status: String,
    pub(in crate::junction) event_status: String,
    #[serde(default)]
    pub(in crate::junction) can_reschedule: bool,
    #[serde(default)]
    pub(in crate::junction) notes: Option<String>,
    #[serde(default)]
    pub(in crate::junction) event_data: Option<Value>,
    #[serde(default)]
    pub(in crate::junction) events: Vec<Happening>,
}

/// What happened to an appointment.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::junction) struct Happening {
    created_at: Moment,
    status: String,
    data: Option<Value>,
}

/// A status of an appointment that the stand-in itself gives, as both of Junction's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::junction) enum Stage {
    Pending,
    Reserved,
    Scheduled,
    InProgress,
    Completed,
    Cancelled,
}

impl Stage {
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Pending => ["pending", "pending"],
            Self::Reserved => ["reserved", "reserved"],
            Self::Scheduled => ["confirmed", "scheduled"],
            Self::InProgress => ["in_progress", "in_progress"],
            Self::Completed => ["completed", "completed"],
            Self::Cancelled => ["cancelled", "cancelled"],
        }
    }
}

impl Appointment {
    /// Unknown words count as active.
    pub(in crate::junction) fn is_active(&self) -> bool {
        ![&self.status, &self.event_status]
            .into_iter()
            .any(|word| word == "completed" || word == "cancelled")
    }

    pub(in crate::junction) fn is(&self, stage: Stage) -> bool {
        let [status, event_status] = stage.words();
        self.status == status && self.event_status == event_status
    }

    /// Enters a stage, with what Junction adds to its event.
    pub(in crate::junction) fn enter(&mut self, stage: Stage, data: Option<Value>, at: Moment) {
        let [status, event_status] = stage.words();
        status.clone_into(&mut self.status);
        event_status.clone_into(&mut self.event_status);
        self.event_data.clone_from(&data);
        self.events.push(Happening {
            created_at: at,
            status: event_status.to_owned(),
            data,
        });
    }

    pub(in crate::junction) fn answer(&self) -> Value {
        let address = |name: &str| self.address.get(name).cloned().unwrap_or_default();
        json!({
            "id": self.id,
            "user_id": self.user_id,
            "order_id": self.order_id,
            "order_transaction_id": self.order_transaction_id,
            "address": {
                "first_line": address("first_line"),
                "second_line": address("second_line"),
                "city": address("city"),
                "state": address("state"),
                "zip_code": address("zip_code"),
                "access_notes": address("access_notes"),
            },
            "location": {"lng": -112.074, "lat": 33.448},
            "start_at": self.start_at,
            "end_at": self.end_at,
            "iana_timezone": self.iana_timezone,
            "type": "phlebotomy",
            "provider": self.provider,
            "status": self.status,
            "provider_id": self.id,
            "external_id": null,
            "can_reschedule": self.can_reschedule,
            "appointment_notes": self.notes,
            "event_status": self.event_status,
            "event_data": self.event_data,
            "events": self.events,
        })
    }
}
