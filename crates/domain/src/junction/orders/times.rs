//! Times as the patient reads them: in the zone that Junction names, at the offset of that very time. A zone is never
//! guessed, since a wrong local time is a missed visit.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};

use super::seen::SeenSlot;
use crate::junction::Environment;

/// The most bytes of a zone's name: the longest has 32.
const MAX_NAME: usize = 64;

/// What Junction's sandbox names for places of any zone.
const OF_SANDBOX: &str = "America/New_York";

/// The database that is part of this program.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The time zone where a patient is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientZone {
    name: String,
    zone: TimeZone,
}

/// The times of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The day where the patient is; without a zone, in UTC.
    pub date: Date,
    /// Its times, in order.
    pub slots: Vec<LocalSlot>,
}

/// A time, as the patient reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalSlot {
    /// The time itself.
    pub slot: SeenSlot,
    /// When it starts where the patient is, such as `2026-11-01T01:30:00-05:00`.
    pub local_start: Option<String>,
    /// When it ends there.
    pub local_end: Option<String>,
}

impl PatientZone {
    /// The zone of this name. None without a name, for UTC and other zones that are no place, for what the database does not
    /// have, and for the one that the sandbox names everywhere.
    #[must_use]
    pub fn read(name: Option<&str>, environment: Environment) -> Option<Self> {
        let name = name.filter(|name| name.len() <= MAX_NAME && name.is_ascii())?;
        let zone = ZONES.get(name).ok()?;
        let name = zone.iana_name()?.to_owned();
        let is_place = name.contains('/') && !name.starts_with("Etc/");
        let is_believed = match environment {
            Environment::Production => true,
            Environment::Sandbox => name != OF_SANDBOX,
        };
        (is_place && is_believed).then_some(Self { name, zone })
    }

    /// Its name in the IANA database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The local time, with the offset that applies then: two times an hour apart stay different when clocks go back.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    }

    /// The local day.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }
}

/// Puts times into the days on which they are where the patient is. Junction's own days are not documented to be that.
#[must_use]
pub fn days(slots: Vec<SeenSlot>, zone: Option<&PatientZone>) -> Vec<Day> {
    let mut days: BTreeMap<Date, Vec<LocalSlot>> = BTreeMap::new();
    for slot in slots {
        let date = zone.map_or_else(
            || TimeZone::UTC.to_datetime(slot.start).date(),
            |zone| zone.day(slot.start),
        );
        days.entry(date).or_default().push(LocalSlot {
            local_start: zone.map(|zone| zone.local(slot.start)),
            local_end: zone.map(|zone| zone.local(slot.end)),
            slot,
        });
    }
    let days = days.into_iter();
    days.map(|(date, mut slots)| {
        slots.sort_by_key(|one| (one.slot.start, one.slot.end));
        Day { date, slots }
    })
    .collect()
}

/// Reads a time of Junction's. One without an offset is UTC.
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    let naive = || {
        let time: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(time).ok()
    };
    text.parse().ok().or_else(naive)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> PatientZone {
        PatientZone::read(Some(name), Environment::Production).unwrap()
    }

    fn slot(start: &str) -> SeenSlot {
        let start: Timestamp = start.parse().unwrap();
        SeenSlot {
            booking_key: Some("key".to_owned()),
            start,
            end: start + jiff::SignedDuration::from_hours(2),
            expires: None,
            price: 0.into(),
            is_priority: false,
            left: 1,
        }
    }

    #[test]
    fn a_local_time_has_the_offset_of_that_time() {
        let rows = [
            (
                "America/Chicago",
                "2026-11-01T06:30:00Z",
                "2026-11-01T01:30:00-05:00",
                "before clocks go back",
            ),
            (
                "America/Chicago",
                "2026-11-01T07:30:00Z",
                "2026-11-01T01:30:00-06:00",
                "an hour later",
            ),
            (
                "America/Chicago",
                "2027-03-14T08:00:00Z",
                "2027-03-14T03:00:00-05:00",
                "clocks go forward",
            ),
            (
                "America/Chicago",
                "2027-03-14T07:59:59Z",
                "2027-03-14T01:59:59-06:00",
                "a second before",
            ),
            (
                "America/Phoenix",
                "2026-11-27T02:00:00Z",
                "2026-11-26T19:00:00-07:00",
                "another day than UTC's",
            ),
            (
                "America/Phoenix",
                "2026-07-01T17:00:00Z",
                "2026-07-01T10:00:00-07:00",
                "July, with no summer time",
            ),
            (
                "America/Phoenix",
                "2026-12-01T17:00:00Z",
                "2026-12-01T10:00:00-07:00",
                "December, the same",
            ),
        ];
        for (name, at, expected, reason) in rows {
            assert_eq!(zone(name).local(at.parse().unwrap()), expected, "{reason}");
        }
    }

    #[test]
    fn a_zone_is_a_place_that_junction_names_or_none() {
        use Environment::{Production, Sandbox};
        let rows = [
            (Some("America/Phoenix"), Production, true, "a place"),
            (Some("America/Phoenix"), Sandbox, true, "a place in the sandbox"),
            (
                Some("America/New_York"),
                Production,
                true,
                "New York, where it is meant",
            ),
            (
                Some("America/New_York"),
                Sandbox,
                false,
                "New York, where it is said of every place",
            ),
            (
                Some("America/Indiana/Indianapolis"),
                Production,
                true,
                "a place with two slashes",
            ),
            (None, Production, false, "none"),
            (Some("UTC"), Production, false, "no place"),
            (Some("Etc/UTC"), Production, false, "the same by another name"),
            (Some("Etc/GMT+7"), Production, false, "an offset"),
            (Some("EST"), Production, false, "an offset by an old name"),
            (
                Some("America/Springfield"),
                Production,
                false,
                "a place that the database has not",
            ),
            (Some(""), Production, false, "an empty name"),
            (Some("../../etc/localtime"), Production, false, "a path"),
            (Some("America/Phœnix"), Production, false, "no ASCII"),
        ];
        for (name, environment, expected, reason) in rows {
            assert_eq!(PatientZone::read(name, environment).is_some(), expected, "{reason}");
        }
    }

    #[test]
    fn times_are_put_into_the_days_of_the_patient() {
        let starts = ["2026-11-27T17:00:00Z", "2026-11-27T02:00:00Z", "2026-11-26T16:00:00Z"];
        let seen = || starts.iter().map(|start| slot(start)).collect::<Vec<_>>();
        let phoenix = zone("America/Phoenix");
        let local = days(seen(), Some(&phoenix));
        let dates: Vec<_> = local
            .iter()
            .map(|day| (day.date.to_string(), day.slots.len()))
            .collect();
        assert_eq!(dates, [("2026-11-26".to_owned(), 2), ("2026-11-27".to_owned(), 1)]);
        let evening = &local[0].slots[1];
        assert_eq!(evening.local_start.as_deref(), Some("2026-11-26T19:00:00-07:00"));
        assert_eq!(evening.local_end.as_deref(), Some("2026-11-26T21:00:00-07:00"));

        let unplaced = days(seen(), None);
        let dates: Vec<_> = unplaced
            .iter()
            .map(|day| (day.date.to_string(), day.slots.len()))
            .collect();
        assert_eq!(dates, [("2026-11-26".to_owned(), 1), ("2026-11-27".to_owned(), 2)]);
        let all = unplaced.iter().flat_map(|day| &day.slots);
        assert!(
            all.clone()
                .all(|one| one.local_start.is_none() && one.local_end.is_none())
        );
        assert_eq!(all.count(), 3);
    }

    #[test]
    fn a_time_without_an_offset_is_utc() {
        let rows = [
            ("2022-01-01T00:00:00", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01T00:00:00.250000", Some("2022-01-01T00:00:00.25Z")),
            ("2022-01-01T00:00:00+00:00", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01T00:00:00-05:00", Some("2022-01-01T05:00:00Z")),
            ("2022-01-01T00:00:00Z", Some("2022-01-01T00:00:00Z")),
            ("2022-01-01 00:00:00", Some("2022-01-01T00:00:00Z")),
            ("2022-13-01T00:00:00", None),
            ("soon", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(instant(text), expected.map(|time| time.parse().unwrap()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_name_and_any_time_are_read_without_a_panic(name in any::<String>(), seconds in any::<i32>()) {
            let at = Timestamp::from_second(i64::from(seconds)).unwrap();
            if let Some(zone) = PatientZone::read(Some(&name), Environment::Production) {
                prop_assert_eq!(zone.local(at).parse::<Timestamp>().unwrap(), at);
            }
            let _either_way = instant(&name);
        }

        #[test]
        fn a_local_time_is_the_same_instant(seconds in 0_i64..4_000_000_000) {
            let at = Timestamp::from_second(seconds).unwrap();
            for name in ["America/Chicago", "America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico"] {
                prop_assert_eq!(zone(name).local(at).parse::<Timestamp>().unwrap(), at, "{}", name);
            }
        }
    }
}
