//! Results: made up, as in Junction's sandbox.

use serde_json::{Value, json};

use super::{catalogue::Marker, status::Status};
use crate::junction::{order::Order, patient::Patient};

/// Results of an order that has some.
pub(in crate::junction) fn raw(order: &Order, patient: Option<&Patient>) -> Value {
    let tests = order.tests();
    let markers: Vec<&Marker> = tests.iter().flat_map(|test| test.markers).collect();
    // Of partial results, and of those that lack some, the last one is not there.
    let is_partial = order.status() == Some(Status::PartialResults);
    let lacks = is_partial || order.results.has_missing_results;
    let there = markers.len() - usize::from(lacks && markers.len() > 1);
    let (there, missing) = markers.split_at(there);
    let types = order.results.result_types.iter().cycle();
    let results: Vec<_> = there
        .iter()
        .zip(types)
        .map(|(marker, kind)| result(marker, kind, order))
        .collect();
    let missing: Vec<_> = missing.iter().map(|marker| missed(marker)).collect();
    json!({
        "metadata": metadata(order, patient),
        "results": results,
        "missing_results": (order.results.has_missing_results && !is_partial).then_some(missing),
        "sample_information": null,
        "order_transaction": order.transaction(),
    })
}

pub(in crate::junction) fn metadata(order: &Order, patient: Option<&Patient>) -> Value {
    let placed = order.placed.get("patient_details");
    let info = patient.and_then(|patient| patient.info.as_ref());
    let text = |name: &str| {
        let value = placed.map_or_else(|| info.and_then(|info| info.get(name)), |placed| placed.get(name));
        value.and_then(Value::as_str).unwrap_or_default()
    };
    let dob = text("dob");
    let reported = order.updated_at.day();
    let born = dob.parse::<jiff::civil::Date>();
    let age = born.map_or(0, |born| reported.year() - born.year());
    let physician = order.placed.get("physician");
    let provider = physician.and_then(|physician| physician.get("last_name"));
    let is_partial = order.status() == Some(Status::PartialResults);
    json!({
        "age": age.to_string(),
        "dob": dob,
        "clia_#": "34D0655059",
        "patient": format!("{} {}", text("first_name"), text("last_name")),
        "provider": provider,
        "laboratory": order.tests().first().map(|test| test.lab.name),
        // A preliminary report has no date.
        "date_reported": if is_partial { String::new() } else { reported.to_string() },
        "date_collected": order.updated_at,
        "specimen_number": order.sample_id.as_deref().unwrap_or_default(),
        "date_received": order.updated_at,
        "status": if is_partial { "partial" } else { "final" },
        "interpretation": order.results.interpretation,
        "patient_id": null,
        "account_id": null,
    })
}

fn result(marker: &Marker, kind: &str, order: &Order) -> Value {
    let (low, high) = marker.range;
    let interpretation = &order.results.interpretation;
    let value = if interpretation == "normal" {
        f64::midpoint(low, high)
    } else {
        high * 2.0
    };
    let is_number = kind == "numeric";
    let text = match kind {
        "numeric" => format!("{value:.1}"),
        "range" => format!("<{high:.0}"),
        _ => "See the comment of the laboratory.".to_owned(),
    };
    json!({
        "name": marker.name,
        "slug": marker.slug,
        "value": is_number.then_some(value),
        "result": text,
        "type": kind,
        "unit": marker.unit,
        "timestamp": order.updated_at,
        "notes": null,
        "reference_range": format!("{low}-{high}"),
        "min_range_value": low,
        "max_range_value": high,
        "is_above_max_range": is_number.then_some(value > high),
        "is_below_min_range": is_number.then_some(value < low),
        "interpretation": interpretation,
        "source_interpretation": interpretation,
        "loinc": marker.loinc,
        "loinc_slug": marker.slug,
        "provider_id": marker.provider_id,
        "source_markers": null,
        "performing_laboratory": null,
        "source_sample_id": order.sample_id,
    })
}

fn missed(marker: &Marker) -> Value {
    json!({
        "name": marker.name,
        "slug": marker.slug,
        "inferred_failure_type": "quantity_not_sufficient_failure",
        "note": "Not enough sample was left.",
        "loinc": marker.loinc,
        "loinc_slug": marker.slug,
        "provider_id": marker.provider_id,
        "source_markers": null,
    })
}
