//! Results. A missing value is never taken for a normal one, and one bad result does not hide the others.

use domain::junction::orders::results::{SeenMissingResult, SeenResult, SeenResults, SeenResultsMetadata, SeenSample};
use serde_json::Value;

use super::fields::{Fields, json, text_of};
use crate::upstream::junction::answer::{Read, Unexpected};

/// An order's results.
pub(super) fn read(status: u16, body: &[u8]) -> Read<SeenResults> {
    match status {
        200 => results(&json(body)?),
        _other => Err(Unexpected),
    }
}

/// What is said of them as a whole.
pub(super) fn read_metadata(status: u16, body: &[u8]) -> Read<SeenResultsMetadata> {
    match status {
        200 => Ok(metadata(Fields::needed(&json(body)?)?)),
        _other => Err(Unexpected),
    }
}

fn results(value: &Value) -> Read<SeenResults> {
    let fields = Fields::needed(value)?;
    // Earlier, this was an object by names of no agreed form.
    let entries = fields.value("results").and_then(Value::as_array).ok_or(Unexpected)?;
    let results: Vec<_> = entries.iter().filter_map(result).collect();
    let missing_entries = fields.list("missing_results");
    let missing: Vec<_> = missing_entries.iter().filter_map(missing_result).collect();
    let samples = fields.value("sample_information").and_then(Value::as_object);
    Ok(SeenResults {
        metadata: fields.object("metadata").map(metadata).unwrap_or_default(),
        unreadable: entries.len() - results.len() + missing_entries.len() - missing.len(),
        results,
        missing,
        samples: samples.into_iter().flatten().filter_map(sample).collect(),
    })
}

fn metadata(fields: Fields<'_>) -> SeenResultsMetadata {
    SeenResultsMetadata {
        status: fields.text("status"),
        interpretation: fields.text("interpretation"),
        patient: fields.text("patient"),
        dob: fields.text("dob"),
        age: fields.text("age"),
        provider: fields.text("provider"),
        laboratory: fields.text("laboratory"),
        clia: fields.text("clia_#"),
        specimen_number: fields.text("specimen_number"),
        collected: fields.text("date_collected"),
        received: fields.text("date_received"),
        reported: fields.text("date_reported"),
    }
}

fn result(value: &Value) -> Option<SeenResult> {
    let fields = Fields::of(value)?;
    Some(SeenResult {
        name: fields.text("name")?,
        slug: fields.text("slug"),
        result: fields.text("result")?,
        kind: fields.text("type"),
        unit: fields.text("unit"),
        at: fields.time("timestamp"),
        notes: fields.text("notes"),
        reference_range: fields.text("reference_range"),
        min: fields.number("min_range_value"),
        max: fields.number("max_range_value"),
        is_above_max: fields.flag("is_above_max_range"),
        is_below_min: fields.flag("is_below_min_range"),
        interpretation: fields.text("interpretation"),
        source_interpretation: fields.text("source_interpretation"),
        loinc: fields.text("loinc"),
        loinc_slug: fields.text("loinc_slug"),
        provider_id: fields.text("provider_id"),
        laboratory: fields.text("performing_laboratory"),
        sample_id: fields.text("source_sample_id"),
    })
}

fn missing_result(value: &Value) -> Option<SeenMissingResult> {
    let fields = Fields::of(value)?;
    Some(SeenMissingResult {
        name: fields.text("name")?,
        slug: fields.text("slug"),
        failure: fields.text("inferred_failure_type"),
        note: fields.text("note"),
        loinc: fields.text("loinc"),
        loinc_slug: fields.text("loinc_slug"),
        provider_id: fields.text("provider_id"),
    })
}

fn sample((key, value): (&String, &Value)) -> Option<SeenSample> {
    let fields = Fields::of(value)?;
    let laboratories = fields.value("performing_laboratories").and_then(Value::as_object);
    let clinical = fields.object("clinical_information");
    Some(SeenSample {
        id: fields.text("sample_id").unwrap_or_else(|| key.clone()),
        control_number: fields.text("control_number"),
        collected: moment(fields, "date_collected"),
        received: moment(fields, "date_received"),
        reported: moment(fields, "date_reported"),
        laboratories: laboratories
            .into_iter()
            .flat_map(|laboratories| laboratories.values())
            .filter_map(|laboratory| Fields::of(laboratory)?.text("name"))
            .collect(),
        fasting: clinical.and_then(|clinical| clinical.flag("fasting")),
        notes: clinical.and_then(|clinical| clinical.text("notes")),
    })
}

/// A time as text, or in an object with its offset beside it.
fn moment(fields: Fields<'_>, name: &str) -> Option<String> {
    let value = fields.value(name)?;
    match Fields::of(value) {
        Some(moment) => moment.text("timestamp"),
        None => text_of(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn a_result() -> Value {
        json!({
            "name": "Glucose", "slug": "glucose", "result": "5.10", "type": "numeric", "unit": "mmol/L",
            "timestamp": "2026-11-20T08:00:00", "notes": "fasting", "reference_range": "3.9-5.5",
            "min_range_value": 3.9, "max_range_value": 5.5, "is_above_max_range": false, "is_below_min_range": false,
            "interpretation": "normal", "source_interpretation": "N", "loinc": "2345-7", "loinc_slug": "g",
            "provider_id": "001", "performing_laboratory": "TR", "source_sample_id": "11545596-0175", "value": 5.1,
        })
    }

    fn read_whole(body: &Value) -> SeenResults {
        read(200, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn results_are_read_as_the_laboratory_wrote_them() {
        let results = read_whole(&json!({
            "metadata": {"age": "40", "dob": "1986-03-09", "patient": "Roy, Zoe", "clia_#": "05D0642827",
                "laboratory": "Quest", "date_reported": "", "specimen_number": "123", "status": "partial",
                "interpretation": "abnormal"},
            "results": [a_result()],
            "missing_results": [{"name": "HDL", "slug": "hdl", "inferred_failure_type": "insufficient_volume",
                "note": "QNS"}],
            "sample_information": {"s1": {"sample_id": "11545596-0175",
                "date_collected": {"timestamp": "2026-11-20T08:00:00Z", "timezone_offset": -25200},
                "date_received": "2026-11-21", "date_reported": "",
                "performing_laboratories": {"TR": {"name": "Quest Tampa"}},
                "clinical_information": {"fasting": true}}, "s2": {}, "s3": null},
        }));
        let metadata = &results.metadata;
        assert_eq!(
            (metadata.status.as_deref(), metadata.reported.as_deref()),
            (Some("partial"), None)
        );
        assert_eq!(metadata.clia.as_deref(), Some("05D0642827"));
        let result = &results.results[0];
        assert_eq!(
            (result.result.as_str(), result.unit.as_deref()),
            ("5.10", Some("mmol/L"))
        );
        assert_eq!(result.at.unwrap().to_string(), "2026-11-20T08:00:00Z");
        assert_eq!(
            (result.is_above_max, result.max.clone().unwrap().to_string()),
            (Some(false), "5.5".to_owned())
        );
        assert_eq!(result.sample_id.as_deref(), Some("11545596-0175"));
        assert_eq!(results.missing[0].failure.as_deref(), Some("insufficient_volume"));
        let ids: Vec<_> = results.samples.iter().map(|sample| sample.id.as_str()).collect();
        assert_eq!(ids, ["11545596-0175", "s2"]);
        assert_eq!(results.samples[0].collected.as_deref(), Some("2026-11-20T08:00:00Z"));
        assert_eq!(
            (results.samples[0].reported.as_deref(), results.samples[0].fasting),
            (None, Some(true))
        );
        assert_eq!(results.samples[0].laboratories, ["Quest Tampa"]);
        assert_eq!(results.unreadable, 0);
    }

    #[test]
    fn one_bad_result_is_counted_and_hides_no_other() {
        let results = read_whole(&json!({
            "metadata": {},
            "results": [{"name": "HDL"}, a_result(), "none", {"result": "1"}, {"name": "LDL", "result": 3.5}],
            "missing_results": [{"slug": "no name"}, {"name": "VLDL"}],
        }));
        let names: Vec<_> = results.results.iter().map(|result| result.name.as_str()).collect();
        assert_eq!(names, ["Glucose", "LDL"]);
        assert_eq!((results.missing.len(), results.unreadable), (1, 4));
        assert_eq!(results.metadata, SeenResultsMetadata::default());
        let bare = &results.results[1];
        assert_eq!((bare.result.as_str(), bare.interpretation.as_deref()), ("3.5", None));
    }

    #[test]
    fn results_in_the_old_form_are_not_guessed_at() {
        for body in [
            json!({"metadata": {}, "results": {"hdl": 1}}),
            json!({"metadata": {}}),
            json!([]),
        ] {
            assert!(read(200, body.to_string().as_bytes()).is_err(), "{body}");
        }
        assert!(read(404, br#"{"metadata":{},"results":[]}"#).is_err());
        assert!(read_metadata(404, b"{}").is_err());
        let metadata = read_metadata(200, br#"{"status":"final"}"#).unwrap();
        assert_eq!(metadata.status.as_deref(), Some("final"));
        assert!(read_metadata(200, b"[]").is_err());
    }
}
