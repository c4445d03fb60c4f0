//! What an event of Junction's is about. Its contents are never used: they say only which order has to be read.

use serde::Deserialize;
use serde_json::Value;

use super::status::countable;
use crate::{junction::JunctionId, reason::Reason};

/// An event, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// The order that it is about. An event about a visit may not say.
    pub order: Option<JunctionId>,
    /// The visit that it is about.
    pub visit: Option<JunctionId>,
    event_type: String,
    teams: Teams,
}

/// What an event reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// An order is new, or changed.
    Order,
    /// A visit is new, or changed.
    Visit,
    /// A result has to be acted upon at once.
    ResultCritical,
    /// Something that is not about orders, or that the gateway does not know.
    Other,
}

/// What an event says of its team, in two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Teams {
    /// Nothing.
    Absent,
    /// The same, or in one of them.
    One(JunctionId),
    /// Two, or no id.
    Unclear,
}

/// What every event has, as far as it is read.
#[derive(Deserialize)]
struct Envelope {
    event_type: String,
    #[serde(default)]
    team_id: Value,
}

/// An event about an order.
#[derive(Deserialize)]
struct About {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    order_id: Value,
    #[serde(default)]
    team_id: Value,
}

/// Reads an event whose signature was checked.
///
/// # Errors
/// [`Reason::BodyNotAnObject`] of what is no event: no JSON object, or one without a type.
pub fn parse(body: &[u8]) -> Result<Notice, Reason> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_body_stays_secret| Reason::BodyNotAnObject)?;
    let kind = NoticeKind::of(&envelope.event_type);
    // Of other events even the form of `data` is not known.
    let data = match kind {
        NoticeKind::Order | NoticeKind::Visit | NoticeKind::ResultCritical => {
            serde_json::from_slice::<About>(body).ok().map(|about| about.data)
        }
        NoticeKind::Other => None,
    };
    let (id, order, team) = data.map_or((Value::Null, Value::Null, Value::Null), |data| {
        (data.id, data.order_id, data.team_id)
    });
    let (order, visit) = match kind {
        NoticeKind::Order => (read(&id), None),
        NoticeKind::Visit => (read(&order), read(&id)),
        NoticeKind::ResultCritical => (read(&order), None),
        NoticeKind::Other => (None, None),
    };
    Ok(Notice {
        kind,
        order,
        visit,
        teams: Teams::of(&envelope.team_id, &team),
        event_type: envelope.event_type,
    })
}

impl Notice {
    /// The event's type, if it can be part of a metric.
    #[must_use]
    pub fn countable_type(&self) -> Option<&str> {
        countable(&self.event_type)
    }

    /// Whether it goes before everything else.
    #[must_use]
    pub const fn is_urgent(&self) -> bool {
        match self.kind {
            NoticeKind::ResultCritical => true,
            NoticeKind::Order | NoticeKind::Visit | NoticeKind::Other => false,
        }
    }

    /// Refuses an event that says it is about another team than this one. It need not say.
    ///
    /// # Errors
    /// [`Reason::WebhookOfOtherTeam`].
    pub fn check_team(&self, team: JunctionId) -> Result<(), Reason> {
        match self.teams {
            Teams::Absent => Ok(()),
            Teams::One(one) if one == team => Ok(()),
            Teams::One(_) | Teams::Unclear => Err(Reason::WebhookOfOtherTeam),
        }
    }
}

impl NoticeKind {
    fn of(event_type: &str) -> Self {
        if event_type == "labtest.result.critical" {
            Self::ResultCritical
        } else if event_type.starts_with("labtest.order.") {
            Self::Order
        } else if event_type.starts_with("labtest.appointment.") {
            Self::Visit
        } else {
            Self::Other
        }
    }
}

impl Teams {
    fn of(outer: &Value, inner: &Value) -> Self {
        match (outer, inner) {
            (Value::Null, Value::Null) => Self::Absent,
            (one, Value::Null) | (Value::Null, one) => read(one).map_or(Self::Unclear, Self::One),
            (outer, inner) => match (read(outer), read(inner)) {
                (Some(outer), Some(inner)) if outer == inner => Self::One(outer),
                (Some(_) | None, _) => Self::Unclear,
            },
        }
    }
}

fn read(id: &Value) -> Option<JunctionId> {
    JunctionId::parse(id.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::junction::tests::id;

    fn read_event(event: &Value) -> Result<Notice, Reason> {
        parse(event.to_string().as_bytes())
    }

    fn event(event_type: &str, data: &Value) -> Value {
        json!({
            "event_type": event_type, "user_id": id(3).to_string(), "client_user_id": "no uuid, Zoé",
            "team_id": id(1).to_string(), "data": data,
        })
    }

    #[test]
    fn an_event_says_which_order_has_to_be_read() {
        let (order, visit) = (id(2).to_string(), id(4).to_string());
        let rows = [
            (
                "labtest.order.created",
                json!({"id": order}),
                NoticeKind::Order,
                Some(id(2)),
                None,
            ),
            (
                "labtest.order.updated",
                json!({"id": order}),
                NoticeKind::Order,
                Some(id(2)),
                None,
            ),
            (
                "labtest.appointment.updated",
                json!({"id": visit, "order_id": order}),
                NoticeKind::Visit,
                Some(id(2)),
                Some(id(4)),
            ),
            (
                "labtest.appointment.created",
                json!({"id": visit}),
                NoticeKind::Visit,
                None,
                Some(id(4)),
            ),
            (
                "labtest.result.critical",
                json!({"order_id": order}),
                NoticeKind::ResultCritical,
                Some(id(2)),
                None,
            ),
            (
                "labtest.order_tracking.updated",
                json!({"id": order}),
                NoticeKind::Other,
                None,
                None,
            ),
            (
                "checkout.session.completed",
                json!([1, 2]),
                NoticeKind::Other,
                None,
                None,
            ),
            ("daily.data.sleep.created", Value::Null, NoticeKind::Other, None, None),
            ("labtest.order.updated", json!({"id": 7}), NoticeKind::Order, None, None),
            ("labtest.order.updated", json!("id"), NoticeKind::Order, None, None),
        ];
        for (event_type, data, kind, order, visit) in rows {
            let notice = read_event(&event(event_type, &data)).unwrap();
            assert_eq!(
                (notice.kind, notice.order, notice.visit),
                (kind, order, visit),
                "{event_type} {data}"
            );
            assert_eq!(notice.is_urgent(), kind == NoticeKind::ResultCritical, "{event_type}");
            assert_eq!(notice.countable_type(), Some(event_type));
            assert_eq!(notice.check_team(id(1)), Ok(()), "{event_type}");
        }
    }

    #[test]
    fn an_event_of_another_team_is_refused_wherever_it_says_so() {
        let (own, other) = (json!(id(1).to_string()), json!(id(9).to_string()));
        let rows = [
            (own.clone(), Value::Null, true, "its own, outside"),
            (Value::Null, own.clone(), true, "its own, inside"),
            (own.clone(), own.clone(), true, "its own, twice"),
            (Value::Null, Value::Null, true, "none"),
            (other.clone(), Value::Null, false, "another, outside"),
            (Value::Null, other.clone(), false, "another, inside"),
            (own, other, false, "two"),
            (json!(7), Value::Null, false, "no id"),
            (json!(""), Value::Null, false, "an empty text"),
        ];
        for (outer, inner, expected, reason) in rows {
            let mut event = event(
                "labtest.order.updated",
                &json!({"id": id(2).to_string(), "team_id": inner}),
            );
            event["team_id"] = outer;
            let notice = read_event(&event).unwrap();
            assert_eq!(notice.check_team(id(1)).is_ok(), expected, "{reason}");
        }
    }

    #[test]
    fn a_type_that_is_no_word_is_not_counted_by_name() {
        let notice = read_event(&json!({"event_type": "Zoé Roy"})).unwrap();
        assert_eq!((notice.kind, notice.countable_type()), (NoticeKind::Other, None));
        for body in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"event_type":7}"#,
            r#"{"event_type":"a","event_type":"b"}"#,
        ] {
            assert_eq!(parse(body.as_bytes()), Err(Reason::BodyNotAnObject), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in any::<Vec<u8>>(), text in any::<String>()) {
            let _either_way = parse(&bytes).is_ok();
            let notice = read_event(&event(&format!("labtest.order.{text}"), &json!({"id": text})));
            prop_assert!(notice.is_ok_and(|notice| notice.kind == NoticeKind::Order));
        }

        #[test]
        fn a_body_that_is_cut_short_is_no_event(cut in 1_usize..200) {
            let whole = event("labtest.order.updated", &json!({"id": id(2).to_string()})).to_string();
            let cut = whole.len().saturating_sub(cut);
            prop_assert_eq!(parse(&whole.as_bytes()[..cut]), Err(Reason::BodyNotAnObject));
        }
    }
}
