//! What Junction says of an order's results. What a laboratory writes is text, and stays it: no value is calculated with or
//! rewritten. `Debug` shows nothing of a person.

use jiff::Timestamp;
use serde_json::Number;

use super::seen::hidden;

/// An order's results.
#[derive(Clone, PartialEq)]
pub struct SeenResults {
    /// What is said of them as a whole.
    pub metadata: SeenResultsMetadata,
    /// Those that are there.
    pub results: Vec<SeenResult>,
    /// What was ordered and has no result.
    pub missing: Vec<SeenMissingResult>,
    /// The samples that were looked at.
    pub samples: Vec<SeenSample>,
    /// How many results and missing results could not be read, and are in neither list.
    pub unreadable: usize,
}

/// What is said of results as a whole.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SeenResultsMetadata {
    /// Whether more will come: `partial` or `final`, as Junction writes it.
    pub status: Option<String>,
    /// What the results come to, as Junction writes it.
    pub interpretation: Option<String>,
    /// The patient's name, as the laboratory has it.
    pub patient: Option<String>,
    /// The patient's date of birth, as the laboratory has it.
    pub dob: Option<String>,
    /// The patient's age, as the laboratory has it.
    pub age: Option<String>,
    /// Who ordered.
    pub provider: Option<String>,
    /// Who measured.
    pub laboratory: Option<String>,
    /// The laboratory's number under the rules for laboratories of the United States.
    pub clia: Option<String>,
    /// The laboratory's number of the specimen.
    pub specimen_number: Option<String>,
    /// When the sample was drawn, as the laboratory writes it: a partial report may be without any of these times.
    pub collected: Option<String>,
    /// When the sample arrived, as the laboratory writes it.
    pub received: Option<String>,
    /// When the results were reported, as the laboratory writes it.
    pub reported: Option<String>,
}

/// One result.
#[derive(Clone, PartialEq)]
pub struct SeenResult {
    /// What was measured, for people.
    pub name: String,
    /// The same, for programs.
    pub slug: Option<String>,
    /// What came out.
    pub result: String,
    /// What kind of value it is, as Junction writes it: `numeric`, `range`, `comment`, `coded_value`.
    pub kind: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// When it was measured.
    pub at: Option<Timestamp>,
    /// The laboratory's notes.
    pub notes: Option<String>,
    /// What is normal, for people.
    pub reference_range: Option<String>,
    /// The least that is normal.
    pub min: Option<Number>,
    /// The most that is normal.
    pub max: Option<Number>,
    /// Whether it is above that.
    pub is_above_max: Option<bool>,
    /// Whether it is below that.
    pub is_below_min: Option<bool>,
    /// What it comes to, as Junction writes it. Not said is not normal.
    pub interpretation: Option<String>,
    /// What it comes to, as the laboratory writes it.
    pub source_interpretation: Option<String>,
    /// LOINC code.
    pub loinc: Option<String>,
    /// LOINC name.
    pub loinc_slug: Option<String>,
    /// The laboratory's code of what was measured.
    pub provider_id: Option<String>,
    /// Who measured it, where that is not the laboratory as a whole.
    pub laboratory: Option<String>,
    /// The sample it was measured in.
    pub sample_id: Option<String>,
}

/// Something that was ordered and has no result.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenMissingResult {
    /// What should have been measured, for people.
    pub name: String,
    /// The same, for programs.
    pub slug: Option<String>,
    /// Why it is missing, as Junction infers it.
    pub failure: Option<String>,
    /// Why it is missing, as the laboratory writes it.
    pub note: Option<String>,
    /// LOINC code.
    pub loinc: Option<String>,
    /// LOINC name.
    pub loinc_slug: Option<String>,
    /// The laboratory's code of what should have been measured.
    pub provider_id: Option<String>,
}

/// A sample.
#[derive(Clone, PartialEq, Eq)]
pub struct SeenSample {
    /// The laboratory's number of it.
    pub id: String,
    /// The laboratory's second number of it.
    pub control_number: Option<String>,
    /// When it was drawn, as the laboratory writes it.
    pub collected: Option<String>,
    /// When it arrived, as the laboratory writes it.
    pub received: Option<String>,
    /// When its results were reported, as the laboratory writes it.
    pub reported: Option<String>,
    /// The laboratories that measured something in it.
    pub laboratories: Vec<String>,
    /// Whether the patient had fasted.
    pub fasting: Option<bool>,
    /// The laboratory's notes.
    pub notes: Option<String>,
}

hidden!(SeenResults SeenResultsMetadata SeenResult SeenMissingResult SeenSample);
