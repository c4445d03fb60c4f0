//! What a slot that was given out holds: enough to book it, and to refuse it for another order, patient or address. It
//! leaves the gateway only sealed.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{junction::JunctionId, reason::Reason};

/// The layout of [`Slot::to_bytes`]; a slot of another layout is none.
const LAYOUT: u8 = 1;

/// A time that one patient can be visited at. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Slot {
    /// What books it at Junction.
    pub booking_key: String,
    /// For whom and where it was looked for.
    pub scope: Scope,
    /// When the phlebotomist comes at the earliest.
    pub start: Timestamp,
    /// When the phlebotomist comes at the latest.
    pub end: Timestamp,
    /// Until when it can be booked, if Junction says.
    pub expires: Option<Timestamp>,
    /// The name of the patient's time zone, as Junction sent it.
    pub zone: Option<String>,
}

/// For whom and where a slot was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The team.
    pub team: JunctionId,
    /// The order.
    pub order: JunctionId,
    /// The patient.
    pub user: JunctionId,
    /// A digest of the address's place.
    pub address: [u8; 32],
}

/// A slot as it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    layout: u8,
    key: String,
    team: String,
    order: String,
    user: String,
    address: String,
    start: Timestamped,
    end: Timestamped,
    expires: Option<Timestamped>,
    zone: Option<String>,
}

/// Nanoseconds since 1970, as text: JSON's numbers are read as doubles by some.
#[derive(Serialize, Deserialize)]
struct Timestamped(String);

impl Slot {
    /// Refuses a slot that was looked for for another order, patient, team or address; else one whose time to be booked has
    /// passed. One that does not say until when is not refused for that.
    ///
    /// # Errors
    /// [`Reason::SlotOfOther`], [`Reason::SlotPast`].
    pub fn check(&self, scope: &Scope, now: Timestamp) -> Result<(), Reason> {
        if self.scope != *scope {
            Err(Reason::SlotOfOther)
        } else if self.expires.is_some_and(|expires| expires <= now) {
            Err(Reason::SlotPast)
        } else {
            Ok(())
        }
    }

    /// What is sealed.
    ///
    /// # Errors
    /// [`Reason::Defect`], which no slot causes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Reason> {
        let Scope {
            team,
            order,
            user,
            address,
        } = self.scope;
        let sealed = Sealed {
            layout: LAYOUT,
            key: self.booking_key.clone(),
            team: team.to_string(),
            order: order.to_string(),
            user: user.to_string(),
            address: hex::encode(address),
            start: self.start.into(),
            end: self.end.into(),
            expires: self.expires.map(Timestamped::from),
            zone: self.zone.clone(),
        };
        serde_json::to_vec(&sealed).map_err(|_never| Reason::Defect)
    }

    /// Reads what was sealed.
    ///
    /// # Errors
    /// [`Reason::SlotNotOurs`] of anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Reason> {
        let sealed: Sealed = serde_json::from_slice(bytes).map_err(|_bytes_stay_secret| Reason::SlotNotOurs)?;
        sealed.opened().ok_or(Reason::SlotNotOurs)
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Slot(…)")
    }
}

impl Sealed {
    fn opened(self) -> Option<Slot> {
        let mut address = [0; 32];
        hex::decode_to_slice(&self.address, &mut address).ok()?;
        let id = |text: &str| JunctionId::parse(text).ok();
        let expires = match self.expires {
            Some(expires) => Some(expires.read()?),
            None => None,
        };
        (self.layout == LAYOUT).then_some(Slot {
            booking_key: self.key,
            scope: Scope {
                team: id(&self.team)?,
                order: id(&self.order)?,
                user: id(&self.user)?,
                address,
            },
            start: self.start.read()?,
            end: self.end.read()?,
            expires,
            zone: self.zone,
        })
    }
}

impl From<Timestamp> for Timestamped {
    fn from(at: Timestamp) -> Self {
        Self(at.as_nanosecond().to_string())
    }
}

impl Timestamped {
    fn read(&self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(self.0.parse().ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::junction::tests::id;

    fn scope() -> Scope {
        Scope {
            team: id(1),
            order: id(2),
            user: id(3),
            address: [4; 32],
        }
    }

    fn slot() -> Slot {
        Slot {
            booking_key: "key/with+everything=".to_owned(),
            scope: scope(),
            start: "2026-11-27T15:00:00Z".parse().unwrap(),
            end: "2026-11-27T17:00:00Z".parse().unwrap(),
            expires: Some("2026-11-26T15:00:00.5Z".parse().unwrap()),
            zone: Some("America/Phoenix".to_owned()),
        }
    }

    #[test]
    fn a_slot_is_good_for_what_it_was_looked_for_and_for_its_time() {
        let early = "2026-11-26T15:00:00.4Z";
        let late = "2026-11-26T15:00:01.5Z";
        let other = |change: fn(&mut Scope)| {
            let mut scope = scope();
            change(&mut scope);
            scope
        };
        let rows = [
            (scope(), early, Ok(()), "its own, in time"),
            (
                scope(),
                "2026-11-26T15:00:00.5Z",
                Err(Reason::SlotPast),
                "at the instant that it expires",
            ),
            (scope(), late, Err(Reason::SlotPast), "a second after it has expired"),
            (
                other(|scope| scope.order = id(9)),
                early,
                Err(Reason::SlotOfOther),
                "another order",
            ),
            (
                other(|scope| scope.team = id(9)),
                early,
                Err(Reason::SlotOfOther),
                "another team",
            ),
            (
                other(|scope| scope.user = id(9)),
                early,
                Err(Reason::SlotOfOther),
                "another patient",
            ),
            (
                other(|scope| scope.address = [9; 32]),
                early,
                Err(Reason::SlotOfOther),
                "another address",
            ),
            (
                other(|scope| scope.order = id(9)),
                late,
                Err(Reason::SlotOfOther),
                "another order, and expired",
            ),
        ];
        for (scope, now, expected, reason) in rows {
            assert_eq!(slot().check(&scope, now.parse().unwrap()), expected, "{reason}");
        }
        let endless = Slot {
            expires: None,
            ..slot()
        };
        assert_eq!(endless.check(&scope(), Timestamp::MAX), Ok(()), "no time to expire");
    }

    #[test]
    fn another_layout_is_no_slot() {
        let bytes = slot().to_bytes().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for (from, to) in [
            ("\"layout\":1", "\"layout\":2"),
            ("\"zone\"", "\"place\""),
            ("\"start\":\"1", "\"start\":\"x"),
            ("0404", "04"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            assert_eq!(Slot::from_bytes(changed.as_bytes()), Err(Reason::SlotNotOurs), "{from}");
        }
    }

    #[test]
    fn nothing_of_a_slot_is_shown() {
        assert_eq!(format!("{:?}", slot()), "Slot(…)");
    }

    proptest! {
        #[test]
        fn what_was_sealed_is_read_again(
            booking_key in any::<String>(),
            zone in any::<Option<String>>(),
            address in any::<[u8; 32]>(),
            seconds in any::<i32>(),
            expires in any::<Option<i32>>(),
        ) {
            let at = |seconds| Timestamp::from_second(i64::from(seconds)).unwrap();
            let slot = Slot {
                booking_key,
                scope: Scope { address, ..scope() },
                start: at(seconds),
                end: at(seconds),
                expires: expires.map(at),
                zone,
            };
            prop_assert_eq!(Slot::from_bytes(&slot.to_bytes().unwrap()), Ok(slot));
        }

        #[test]
        fn any_bytes_are_refused_without_a_panic(bytes in any::<Vec<u8>>()) {
            prop_assert_eq!(Slot::from_bytes(&bytes), Err(Reason::SlotNotOurs));
        }
    }
}
