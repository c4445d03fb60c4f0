//! The JSON document of slots, by the days of the place where the patient is.

use domain::junction::orders::times::{Day, LocalSlot, days};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::Number;

use crate::gateway::OfferedSlots;

/// The times that a visit can be booked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SlotsDocument<'a> {
    /// Without one, local times are unknown, and days are those of UTC.
    time_zone: Option<String>,
    days: Vec<DayDocument>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct DayDocument {
    date: Date,
    slots: Vec<SlotDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SlotDocument {
    /// What books it; none if it cannot be booked.
    slot: Option<String>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    local_start: Option<String>,
    local_end: Option<String>,
    time_zone: Option<String>,
    expires_at: Option<Timestamp>,
    price: Number,
    priority: bool,
    left: i64,
}

impl<'a> SlotsDocument<'a> {
    pub(super) fn new(offered: OfferedSlots, request_id: &'a str) -> Self {
        let zone = offered.zone.as_ref();
        let name = zone.map(|zone| zone.name().to_owned());
        let days = days(offered.slots, zone);
        Self {
            days: days
                .into_iter()
                .map(|day| DayDocument::new(day, name.as_deref()))
                .collect(),
            time_zone: name,
            request_id,
        }
    }
}

impl DayDocument {
    fn new(day: Day, zone: Option<&str>) -> Self {
        Self {
            date: day.date,
            slots: day
                .slots
                .into_iter()
                .map(|slot| SlotDocument::new(slot, zone))
                .collect(),
        }
    }
}

impl SlotDocument {
    fn new(local: LocalSlot, zone: Option<&str>) -> Self {
        let LocalSlot {
            slot,
            local_start,
            local_end,
        } = local;
        Self {
            slot: slot.booking_key,
            starts_at: slot.start,
            ends_at: slot.end,
            local_start,
            local_end,
            time_zone: zone.map(str::to_owned),
            expires_at: slot.expires,
            price: slot.price,
            priority: slot.is_priority,
            left: slot.left,
        }
    }
}
