//! The calls about orders, results and what can be ordered.

use domain::junction::{
    JunctionCall, JunctionId,
    orders::{
        parse::Simulation,
        results::{SeenResults, SeenResultsMetadata},
        seen::{LabTest, Marker, SeenOrder},
    },
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{catalogue, order, page::Page, results};
use crate::upstream::junction::{
    answer::done,
    call::{Call, Safety},
    pdf::Pdf,
};

/// The method that everything here is about.
const AT_HOME: &str = "at_home_phlebotomy";

impl Call<SeenOrder> {
    /// Creates an order: the body as Junction takes it, and the key under which a repetition is the same order.
    #[must_use]
    pub fn create_order(body: &Value, key: &str) -> Self {
        let call = Self::new(JunctionCall::CreateOrder, order::changed);
        call.with(body).keyed(key).large()
    }

    /// Cancels an order, and with it the visit.
    #[must_use]
    pub fn cancel_order(id: JunctionId) -> Self {
        let call = Self::about(JunctionCall::CancelOrder, order::changed, &id.to_string());
        call.being(Safety::Reconcile).large()
    }
}

impl Call<Option<SeenOrder>> {
    /// An order with all that is read of it; none if there is none.
    #[must_use]
    pub fn get_order_whole(id: JunctionId) -> Self {
        Self::about(JunctionCall::GetOrder, order::found, &id.to_string()).large()
    }
}

impl Call<Page<SeenOrder>> {
    /// A patient's orders for visits at home that have one of these statuses (the last parts alone, such as `ordered`), or
    /// all. Pages begin at 1.
    #[must_use]
    pub fn orders_of(user: JunctionId, statuses: &[&str], page: u64) -> Self {
        let statuses = statuses.iter().map(|status| ("status", (*status).to_owned()));
        Self::orders(page)
            .asking([("user_id", user.to_string())])
            .asking(statuses)
    }

    /// The team's orders for visits at home that changed since then, the oldest first. Pages begin at 1.
    #[must_use]
    pub fn orders_since(since: Timestamp, page: u64) -> Self {
        Self::orders(page).asking([
            ("updated_start_date", since.to_string()),
            ("order_key", "created_at".to_owned()),
            ("order_direction", "asc".to_owned()),
        ])
    }

    fn orders(page: u64) -> Self {
        let call = Self::new(JunctionCall::ListOrders, order::listed).large();
        call.asking([
            ("order_type", AT_HOME.to_owned()),
            ("page", page.to_string()),
            ("size", order::AT_ONCE.to_string()),
        ])
    }
}

impl Call<SeenResults> {
    /// An order's results. A 404 is an order without any yet, or no order.
    #[must_use]
    pub fn results(order: JunctionId) -> Self {
        Self::about(JunctionCall::GetResults, results::read, &order.to_string()).large()
    }
}

impl Call<SeenResultsMetadata> {
    /// What is said of an order's results as a whole. A 404 is an order without any yet, or no order.
    #[must_use]
    pub fn results_metadata(order: JunctionId) -> Self {
        Self::about(
            JunctionCall::GetResultsMetadata,
            results::read_metadata,
            &order.to_string(),
        )
    }
}

impl Call<Pdf> {
    /// An order's results as the laboratory prints them.
    #[must_use]
    pub fn results_pdf(order: JunctionId) -> Self {
        Self::about(JunctionCall::GetResultsPdf, Pdf::never_whole, &order.to_string())
    }

    /// What the laboratory is sent with the sample.
    #[must_use]
    pub fn requisition_pdf(order: JunctionId) -> Self {
        Self::about(JunctionCall::GetRequisitionPdf, Pdf::never_whole, &order.to_string())
    }
}

impl Call<Page<LabTest>> {
    /// Tests that can be ordered for a visit at home: the first of them, or those after a page.
    #[must_use]
    pub fn lab_tests(cursor: Option<&str>) -> Self {
        let call = Self::new(JunctionCall::ListLabTests, catalogue::lab_tests).large();
        let cursor = cursor.map(|cursor| ("next_cursor", cursor.to_owned()));
        let asked = [
            ("collection_method", AT_HOME.to_owned()),
            ("status", "active".to_owned()),
            ("lab_test_limit", catalogue::TESTS_AT_ONCE.to_string()),
        ];
        call.asking(asked).asking(cursor)
    }
}

impl Call<Page<Marker>> {
    /// What a test measures, and which questions ordering it asks. Pages begin at 1.
    #[must_use]
    pub fn lab_test_markers(test: JunctionId, page: u64) -> Self {
        let call = Self::about(JunctionCall::ListLabTestMarkers, catalogue::markers, &test.to_string());
        let asked = [
            ("page", page.to_string()),
            ("size", catalogue::MARKERS_AT_ONCE.to_string()),
        ];
        call.large().asking(asked)
    }
}

impl Call<()> {
    /// Takes an order of the sandbox on.
    #[must_use]
    pub fn simulate(order: JunctionId, simulation: &Simulation) -> Self {
        let status = simulation.final_status.as_ref();
        let status = status.map(|status| ("final_status", status.clone()));
        let delay = simulation.delay_secs.map(|delay| ("delay", delay.to_string()));
        let call = Self::about(JunctionCall::SimulateOrder, done, &order.to_string());
        let call = call.asking(status).asking(delay).being(Safety::Reconcile);
        match simulation.flags() {
            None => call,
            Some(flags) => call.with(&flags),
        }
    }

    /// Asks for the events of this time to be sent again: at most 60 days.
    #[must_use]
    pub fn resend_events(from: Timestamp, to: Timestamp) -> Self {
        let body = json!({"start_at": from.to_string(), "end_at": to.to_string()});
        Self::new(JunctionCall::ResendEvents, done).with(&body).large()
    }
}

#[cfg(test)]
mod tests {
    use domain::{junction::orders::parse, native_body::Native};

    use super::*;
    use crate::upstream::junction::samples::{ORDER, OTHER, id, sent};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn simulation(body: &str) -> Simulation {
        let request = Native {
            body: body.as_bytes(),
            ..Native::default()
        };
        parse::simulate(request).unwrap()
    }

    #[test]
    fn orders_are_asked_about_as_junction_documents_it() {
        let types = "order_type=at_home_phlebotomy&page=2&size=25";
        let body = json!({"user_id": "u"});
        let statuses = ["ordered", "appointment_pending"];
        let since = at("2026-11-26T10:00:00Z");
        let rows = [
            (
                sent(&Call::create_order(&body, "key")),
                "POST /v3/order".to_owned(),
                body,
            ),
            (
                sent(&Call::cancel_order(id(ORDER))),
                format!("POST /v3/order/{ORDER}/cancel"),
                Value::Null,
            ),
            (
                sent(&Call::get_order_whole(id(ORDER))),
                format!("GET /v3/order/{ORDER}"),
                Value::Null,
            ),
            (
                sent(&Call::orders_of(id(OTHER), &statuses, 2)),
                format!("GET /v3/orders?{types}&user_id={OTHER}&status=ordered&status=appointment_pending"),
                Value::Null,
            ),
            (
                sent(&Call::orders_since(since, 2)),
                format!(
                    "GET /v3/orders?{types}&updated_start_date=2026-11-26T10%3A00%3A00Z\
                     &order_key=created_at&order_direction=asc"
                ),
                Value::Null,
            ),
            (
                sent(&Call::resend_events(since, at("2026-11-26T11:00:00Z"))),
                "POST /v3/order/resend_events".to_owned(),
                json!({"start_at": "2026-11-26T10:00:00Z", "end_at": "2026-11-26T11:00:00Z"}),
            ),
        ];
        for (sent, target, body) in rows {
            assert_eq!((&sent.target, sent.body), (&target, body));
            let keyed = ["x-idempotency-key: key", "x-idempotency-error: no-cache"];
            let expected = if target == "POST /v3/order" { &keyed[..] } else { &[] };
            assert_eq!(sent.headers, expected, "{target}");
        }
    }

    #[test]
    fn results_and_tests_are_asked_for_as_junction_documents_it() {
        let order = format!("/v3/order/{ORDER}");
        let first = "GET /v3/lab_test?collection_method=at_home_phlebotomy&status=active&lab_test_limit=50";
        let rows = [
            (sent(&Call::results(id(ORDER))), format!("GET {order}/result")),
            (
                sent(&Call::results_metadata(id(ORDER))),
                format!("GET {order}/result/metadata"),
            ),
            (sent(&Call::results_pdf(id(ORDER))), format!("GET {order}/result/pdf")),
            (
                sent(&Call::requisition_pdf(id(ORDER))),
                format!("GET {order}/requisition/pdf"),
            ),
            (sent(&Call::lab_tests(None)), first.to_owned()),
            (sent(&Call::lab_tests(Some("c"))), format!("{first}&next_cursor=c")),
            (
                sent(&Call::lab_test_markers(id(OTHER), 1)),
                format!("GET /v3/lab_tests/{OTHER}/markers?page=1&size=100"),
            ),
        ];
        for (sent, target) in rows {
            assert_eq!((sent.target, sent.body), (target, Value::Null));
        }
    }

    #[test]
    fn a_simulation_sends_only_what_was_asked_for() {
        let whole = simulation(
            r#"{"finalStatus": "completed.at_home_phlebotomy.completed", "delaySecs": 5, "interpretation": "critical",
                "resultTypes": ["numeric"], "hasMissingResults": true}"#,
        );
        let sent_whole = sent(&Call::simulate(id(ORDER), &whole));
        assert_eq!(
            sent_whole.target,
            format!("POST /v3/order/{ORDER}/test?final_status=completed.at_home_phlebotomy.completed&delay=5")
        );
        assert_eq!(
            sent_whole.body,
            json!({"interpretation": "critical", "result_types": ["numeric"], "has_missing_results": true})
        );
        let bare = sent(&Call::simulate(id(ORDER), &simulation("{}")));
        assert_eq!(
            (bare.target, bare.body),
            (format!("POST /v3/order/{ORDER}/test"), Value::Null)
        );
    }

    #[test]
    fn an_order_is_created_under_a_key_and_cancelled_without() {
        assert_eq!(Call::create_order(&Value::Null, "k").safety, Safety::Keyed);
        assert_eq!(Call::cancel_order(id(ORDER)).safety, Safety::Reconcile);
        assert_eq!(Call::get_order_whole(id(ORDER)).safety, Safety::Safe);
        assert_eq!(Call::simulate(id(ORDER), &simulation("{}")).safety, Safety::Reconcile);
    }
}
