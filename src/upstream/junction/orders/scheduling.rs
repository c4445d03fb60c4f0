//! The calls about visits. Those that book, move or cancel have no key at Junction that would make them safe to repeat.

use domain::junction::{
    JunctionCall, JunctionId,
    orders::{
        address::VisitAddress,
        seen::{CancellationReason, Coverage, SeenSlots, SeenVisit},
    },
};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{coverage, slots, visit};
use crate::upstream::junction::call::{Call, Safety};

impl Call<Coverage> {
    /// Whether phlebotomists come to a ZIP code, of which Junction takes only the first five digits.
    #[must_use]
    pub fn area_info(zip: &str, lab: Option<&str>) -> Self {
        let lab = lab.map(|lab| ("labs", lab.to_owned()));
        let call = Self::new(JunctionCall::GetAreaInfo, coverage::coverage).large();
        call.asking([("zip_code", zip.to_owned())]).asking(lab)
    }
}

impl Call<SeenSlots> {
    /// When a phlebotomist could come there, within 14 days from this one, or from today.
    #[must_use]
    pub fn availability(address: &VisitAddress, from: Option<Date>) -> Self {
        let call = Self::new(JunctionCall::GetAvailability, slots::slots).large();
        let from = from.map(|date| ("start_date", date.to_string()));
        call.asking(from).with(&address.of_visit())
    }
}

impl Call<SeenVisit> {
    /// Books the time of this key. Junction waits for the provider.
    #[must_use]
    pub fn book_visit(order: JunctionId, key: &str, notes: Option<&str>) -> Self {
        Self::of_order(JunctionCall::BookVisit, order, &booking(key, notes))
    }

    /// Requests a visit, without a time.
    #[must_use]
    pub fn request_visit(order: JunctionId, address: &VisitAddress, provider: &str, notes: Option<&str>) -> Self {
        let body = json!({"address": address.of_visit(), "provider": provider, "appointment_notes": notes});
        Self::of_order(JunctionCall::RequestVisit, order, &body)
    }

    /// Moves the visit to the time of this key.
    #[must_use]
    pub fn reschedule_visit(order: JunctionId, key: &str, notes: Option<&str>) -> Self {
        Self::of_order(JunctionCall::RescheduleVisit, order, &booking(key, notes))
    }

    /// Cancels the visit for one of Junction's reasons.
    #[must_use]
    pub fn cancel_visit(order: JunctionId, reason: JunctionId, notes: Option<&str>) -> Self {
        let body = json!({"cancellation_reason_id": reason.to_string(), "notes": notes});
        Self::of_order(JunctionCall::CancelVisit, order, &body)
    }

    fn of_order(name: JunctionCall, order: JunctionId, body: &Value) -> Self {
        let call = Self::about(name, visit::changed, &order.to_string());
        call.with(body).being(Safety::Reconcile).large()
    }
}

impl Call<Option<SeenVisit>> {
    /// An order's visit; none if it has none.
    #[must_use]
    pub fn get_visit(order: JunctionId) -> Self {
        Self::about(JunctionCall::GetVisit, visit::found, &order.to_string()).large()
    }
}

impl Call<Vec<CancellationReason>> {
    /// Why a visit may be cancelled.
    #[must_use]
    pub fn cancellation_reasons() -> Self {
        Self::new(JunctionCall::ListCancellationReasons, visit::reasons)
    }
}

fn booking(key: &str, notes: Option<&str>) -> Value {
    json!({"booking_key": key, "appointment_notes": notes})
}

#[cfg(test)]
mod tests {
    use domain::junction::{Environment, orders::seen::SeenAddress};

    use super::*;
    use crate::upstream::junction::samples::{ORDER, OTHER, id, sent};

    fn address() -> VisitAddress {
        let seen = SeenAddress {
            first_line: "1 Main St".to_owned(),
            second_line: Some("Apt 4".to_owned()),
            city: "Phoenix".to_owned(),
            state: "AZ".to_owned(),
            zip: "85004-1234".to_owned(),
            country: Some("US".to_owned()),
            access_notes: Some("ring twice".to_owned()),
        };
        VisitAddress::of(&seen, Environment::Production).unwrap()
    }

    #[test]
    fn visits_are_asked_for_as_junction_documents_it() {
        let us_address = json!({"first_line": "1 Main St", "second_line": "Apt 4", "city": "Phoenix", "state": "AZ",
            "zip_code": "85004-1234", "access_notes": "ring twice"});
        let (order, start) = (id(ORDER), Some("2026-11-27".parse().unwrap()));
        let appointment = format!("/v3/order/{ORDER}/phlebotomy/appointment");
        let all = "/v3/order/phlebotomy/appointment";
        let booking = json!({"booking_key": "k", "appointment_notes": "n"});
        let rows = [
            (
                sent(&Call::area_info("85004", Some("quest"))),
                "GET /v3/order/area/info?zip_code=85004&labs=quest".to_owned(),
                Value::Null,
            ),
            (
                sent(&Call::area_info("02134", None)),
                "GET /v3/order/area/info?zip_code=02134".to_owned(),
                Value::Null,
            ),
            (
                sent(&Call::availability(&address(), start)),
                format!("POST {all}/availability?start_date=2026-11-27"),
                us_address.clone(),
            ),
            (
                sent(&Call::availability(&address(), None)),
                format!("POST {all}/availability"),
                us_address.clone(),
            ),
            (
                sent(&Call::book_visit(order, "k", Some("n"))),
                format!("POST {appointment}/book"),
                booking.clone(),
            ),
            (
                sent(&Call::request_visit(order, &address(), "phlebfinders", None)),
                format!("POST {appointment}/request"),
                json!({"address": us_address, "provider": "phlebfinders", "appointment_notes": null}),
            ),
            (
                sent(&Call::reschedule_visit(order, "k", Some("n"))),
                format!("PATCH {appointment}/reschedule"),
                booking,
            ),
            (
                sent(&Call::cancel_visit(order, id(OTHER), None)),
                format!("PATCH {appointment}/cancel"),
                json!({"cancellation_reason_id": OTHER, "notes": null}),
            ),
            (sent(&Call::get_visit(order)), format!("GET {appointment}"), Value::Null),
            (
                sent(&Call::cancellation_reasons()),
                format!("GET {all}/cancellation-reasons"),
                Value::Null,
            ),
        ];
        for (sent, target, body) in rows {
            assert_eq!((&sent.target, sent.body), (&target, body));
            assert!(sent.headers.is_empty(), "{target}");
        }
    }

    #[test]
    fn what_changes_a_visit_is_never_repeated_blindly() {
        let order = id(ORDER);
        for call in [
            Call::book_visit(order, "k", None),
            Call::request_visit(order, &address(), "phlebfinders", None),
            Call::reschedule_visit(order, "k", None),
            Call::cancel_visit(order, order, None),
        ] {
            assert_eq!(call.safety, Safety::Reconcile, "{}", call.name.as_str());
        }
        assert_eq!(Call::get_visit(order).safety, Safety::Safe);
        assert_eq!(Call::availability(&address(), None).safety, Safety::Safe);
    }
}
