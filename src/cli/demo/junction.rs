//! What exists at Junction before the first launch: two clinics with their patients, and in each an order and a member.
//! The members are the clinician who is signed in at the demo's EHR, whose session is continued, and another.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::{issuer::PATIENT, orders::DemoOrders, organisation::TEAM_ID};
use crate::app::origin_of;

/// The cookie of the clinician who is signed in at the demo's EHR.
pub(super) const COOKIE: &str = "demo_session";

/// The other clinic, whose patients are none of the first one's.
const OTHER_TEAM: &str = "clinic-8";

/// Junction's id of it.
const OTHER_TEAM_ID: &str = "3c0f5a7e-1b2d-4e6f-8a90-b1c2d3e4f508";

/// Junction's ids of their patients and orders.
const ANA: &str = "8e0c2b5a-1f3d-4c8e-9a47-d1b6f2c0e935";
const LEO: &str = "8e0c2b5a-1f3d-4c8e-9a47-d1b6f2c0e936";
const MAYA: &str = "8e0c2b5a-1f3d-4c8e-9a47-d1b6f2c0e937";
const ORDER_OF_ANA: &str = "0b9c1f3e-6d1a-4f57-9d3b-2f0a5a7f2c11";
const ORDER_OF_MAYA: &str = "0b9c1f3e-6d1a-4f57-9d3b-2f0a5a7f2c12";

/// As the stand-in takes it; browsers without a session at Junction are sent to this gateway.
pub(super) fn arrangement(gateway: SocketAddr, orders: &DemoOrders) -> Value {
    let patient = |id: &str, team: &str, reference: &str, first: &str, last: &str| {
        json!({
            "user_id": id, "team_id": team, "environment": "sandbox", "client_user_id": reference,
            "info": {"first_name": first, "last_name": last},
        })
    };
    let member = |reference: &str, name: &str, email: &str, team: &str| {
        json!({
            "integration_member_id": reference, "name": name, "email": email, "team_role_bindings": [{"team_id": team}],
        })
    };
    let order = |id: &str, user: &str, team: &str| json!({"id": id, "user_id": user, "team_id": team, "environment": "sandbox"});
    json!({
        "teams": [
            DemoOrders::team(),
            {"id": OTHER_TEAM_ID, "name": "Clinic 8", "integration_team_id": OTHER_TEAM},
        ],
        "members": [
            member("emp123", "Élodie Côté", "elodie.cote@clinic.ca", TEAM_ID),
            member("emp042", "Noah Singh", "noah.singh@clinic.ca", OTHER_TEAM_ID),
        ],
        "users": [
            patient(ANA, TEAM_ID, PATIENT, "Ana", "Diaz"),
            patient(LEO, TEAM_ID, "patient456", "Leo", "Martin"),
            patient(MAYA, OTHER_TEAM_ID, "patient789", "Maya", "Chen"),
        ],
        "orders": [order(ORDER_OF_ANA, ANA, TEAM_ID), order(ORDER_OF_MAYA, MAYA, OTHER_TEAM_ID)],
        "webhooks": [orders.endpoint(gateway)],
        "continuationUrl": format!("{}/junction/session-continuation", origin_of(gateway)),
    })
}
