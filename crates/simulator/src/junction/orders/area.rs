//! Who comes to an area.

use serde_json::{Value, json};

use super::{behaviour::Tier, reading};
use crate::junction::{call::Call, fields, refused::Refused, state::Junction};

const RADII: &[&str] = &["10", "20", "25", "50", "100"];

pub(in crate::junction) fn info(call: &Call<'_>, junction: &Junction) -> Result<Value, Refused> {
    let zip = call.values("zip_code").next().unwrap_or_default();
    let zip = fields::parameter("query", "zip_code", &zip, reading::area)?;
    let radius = call.values("radius").next().unwrap_or_else(|| "25".to_owned());
    let radius = fields::parameter("query", "radius", &radius, |value| reading::one_of(value, RADII))?;
    let behaviour = &junction.home.behaviour;
    let tiers = behaviour.tiers(&zip, None);
    let providers = tiers.iter().map(|tier| {
        let name = match tier {
            Tier::AppointmentReady => &behaviour.ready_provider,
            Tier::AppointmentRequest => &behaviour.request_provider,
        };
        if behaviour.area_says_tier {
            json!({"name": name, "tier": [tier.word()]})
        } else {
            json!({"name": name, "service_types": [tier.word()]})
        }
    });
    Ok(json!({
        "zip_code": zip,
        "phlebotomy": {"is_served": !tiers.is_empty(), "providers": providers.collect::<Value>()},
        "central_labs": {
            "labcorp": {
                "patient_service_centers": {
                    "appointment_with_vital": false,
                    "within_radius": 2,
                    "radius": radius,
                    "capabilities": [],
                },
                "supported_bill_types": ["client_bill"],
                "lab_id": 27,
            },
        },
    }))
}
