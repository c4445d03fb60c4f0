//! How the stand-in treats orders: what `PUT /__sim/junction/orders-behaviour` changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The settings, as control takes and shows them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::junction) struct Behaviour {
    #[serde(rename = "behaviour")]
    pub(in crate::junction) kind: Kind,
    /// From an order to its requisition; none for never.
    pub(in crate::junction) requisition_after_secs: Option<i64>,
    /// From a draw to its results; none for never.
    pub(in crate::junction) results_after_secs: Option<i64>,
    /// From the request of a visit to its confirmation; none for never.
    pub(in crate::junction) confirm_after_secs: Option<i64>,
    /// A visit may be reserved while there is no requisition: a feature of some teams.
    pub(in crate::junction) book_before_requisition: bool,
    /// Whether the team has order transactions.
    pub(in crate::junction) transactions: bool,
    /// The tiers of each ZIP; others are not served.
    pub(in crate::junction) coverage: BTreeMap<String, Vec<Tier>>,
    /// The time zone of each ZIP, which may be null; of others it is null.
    pub(in crate::junction) time_zones: BTreeMap<String, Option<String>>,
    /// An area calls the tiers as Junction's guide does, not as its schema.
    pub(in crate::junction) area_says_tier: bool,
    /// Who comes to visits that are booked.
    pub(in crate::junction) ready_provider: String,
    /// Who comes to visits that are requested.
    pub(in crate::junction) request_provider: String,
    pub(in crate::junction) slots: Slots,
}

/// As which of Junction's environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::junction) enum Kind {
    /// Orders wait until they are simulated; two ZIPs and, in one of them, one street; a taken slot is a 400.
    Sandbox,
    Production,
}

/// How a visit is arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::junction) enum Tier {
    AppointmentReady,
    AppointmentRequest,
}

/// What is offered on each day.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::junction) struct Slots {
    /// When they start, in UTC, as `15:00`.
    pub(in crate::junction) times: Vec<String>,
    pub(in crate::junction) days: u8,
    pub(in crate::junction) minutes: u32,
    pub(in crate::junction) price: f64,
    /// How many visits of one place may start at once.
    pub(in crate::junction) capacity: u32,
    /// How long a booking key is good; none for as long as its slot.
    pub(in crate::junction) key_life_secs: Option<i64>,
}

/// Where the sandbox has visits, on which streets, and how: the provider of the second takes requests alone.
const SANDBOX: [(&str, &str, Tier); 2] = [
    ("85004", "west lincoln street", Tier::AppointmentReady),
    ("54650", "", Tier::AppointmentRequest),
];

impl Default for Behaviour {
    fn default() -> Self {
        let both = vec![Tier::AppointmentReady, Tier::AppointmentRequest];
        let coverage = [
            ("85004", both),
            ("54650", vec![Tier::AppointmentReady]),
            ("10001", vec![Tier::AppointmentRequest]),
        ];
        let zones = [
            ("85004", "America/Phoenix"),
            ("54650", "America/Chicago"),
            ("10001", "America/New_York"),
        ];
        // The last one is on the evening before in the Americas: a day in UTC is not the patient's.
        let times = [
            "15:00", "16:00", "17:00", "18:00", "19:00", "20:00", "21:00", "22:00", "02:00",
        ];
        Self {
            kind: Kind::Production,
            requisition_after_secs: Some(30),
            results_after_secs: Some(2 * 24 * 60 * 60),
            confirm_after_secs: None,
            book_before_requisition: false,
            transactions: true,
            area_says_tier: false,
            coverage: coverage.map(|(zip, tiers)| (zip.to_owned(), tiers)).into(),
            time_zones: zones.map(|(zip, zone)| (zip.to_owned(), Some(zone.to_owned()))).into(),
            ready_provider: "getlabs".to_owned(),
            request_provider: "phlebfinders".to_owned(),
            slots: Slots {
                times: times.map(str::to_owned).into(),
                days: 14,
                minutes: 60,
                price: 0.0,
                capacity: 3,
                key_life_secs: Some(15 * 60),
            },
        }
    }
}

impl Behaviour {
    /// The same with these members changed.
    pub(in crate::junction) fn changed(&self, members: Map<String, Value>) -> serde_json::Result<Self> {
        let mut all = serde_json::to_value(self)?;
        overlay(&mut all, members);
        serde_json::from_value(all)
    }

    /// The tiers at an address.
    pub(in crate::junction) fn tiers(&self, zip: &str, street: Option<&str>) -> Vec<Tier> {
        let zip = zip.get(..5).unwrap_or(zip);
        match self.kind {
            Kind::Production => self.coverage.get(zip).cloned().unwrap_or_default(),
            Kind::Sandbox => {
                let street = street.map(str::to_lowercase);
                let served = SANDBOX.iter().filter(|(known, only, _)| {
                    *known == zip && street.as_ref().is_none_or(|street| street.contains(only))
                });
                served.map(|(_, _, tier)| *tier).collect()
            }
        }
    }

    pub(in crate::junction) fn zone(&self, zip: &str) -> Option<String> {
        let zip = zip.get(..5).unwrap_or(zip);
        self.time_zones.get(zip).cloned().flatten()
    }

    /// When an order of now gets its requisition; none for never, as in the sandbox.
    pub(in crate::junction) fn requisition_delay(&self) -> Option<i64> {
        match self.kind {
            Kind::Production => self.requisition_after_secs,
            Kind::Sandbox => None,
        }
    }
}

impl Tier {
    pub(in crate::junction) fn word(self) -> &'static str {
        match self {
            Self::AppointmentReady => "appointment-ready",
            Self::AppointmentRequest => "appointment-request",
        }
    }
}

/// Slots are changed member by member; whole tables of ZIPs are replaced.
fn overlay(all: &mut Value, members: Map<String, Value>) {
    let Some(all) = all.as_object_mut() else { return };
    for (name, value) in members {
        match (name.as_str(), all.get_mut(&name), value) {
            ("slots", Some(slots), Value::Object(changed)) => overlay(slots, changed),
            (_, _, value) => {
                all.insert(name, value);
            }
        }
    }
}
