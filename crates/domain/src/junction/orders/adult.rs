//! Whether a patient is an adult on the day of a visit. Phlebotomists visit no minors, whatever guardian is named.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

use super::times::PatientZone;
use crate::reason::Reason;

/// From this birthday on.
const AGE: i16 = 18;

/// How far behind UTC the day is that begins last on earth, in hours.
const LAST_DAY_BEGINS: i8 = -12;

/// Refuses a patient who was born then, if they are a minor on that day.
///
/// # Errors
/// [`Reason::PatientUnder18`].
pub fn check(born: Date, day: Date) -> Result<(), Reason> {
    let is_adult = birthday(born).is_some_and(|birthday| birthday <= day);
    if is_adult { Ok(()) } else { Err(Reason::PatientUnder18) }
}

/// The day on which a patient becomes an adult. Born on 29 February, that is 1 March.
fn birthday(born: Date) -> Option<Date> {
    let year = born.year().checked_add(AGE)?;
    let same_day = Date::new(year, born.month(), born.day()).ok();
    same_day.or_else(|| Date::new(year, 3, 1).ok())
}

/// The day on which a patient has to be an adult: the visit's, where the patient is.
#[must_use]
pub fn day_of_visit(start: Timestamp, zone: Option<&PatientZone>) -> Date {
    zone.map_or_else(|| latest_day(start), |zone| zone.day(start))
}

/// The same where the visit, or the patient's time zone, is not known: the day where it begins last, so that no zone makes
/// the patient an adult too early.
#[must_use]
pub fn latest_day(now: Timestamp) -> Date {
    TimeZone::fixed(Offset::constant(LAST_DAY_BEGINS))
        .to_datetime(now)
        .date()
}

/// The date at the start of Junction's text of a date of birth, which may go on with a time that means nothing.
#[must_use]
pub fn date_of_birth(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::junction::Environment;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_patient_is_an_adult_on_the_day_of_the_visit_where_they_live() {
        let phoenix = PatientZone::read(Some("America/Phoenix"), Environment::Production);
        let rows = [
            ("2008-11-27", "2026-11-27T02:00:00Z", false, "still the 26th in Phoenix"),
            ("2008-11-27", "2026-11-27T15:00:00Z", true, "the 27th in Phoenix"),
            (
                "2008-02-29",
                "2026-02-28T20:00:00Z",
                false,
                "a leap day, on 28 February",
            ),
            ("2008-02-29", "2026-03-01T20:00:00Z", true, "a leap day, on 1 March"),
            ("2012-01-01", "2026-11-27T15:00:00Z", false, "a child"),
            ("1930-06-15", "2026-11-27T15:00:00Z", true, "an old patient"),
            ("2030-01-01", "2026-11-27T15:00:00Z", false, "not born yet"),
        ];
        for (born, start, expected, reason) in rows {
            let born = date_of_birth(&format!("{born}T00:00:00+00:00")).unwrap();
            let day = day_of_visit(at(start), phoenix.as_ref());
            assert_eq!(check(born, day).is_ok(), expected, "{reason}");
        }
    }

    #[test]
    fn without_a_zone_the_day_is_the_one_that_begins_last() {
        let born = date_of_birth("2008-11-27").unwrap();
        let rows = [
            ("2026-11-27T11:59:59Z", false, "a second before it begins everywhere"),
            ("2026-11-27T12:00:00Z", true, "it has begun everywhere"),
        ];
        for (now, expected, reason) in rows {
            assert_eq!(check(born, latest_day(at(now))).is_ok(), expected, "{reason}");
            assert_eq!(check(born, day_of_visit(at(now), None)).is_ok(), expected, "{reason}");
        }
    }

    #[test]
    fn a_date_of_birth_is_never_converted_between_zones() {
        let rows = [
            ("2008-11-27T00:00:00+00:00", Some("2008-11-27")),
            ("2008-11-27T23:30:00-07:00", Some("2008-11-27")),
            ("2008-11-27", Some("2008-11-27")),
            ("2008-02-30T00:00:00", None),
            ("2008-11-2é", None),
            ("27/11/2008", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(
                date_of_birth(text),
                expected.map(|date| date.parse().unwrap()),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_date_of_birth_is_judged_without_a_panic(text in any::<String>(), seconds in any::<i32>()) {
            let day = latest_day(Timestamp::from_second(i64::from(seconds)).unwrap());
            if let Some(born) = date_of_birth(&text) {
                let _either_way = check(born, day).is_ok();
            }
            prop_assert!(check(Date::MAX, day).is_err());
            prop_assert!(check(Date::MIN, day).is_ok());
        }
    }
}
