//! The times that are offered for visits, and the keys that book them.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use serde_json::{Map, Value, json};

use super::behaviour::{Behaviour, Kind};
use crate::junction::{id::Id, moment::Moment, refused::Refused, token::Access};

pub(in crate::junction) const KEY_EXPIRED: Refused = Refused::BadRequest("Invalid or expired booking key");

/// What a booking key stands for.
#[derive(Debug, Clone)]
pub(in crate::junction) struct Offer {
    team: Id,
    pub(in crate::junction) address: Map<String, Value>,
    pub(in crate::junction) start: Moment,
    pub(in crate::junction) end: Moment,
    pub(in crate::junction) zone: Option<String>,
    expires: Option<Moment>,
}

/// The keys that were given out and not used. Junction does not say whether a key can be used again: here it cannot.
#[derive(Debug, Clone, Default)]
pub(in crate::junction) struct Keys(BTreeMap<String, Offer>);

impl Keys {
    /// Spends a key of this team.
    pub(in crate::junction) fn spend(&mut self, key: &str, access: Access, now: Moment) -> Option<Offer> {
        let offer = self.0.get(key)?;
        let is_good = offer.team == access.team && offer.expires.is_none_or(|expires| now < expires);
        is_good.then(|| self.0.remove(key)).flatten()
    }

    /// Slots of an address from a day on, each with a new key. `taken` counts the visits that start then.
    pub(in crate::junction) fn offer(
        &mut self,
        address: &Map<String, Value>,
        from: jiff::civil::Date,
        (access, behaviour, now): (Access, &Behaviour, Moment),
        taken: impl Fn(Moment) -> u32,
    ) -> Value {
        self.0
            .retain(|_, offer| offer.expires.is_none_or(|expires| now < expires) && now < offer.end);
        let zip = address.get("zip_code").and_then(Value::as_str).unwrap_or_default();
        let zone = behaviour.zone(zip);
        let settings = &behaviour.slots;
        let expires = settings.key_life_secs.map(|life| now.plus(life));
        let mut days = Vec::new();
        for ahead in 0..settings.days {
            let day = from.saturating_add(i64::from(ahead).days());
            let mut slots = Vec::new();
            for start in settings.times.iter().filter_map(|time| moment(day, time)) {
                let left = settings.capacity.saturating_sub(taken(start));
                if start <= now || left == 0 {
                    continue;
                }
                let end = start.plus(i64::from(settings.minutes) * 60);
                let key = key();
                slots.push(json!({
                    "booking_key": key,
                    "start": start,
                    "end": end,
                    "expires_at": expires,
                    "price": settings.price,
                    "is_priority": false,
                    "num_appointments_available": left,
                }));
                let offer = Offer {
                    team: access.team,
                    address: address.clone(),
                    start,
                    end,
                    zone: zone.clone(),
                    expires,
                };
                self.0.insert(key, offer);
            }
            days.push(json!({"location": null, "date": day.to_string(), "slots": slots}));
        }
        json!({"slots": days, "timezone": zone})
    }
}

/// Junction documents it for visits at its labs alone.
pub(in crate::junction) fn taken(kind: Kind) -> Refused {
    const TEXT: &str = "The selected slot is no longer available";
    match kind {
        Kind::Sandbox => Refused::BadRequest(TEXT),
        Kind::Production => Refused::NotFound(TEXT),
    }
}

fn moment(day: jiff::civil::Date, time: &str) -> Option<Moment> {
    let (hour, minute) = time.split_once(':')?;
    Moment::at(day, hour.parse().ok()?, minute.parse().ok()?)
}

/// As long as Junction's, which makes an answer with all slots a large one.
fn key() -> String {
    (0..11).map(|_| Id::new().to_string()).collect()
}
