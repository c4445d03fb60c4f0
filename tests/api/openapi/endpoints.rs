//! The paths of Empego's endpoints in openapi.yaml. Those of the first endpoint are written by hand; those of all others are
//! written from them.

use domain::empego::{Audience, Endpoint};

use crate::helpers::written::is_written;

/// How the paths of each form begin, and what differs from endpoint to endpoint; in the document's order.
const FORMS: [(&str, Facts); 3] = [
    ("/empego-integrations/R4/embeddable/", drop_in),
    ("/v1/embeddable/", native),
    ("/v1/explain/", explained),
];

/// Texts that stand in an endpoint's path.
type Facts = fn(Endpoint) -> Vec<String>;

const FIRST: Endpoint = Endpoint::ConsultationView;

const BEGINNING: &str = "\n  /empego-integrations/";
const END: &str = "\n  /v1/explain:\n";

#[test]
fn the_paths_of_all_endpoints_follow_from_those_of_the_first() {
    is_written("openapi.yaml", &written(include_str!("../../../openapi.yaml")));
}

/// The document with the paths of all endpoints, from those of the first one.
fn written(document: &str) -> String {
    let (before, rest) = document.split_at(document.find(BEGINNING).unwrap() + 1);
    let (paths, after) = rest.split_at(rest.find(END).unwrap() + 1);
    let mut text = before.to_owned();
    for (form, facts) in FORMS {
        let by_hand = path_item(paths, &format!("  {form}{}:\n", FIRST.tail()));
        for endpoint in Endpoint::ALL {
            text.push_str(&of(*endpoint, by_hand, facts));
        }
    }
    text + after
}

/// From its path to the next one.
fn path_item<'a>(paths: &'a str, head: &str) -> &'a str {
    let (_, from) = paths
        .split_once(head)
        .unwrap_or_else(|| panic!("{head:?} is written by hand"));
    let from = &paths[paths.len() - from.len() - head.len()..];
    let end = from[head.len()..]
        .find("\n  /")
        .map_or(from.len(), |end| head.len() + end + 1);
    &from[..end]
}

/// The first endpoint's path, as it is for another one.
fn of(endpoint: Endpoint, by_hand: &str, facts: Facts) -> String {
    let mut text = by_hand.to_owned();
    for (from, to) in facts(FIRST).iter().zip(facts(endpoint)) {
        assert!(by_hand.contains(from), "{from:?} is not written by hand in\n{by_hand}");
        text = text.replace(from, &to);
    }
    text
}

fn drop_in(endpoint: Endpoint) -> Vec<String> {
    let patient_key = if endpoint.required().is_empty() {
        "PatientKey"
    } else {
        "RequiredPatientKey"
    };
    let answer = match endpoint.audience() {
        Audience::Clinician => "EmbedUrl",
        Audience::Patient => "PatientEmbedUrl",
    };
    vec![
        format!("{}:\n", endpoint.tail()),
        format!("operationId: launch{}DropIn\n", name(endpoint)),
        format!("summary: {}\n", endpoint.opens()),
        format!("      description: {}\n", description(endpoint, Form::DropIn)),
        format!("parameters/{patient_key}'"),
        format!("responses/{answer}'"),
    ]
}

fn native(endpoint: Endpoint) -> Vec<String> {
    let answer = match endpoint.audience() {
        Audience::Clinician => "EmbedDocument",
        Audience::Patient => "PatientEmbedDocument",
    };
    vec![
        format!("{}:\n", endpoint.tail()),
        format!("operationId: launch{}\n", name(endpoint)),
        format!("summary: {}\n", endpoint.opens()),
        format!("      description: {}\n", description(endpoint, Form::Native)),
        format!("requestBodies/{}'", body(endpoint)),
        format!("responses/{answer}'"),
    ]
}

fn explained(endpoint: Endpoint) -> Vec<String> {
    vec![
        format!("{}:\n", endpoint.tail()),
        format!("operationId: explain{}\n", name(endpoint)),
        format!("a launch of {} would", endpoint.tail()),
        format!("`launch{}`", name(endpoint)),
    ]
}

/// As in operation ids.
fn name(endpoint: Endpoint) -> String {
    let words = endpoint.tail().split(['/', '-']);
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// What names the thing that an endpoint opens, other than a patient.
fn key(endpoint: Endpoint) -> Option<(&'static str, &'static str)> {
    match endpoint {
        Endpoint::ConsultationSpecific => Some(("consultation", "consultationKey")),
        Endpoint::ConsultationAnswer => Some(("consultation", "accessKey")),
        Endpoint::FollowupSpecific => Some(("follow-up", "followupKey")),
        Endpoint::ConsultationView
        | Endpoint::ConsultationDashboard
        | Endpoint::FollowupView
        | Endpoint::FollowupDashboard
        | Endpoint::FollowupPlan
        | Endpoint::FranchiseManagement
        | Endpoint::FranchiseOnboarding
        | Endpoint::FranchiseOffboarding
        | Endpoint::Statistics => None,
    }
}

/// The request body with a fitting example.
fn body(endpoint: Endpoint) -> &'static str {
    match key(endpoint) {
        Some((_, "accessKey")) => "LaunchOfAnswer",
        Some((_, "consultationKey")) => "LaunchOfConsultation",
        Some(_) => "LaunchOfFollowup",
        None if !endpoint.required().is_empty() => "LaunchForPatient",
        None if endpoint.takes_patient() => "LaunchOfPlan",
        None => "Launch",
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    DropIn,
    Native,
}

/// Which parameters it is about, as YAML.
fn description(endpoint: Endpoint, form: Form) -> String {
    let place = match form {
        Form::DropIn => "",
        Form::Native => " in `params`",
    };
    let of_language = ", and the\n        clinician's `preferredLanguage` does not choose its language";
    match (key(endpoint), endpoint.audience()) {
        (Some((thing, key)), Audience::Clinician) => format!("Name the {thing} with `{key}`{place}."),
        (Some((thing, key)), Audience::Patient) => format!(
            "|-\n        Name the {thing} with `{key}`{place}. The page is made for the patient: `audience` is `patient`{}.",
            if form == Form::Native { of_language } else { "" }
        ),
        (None, _) if !endpoint.required().is_empty() => "'`patientKey` is required.'".to_owned(),
        (None, _) if endpoint.takes_patient() => "'`patientKey` is optional.'".to_owned(),
        (None, _) => "Empego requires no parameter.".to_owned(),
    }
}
