//! The JSON document of results.

use domain::junction::orders::results::{SeenMissingResult, SeenResult, SeenResults, SeenResultsMetadata, SeenSample};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Number;

use crate::gateway::OrderResults;

/// An order's results, with how far the order is: those of a partial report are some of them, and corrected ones stand alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultsDocument<'a> {
    order_id: String,
    state: &'static str,
    raw_status: &'a str,
    partial: bool,
    corrected: bool,
    critical: bool,
    metadata: MetadataDocument<'a>,
    results: Vec<ResultDocument<'a>>,
    missing_results: Vec<MissingDocument<'a>>,
    samples: Vec<SampleDocument<'a>>,
    /// How many could not be read: the PDF has them.
    unreadable: usize,
    request_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetadataDocument<'a> {
    status: Option<&'a str>,
    interpretation: Option<&'a str>,
    patient: Option<&'a str>,
    dob: Option<&'a str>,
    age: Option<&'a str>,
    provider: Option<&'a str>,
    laboratory: Option<&'a str>,
    clia: Option<&'a str>,
    specimen_number: Option<&'a str>,
    collected_at: Option<&'a str>,
    received_at: Option<&'a str>,
    reported_at: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultDocument<'a> {
    name: &'a str,
    slug: Option<&'a str>,
    result: &'a str,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    unit: Option<&'a str>,
    at: Option<Timestamp>,
    notes: Option<&'a str>,
    reference_range: Option<&'a str>,
    min: Option<&'a Number>,
    max: Option<&'a Number>,
    above_max: Option<bool>,
    below_min: Option<bool>,
    interpretation: Option<&'a str>,
    source_interpretation: Option<&'a str>,
    loinc: Option<&'a str>,
    loinc_slug: Option<&'a str>,
    provider_id: Option<&'a str>,
    laboratory: Option<&'a str>,
    sample_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MissingDocument<'a> {
    name: &'a str,
    slug: Option<&'a str>,
    failure: Option<&'a str>,
    note: Option<&'a str>,
    loinc: Option<&'a str>,
    loinc_slug: Option<&'a str>,
    provider_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SampleDocument<'a> {
    sample_id: &'a str,
    control_number: Option<&'a str>,
    collected_at: Option<&'a str>,
    received_at: Option<&'a str>,
    reported_at: Option<&'a str>,
    laboratories: &'a [String],
    fasting: Option<bool>,
    notes: Option<&'a str>,
}

impl<'a> ResultsDocument<'a> {
    pub(super) fn new(read: &'a OrderResults, request_id: &'a str) -> Self {
        let OrderResults { order, results } = read;
        let SeenResults {
            metadata,
            results,
            missing,
            samples,
            unreadable,
        } = results;
        Self {
            order_id: order.id.to_string(),
            state: order.status.state().as_str(),
            raw_status: order.status.raw(),
            partial: read.is_partial(),
            corrected: read.is_corrected(),
            critical: read.is_critical(),
            metadata: MetadataDocument::new(metadata),
            results: results.iter().map(ResultDocument::new).collect(),
            missing_results: missing.iter().map(MissingDocument::new).collect(),
            samples: samples.iter().map(SampleDocument::new).collect(),
            unreadable: *unreadable,
            request_id,
        }
    }
}

impl<'a> MetadataDocument<'a> {
    fn new(metadata: &'a SeenResultsMetadata) -> Self {
        Self {
            status: metadata.status.as_deref(),
            interpretation: metadata.interpretation.as_deref(),
            patient: metadata.patient.as_deref(),
            dob: metadata.dob.as_deref(),
            age: metadata.age.as_deref(),
            provider: metadata.provider.as_deref(),
            laboratory: metadata.laboratory.as_deref(),
            clia: metadata.clia.as_deref(),
            specimen_number: metadata.specimen_number.as_deref(),
            collected_at: metadata.collected.as_deref(),
            received_at: metadata.received.as_deref(),
            reported_at: metadata.reported.as_deref(),
        }
    }
}

impl<'a> ResultDocument<'a> {
    fn new(result: &'a SeenResult) -> Self {
        Self {
            name: &result.name,
            slug: result.slug.as_deref(),
            result: &result.result,
            kind: result.kind.as_deref(),
            unit: result.unit.as_deref(),
            at: result.at,
            notes: result.notes.as_deref(),
            reference_range: result.reference_range.as_deref(),
            min: result.min.as_ref(),
            max: result.max.as_ref(),
            above_max: result.is_above_max,
            below_min: result.is_below_min,
            interpretation: result.interpretation.as_deref(),
            source_interpretation: result.source_interpretation.as_deref(),
            loinc: result.loinc.as_deref(),
            loinc_slug: result.loinc_slug.as_deref(),
            provider_id: result.provider_id.as_deref(),
            laboratory: result.laboratory.as_deref(),
            sample_id: result.sample_id.as_deref(),
        }
    }
}

impl<'a> MissingDocument<'a> {
    fn new(missing: &'a SeenMissingResult) -> Self {
        Self {
            name: &missing.name,
            slug: missing.slug.as_deref(),
            failure: missing.failure.as_deref(),
            note: missing.note.as_deref(),
            loinc: missing.loinc.as_deref(),
            loinc_slug: missing.loinc_slug.as_deref(),
            provider_id: missing.provider_id.as_deref(),
        }
    }
}

impl<'a> SampleDocument<'a> {
    fn new(sample: &'a SeenSample) -> Self {
        Self {
            sample_id: &sample.id,
            control_number: sample.control_number.as_deref(),
            collected_at: sample.collected.as_deref(),
            received_at: sample.received.as_deref(),
            reported_at: sample.reported.as_deref(),
            laboratories: &sample.laboratories,
            fasting: sample.fasting,
            notes: sample.notes.as_deref(),
        }
    }
}
