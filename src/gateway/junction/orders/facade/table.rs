//! Everything that Junction's own clients may ask for here, in one table; nothing else is passed on. The method and the path of a
//! call are those under which Junction is asked.

use domain::junction::{
    JunctionCall,
    orders::{
        facade::Kind,
        grant::OrderGrant::{self, Cancel, Catalogue, Place, Read, Results, Schedule, Simulate},
    },
};

use crate::upstream::junction::form_of;

/// One call that is served.
#[derive(Debug)]
pub struct Served {
    /// Which call of Junction's.
    pub call: JunctionCall,
    /// What the host must be granted.
    pub grant: OrderGrant,
    /// Which rules there are about it, whether it may be made twice, and what its errors mean.
    pub kind: Kind,
    /// The names that its query may have. An address is logged on the way, so none is here that would name a person.
    pub query: &'static [&'static str],
}

const ROWS: &[Served] = &[
    row(JunctionCall::CreateUser, Place, Kind::NewUser, &[]),
    row(JunctionCall::ResolveUser, Read, Kind::ResolvedUser, &[]),
    row(JunctionCall::GetUser, Read, Kind::User, &[]),
    row(JunctionCall::UpdateUserInfo, Place, Kind::UserInfo, &[]),
    row(JunctionCall::ListLabTests, Catalogue, Kind::Catalogue, LAB_TESTS),
    row(
        JunctionCall::GetLabTest,
        Catalogue,
        Kind::CatalogueEntry,
        &["lab_account_id"],
    ),
    row(
        JunctionCall::ListLabTestMarkers,
        Catalogue,
        Kind::CatalogueEntry,
        &["lab_account_id", "page", "size"],
    ),
    row(JunctionCall::GetAreaInfo, Catalogue, Kind::Area, AREA),
    row(JunctionCall::ListCancellationReasons, Catalogue, Kind::Catalogue, &[]),
    row(JunctionCall::CreateOrder, Place, Kind::NewOrder, &[]),
    row(JunctionCall::ListOrders, Read, Kind::Orders, ORDERS),
    row(JunctionCall::GetOrder, Read, Kind::Order, &[]),
    row(JunctionCall::GetVisit, Read, Kind::Visit, &[]),
    row(JunctionCall::GetAvailability, Schedule, Kind::Slots, &["start_date"]),
    row(JunctionCall::BookVisit, Schedule, Kind::Booking, &[]),
    row(JunctionCall::RequestVisit, Schedule, Kind::Request, &[]),
    row(JunctionCall::RescheduleVisit, Schedule, Kind::Rescheduling, &[]),
    row(JunctionCall::CancelVisit, Cancel, Kind::VisitCancellation, &[]),
    row(JunctionCall::CancelOrder, Cancel, Kind::OrderCancellation, &[]),
    row(JunctionCall::GetResults, Results, Kind::Results, &[]),
    row(JunctionCall::GetResultsMetadata, Results, Kind::Results, &[]),
    row(JunctionCall::GetResultsPdf, Results, Kind::ResultsPdf, &[]),
    row(JunctionCall::GetRequisitionPdf, Read, Kind::Document, &[]),
    row(JunctionCall::GetAbnPdf, Read, Kind::Document, &[]),
    row(JunctionCall::GetInstructionsPdf, Read, Kind::Document, &[]),
    row(
        JunctionCall::SimulateOrder,
        Simulate,
        Kind::Simulation,
        &["final_status", "delay"],
    ),
];

const LAB_TESTS: &[&str] = &[
    "lab_test_limit",
    "next_cursor",
    "include_pricing",
    "lab_account_id",
    "generation_method",
    "lab_slug",
    "collection_method",
    "status",
    "marker_ids",
    "provider_ids",
    "name",
    "order_key",
    "order_direction",
];

const AREA: &[&str] = &["zip_code", "radius", "lab", "labs", "lab_account_id"];

const ORDERS: &[&str] = &[
    "start_date",
    "end_date",
    "updated_start_date",
    "updated_end_date",
    "status",
    "order_key",
    "order_direction",
    "order_type",
    "is_critical",
    "interpretation",
    "order_activation_types",
    "user_id",
    "order_ids",
    "order_transaction_id",
    "page",
    "size",
];

const fn row(call: JunctionCall, grant: OrderGrant, kind: Kind, query: &'static [&'static str]) -> Served {
    Served {
        call,
        grant,
        kind,
        query,
    }
}

/// The call that a method and a path mean, with what the path names; none if it is not served. The segments are decoded.
#[must_use]
pub fn find(method: &str, path: &[String]) -> Option<(&'static Served, Vec<String>)> {
    ROWS.iter().find_map(|served| {
        let (its_method, its_path) = form_of(served.call);
        let values = (its_method.as_str() == method).then(|| values(its_path, path))?;
        Some((served, values?))
    })
}

fn values(template: &[&str], path: &[String]) -> Option<Vec<String>> {
    if template.len() != path.len() {
        return None;
    }
    let mut values = Vec::new();
    for (expected, segment) in template.iter().zip(path) {
        if expected.starts_with('{') {
            values.push(segment.clone());
        } else if expected != segment {
            return None;
        }
    }
    values.iter().all(|value| !value.is_empty()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_the_table_is_served() {
        let rows = [
            ("POST", "v3/order", Some(JunctionCall::CreateOrder)),
            ("GET", "v3/order/area/info", Some(JunctionCall::GetAreaInfo)),
            ("GET", "v3/order/x", Some(JunctionCall::GetOrder)),
            ("GET", "v2/user/resolve/p", Some(JunctionCall::ResolveUser)),
            (
                "GET",
                "v3/order/phlebotomy/appointment/cancellation-reasons",
                Some(JunctionCall::ListCancellationReasons),
            ),
            ("GET", "v3/order/x/phlebotomy/appointment", Some(JunctionCall::GetVisit)),
            ("GET", "v3/order/x/abn_pdf", Some(JunctionCall::GetAbnPdf)),
            ("GET", "v3/orders", Some(JunctionCall::ListOrders)),
            ("DELETE", "v2/user/x", None),
            ("PATCH", "v3/order/x", None),
            ("POST", "v3/order/import", None),
            ("POST", "v3/order/resend_events", None),
            ("GET", "v3/order/x/labels/pdf", None),
            ("POST", "v2/link/token", None),
            ("GET", "v3/lab_tests", None),
            ("GET", "v2/user/", None),
            ("GET", "v3/order/", None),
            ("get", "v3/order/x", None),
            ("POST", "v3/order/", None),
        ];
        for (method, path, expected) in rows {
            let segments: Vec<_> = path.split('/').map(str::to_owned).collect();
            let found = find(method, &segments).map(|(served, _)| served.call);
            assert_eq!(found, expected, "{method} {path}");
        }
    }

    #[test]
    fn each_call_is_served_once_and_by_a_way_of_its_own() {
        for served in ROWS {
            let (method, path) = form_of(served.call);
            let path: Vec<_> = path.iter().map(|segment| (*segment).to_owned()).collect();
            let found = find(method.as_str(), &path).map(|(found, _)| found.call);
            assert_eq!(found, Some(served.call));
        }
    }
}
