//! The calls about tests that can be ordered.

use serde_json::{Value, json};

use super::{
    catalogue::{self, LabTest},
    listing,
};
use crate::junction::{call::Call, refused::Refused};

/// A page of tests. The cursor is the number of tests that came before.
pub(in crate::junction) fn list(call: &Call<'_>) -> Result<Value, Refused> {
    let limit = usize::try_from(listing::number(call, "lab_test_limit", 50, 500)?).unwrap_or(usize::MAX);
    let before = call.values("next_cursor").next();
    let before: usize = before.and_then(|cursor| cursor.parse().ok()).unwrap_or_default();
    let method = call.values("collection_method").next();
    let status = call.values("status").next();
    let all = catalogue::all().iter();
    let found: Vec<_> = all
        .filter(|test| method.as_ref().is_none_or(|method| method == test.method))
        .filter(|_| status.as_ref().is_none_or(|status| status == "active"))
        .collect();
    let shown: Vec<_> = found
        .iter()
        .skip(before)
        .take(limit)
        .map(|test| test.answer())
        .collect();
    let after = before.saturating_add(shown.len());
    let next = (after < found.len()).then(|| after.to_string());
    Ok(json!({"data": shown, "next_cursor": next, "pricing": null}))
}

pub(in crate::junction) fn get(call: &Call<'_>) -> Result<Value, Refused> {
    Ok(known(call)?.answer())
}

pub(in crate::junction) fn markers(call: &Call<'_>) -> Result<Value, Refused> {
    let test = known(call)?;
    let page = listing::number(call, "page", 1, i64::MAX)?;
    let size = listing::number(call, "size", 50, 100)?;
    let per_page = usize::try_from(size).unwrap_or(usize::MAX);
    let before = usize::try_from((page - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let shown = test.markers.iter().skip(before).take(per_page);
    let shown: Vec<_> = shown.map(|marker| marker.complete(test.lab)).collect();
    let total = test.markers.len();
    Ok(json!({
        "markers": shown,
        "total": total,
        "page": page,
        "size": size,
        "pages": total.div_ceil(per_page),
        "pricing": null,
    }))
}

fn known(call: &Call<'_>) -> Result<&'static LabTest, Refused> {
    let test = catalogue::find(call.id("lab_test_id")?);
    test.ok_or(Refused::NotFound("Lab test not found"))
}
