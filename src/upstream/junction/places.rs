//! Where in a request the values stand that Junction's places name. Pure tables: Junction's names are on the left, and what is
//! not in them is not the caller's. A place in a list is `#`.

use domain::junction::JunctionCall;

/// A place of Junction's, and the caller's.
type Row = (&'static [&'static str], &'static str);

/// The caller's fields that one of Junction's places stands for, as JSON pointers; none if it is not the caller's.
/// `clinician` is where the clinician stands.
pub(super) fn fields(call: JunctionCall, names: &[&str], clinician: &str) -> Vec<String> {
    let of_clinician = |fields: &[&str]| fields.iter().map(|field| format!("{clinician}/{field}")).collect();
    match (call, names) {
        (JunctionCall::ResolveMember | JunctionCall::CreateMember, ["integration_member_id"]) => {
            of_clinician(&["userId"])
        }
        (JunctionCall::CreateMember, ["name"]) => of_clinician(&["firstName", "lastName"]),
        (JunctionCall::CreateMember, ["email"]) => of_clinician(&["email"]),
        _in_a_table => places_of(call)
            .and_then(|rows| field(rows, names))
            .into_iter()
            .collect(),
    }
}

/// The field of the row that says most of these names. What is not known of a place below it is left out.
fn field(rows: &[Row], names: &[&str]) -> Option<String> {
    let names: Vec<_> = names.iter().copied().filter(|name| !is_of_a_schema(name)).collect();
    let (theirs, ours) = rows
        .iter()
        .filter(|(theirs, _)| starts_with(&names, theirs))
        .max_by_key(|(theirs, _)| theirs.len())?;
    let mut indices = names.iter().zip(*theirs).filter(|(_, their)| **their == "#");
    let segments = ours.split('/').map(|segment| match segment {
        "#" => indices.next().map_or(segment, |(index, _)| *index),
        name => name,
    });
    Some(segments.collect::<Vec<_>>().join("/"))
}

fn starts_with(names: &[&str], theirs: &[&str]) -> bool {
    let is_index = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let mut pairs = names.iter().zip(theirs);
    names.len() >= theirs.len() && pairs.all(|(name, their)| name == their || (*their == "#" && is_index(name)))
}

/// Where a member may be of several types, the type stands in the place too, such as `OrderSetRequest` or `list[int]`.
fn is_of_a_schema(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) || name.contains(['[', '-'])
}

const fn places_of(call: JunctionCall) -> Option<&'static [Row]> {
    match call {
        JunctionCall::ResolveTeam | JunctionCall::CreateTeam => Some(TEAM),
        JunctionCall::CreateDashboardUrl => Some(DASHBOARD_URL),
        JunctionCall::ResolveUser | JunctionCall::CreateUser => Some(USER),
        JunctionCall::UpdateUserInfo => Some(DEMOGRAPHICS),
        JunctionCall::CreateOrder => Some(ORDER),
        JunctionCall::GetAvailability => Some(AVAILABILITY),
        JunctionCall::BookVisit | JunctionCall::RescheduleVisit => Some(BOOKING),
        JunctionCall::RequestVisit => Some(REQUEST),
        JunctionCall::CancelVisit => Some(CANCELLATION),
        JunctionCall::SimulateOrder => Some(SIMULATION),
        JunctionCall::CreateApiAccessToken
        | JunctionCall::ResolveMember
        | JunctionCall::CreateMember
        | JunctionCall::GetMember
        | JunctionCall::UpdateMember
        | JunctionCall::GetUser
        | JunctionCall::GetOrder
        | JunctionCall::ListOrders
        | JunctionCall::CancelOrder
        | JunctionCall::GetAreaInfo
        | JunctionCall::GetVisit
        | JunctionCall::ListCancellationReasons
        | JunctionCall::GetResults
        | JunctionCall::GetResultsMetadata
        | JunctionCall::GetResultsPdf
        | JunctionCall::GetRequisitionPdf
        | JunctionCall::GetAbnPdf
        | JunctionCall::GetInstructionsPdf
        | JunctionCall::ListLabTests
        | JunctionCall::GetLabTest
        | JunctionCall::ListLabTestMarkers
        | JunctionCall::ResendEvents
        | JunctionCall::GetConfiguration
        | JunctionCall::ListWebhooks
        | JunctionCall::GetWebhook
        | JunctionCall::CreateWebhook
        | JunctionCall::UpdateWebhook
        | JunctionCall::DeleteWebhook
        | JunctionCall::GetWebhookSecret
        | JunctionCall::RotateWebhookSecret
        | JunctionCall::SetWebhookHeaders
        | JunctionCall::GetDeliveryMetric => None,
    }
}

const TEAM: &[Row] = &[
    (&["integration_team_id"], "/team/integrationTeamId"),
    (&["name"], "/team/name"),
];

const DASHBOARD_URL: &[Row] = &[
    (&["feature"], "/feature"),
    (&["modality"], "/modality"),
    (&["team_id"], "/team"),
];

const USER: &[Row] = &[(&["client_user_id"], "/patient/clientUserId")];

const DEMOGRAPHICS: &[Row] = &[
    (&[], "/patient/demographics"),
    (&["first_name"], "/patient/demographics/firstName"),
    (&["last_name"], "/patient/demographics/lastName"),
    (&["email"], "/patient/demographics/email"),
    (&["phone_number"], "/patient/demographics/phoneNumber"),
    (&["gender"], "/patient/demographics/gender"),
    (&["dob"], "/patient/demographics/dob"),
    (&["address"], "/patient/demographics/address"),
    (&["address", "first_line"], "/patient/demographics/address/firstLine"),
    (&["address", "second_line"], "/patient/demographics/address/secondLine"),
    (&["address", "city"], "/patient/demographics/address/city"),
    (&["address", "state"], "/patient/demographics/address/state"),
    (&["address", "zip"], "/patient/demographics/address/zip"),
    (&["address", "country"], "/patient/demographics/address/country"),
    (
        &["address", "access_notes"],
        "/patient/demographics/address/accessNotes",
    ),
];

const ORDER: &[Row] = &[
    (&["user_id"], "/patient/clientUserId"),
    (&["patient_details"], "/patient/demographics"),
    (&["patient_details", "first_name"], "/patient/demographics/firstName"),
    (&["patient_details", "last_name"], "/patient/demographics/lastName"),
    (&["patient_details", "dob"], "/patient/demographics/dob"),
    (&["patient_details", "gender"], "/patient/demographics/gender"),
    (
        &["patient_details", "phone_number"],
        "/patient/demographics/phoneNumber",
    ),
    (&["patient_details", "email"], "/patient/demographics/email"),
    (
        &["patient_details", "medical_proxy"],
        "/patient/demographics/medicalProxy",
    ),
    (&["patient_details", "race"], "/patient/demographics/race"),
    (&["patient_details", "ethnicity"], "/patient/demographics/ethnicity"),
    (
        &["patient_details", "sexual_orientation"],
        "/patient/demographics/sexualOrientation",
    ),
    (
        &["patient_details", "gender_identity"],
        "/patient/demographics/genderIdentity",
    ),
    (
        &["patient_details", "household_income"],
        "/patient/demographics/householdIncome",
    ),
    (
        &["patient_details", "household_size"],
        "/patient/demographics/householdSize",
    ),
    (&["patient_address"], "/address"),
    (&["patient_address", "first_line"], "/address/firstLine"),
    (&["patient_address", "second_line"], "/address/secondLine"),
    (&["patient_address", "city"], "/address/city"),
    (&["patient_address", "state"], "/address/state"),
    (&["patient_address", "zip"], "/address/zip"),
    (&["patient_address", "country"], "/address/country"),
    (&["patient_address", "access_notes"], "/address/accessNotes"),
    (
        &["patient_address", "phone_number"],
        "/patient/demographics/phoneNumber",
    ),
    (&["order_set"], "/tests"),
    (&["order_set", "lab_test_ids"], "/tests"),
    (&["order_set", "lab_test_ids", "#"], "/tests/#"),
    (&["order_set", "add_on"], "/addOnMarkers"),
    (&["order_set", "add_on", "marker_ids", "#"], "/addOnMarkers/#"),
    (&["order_set", "lab_account_id"], "/labAccountId"),
    (&["lab_account_id"], "/labAccountId"),
    (&["physician"], "/physician"),
    (&["physician", "first_name"], "/physician/firstName"),
    (&["physician", "last_name"], "/physician/lastName"),
    (&["physician", "npi"], "/physician/npi"),
    (&["physician", "email"], "/physician/email"),
    (&["physician", "licensed_states"], "/physician/licensedStates"),
    (&["physician", "licensed_states", "#"], "/physician/licensedStates/#"),
    (&["billing_type"], "/billing"),
    (&["icd_codes"], "/icdCodes"),
    (&["icd_codes", "#"], "/icdCodes/#"),
    (&["consents"], "/consents"),
    (&["consents", "#"], "/consents/#"),
    (&["consents", "#", "consentType"], "/consents/#/type"),
    (&["consents", "#", "version"], "/consents/#/version"),
    (&["consents", "#", "timeOfConsent"], "/consents/#/at"),
    (&["aoe_answers"], "/aoeAnswers"),
    (&["aoe_answers", "#"], "/aoeAnswers/#"),
    (&["aoe_answers", "#", "marker_id"], "/aoeAnswers/#/markerId"),
    (&["aoe_answers", "#", "question_id"], "/aoeAnswers/#/questionId"),
    (&["aoe_answers", "#", "answer"], "/aoeAnswers/#/answer"),
    (&["priority"], "/priority"),
    (&["clinical_notes"], "/clinicalNotes"),
    (&["activate_by"], "/activateBy"),
    (&["passthrough"], "/passthrough"),
];

const AVAILABILITY: &[Row] = &[
    (&["start_date"], "/from"),
    (&["first_line"], "/address/firstLine"),
    (&["second_line"], "/address/secondLine"),
    (&["city"], "/address/city"),
    (&["state"], "/address/state"),
    (&["zip_code"], "/address/zip"),
    (&["access_notes"], "/address/accessNotes"),
];

const BOOKING: &[Row] = &[(&["booking_key"], "/slot"), (&["appointment_notes"], "/notes")];

const REQUEST: &[Row] = &[
    (&["address"], "/address"),
    (&["address", "first_line"], "/address/firstLine"),
    (&["address", "second_line"], "/address/secondLine"),
    (&["address", "city"], "/address/city"),
    (&["address", "state"], "/address/state"),
    (&["address", "zip_code"], "/address/zip"),
    (&["address", "access_notes"], "/address/accessNotes"),
    (&["provider"], "/provider"),
    (&["appointment_notes"], "/notes"),
];

const CANCELLATION: &[Row] = &[(&["cancellation_reason_id"], "/reasonId"), (&["notes"], "/notes")];

const SIMULATION: &[Row] = &[
    (&["final_status"], "/finalStatus"),
    (&["delay"], "/delaySecs"),
    (&["interpretation"], "/interpretation"),
    (&["result_types"], "/resultTypes"),
    (&["result_types", "#"], "/resultTypes/#"),
    (&["has_missing_results"], "/hasMissingResults"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_junctions_is_the_callers_field() {
        use JunctionCall::{
            BookVisit, CancelVisit, CreateMember, CreateOrder, CreateTeam, GetAvailability, RequestVisit,
            SimulateOrder, UpdateUserInfo,
        };
        let rows: &[(JunctionCall, &[&str], &[&str])] = &[
            (CreateOrder, &["patient_address", "zip"], &["/address/zip"]),
            (
                CreateOrder,
                &["patient_details", "phone_number"],
                &["/patient/demographics/phoneNumber"],
            ),
            (CreateOrder, &["aoe_answers", "0", "answer"], &["/aoeAnswers/0/answer"]),
            (CreateOrder, &["aoe_answers", "12", "new"], &["/aoeAnswers/12"]),
            (
                CreateOrder,
                &["order_set", "OrderSetRequest", "lab_test_ids", "1"],
                &["/tests/1"],
            ),
            (
                CreateOrder,
                &["order_set", "add_on", "marker_ids", "list[int]", "2"],
                &["/addOnMarkers/2"],
            ),
            (
                CreateOrder,
                &["patient_details", "medical_proxy", "address"],
                &["/patient/demographics/medicalProxy"],
            ),
            (CreateOrder, &["consents", "0", "timeOfConsent"], &["/consents/0/at"]),
            (CreateOrder, &["creator_member_id"], &[]),
            (CreateOrder, &["icd_codes", "x"], &["/icdCodes"]),
            (CreateOrder, &[], &[]),
            (GetAvailability, &["zip_code"], &["/address/zip"]),
            (BookVisit, &["booking_key"], &["/slot"]),
            (BookVisit, &["async_confirmation"], &[]),
            (RequestVisit, &["address", "zip_code"], &["/address/zip"]),
            (CancelVisit, &["cancellation_reason_id"], &["/reasonId"]),
            (SimulateOrder, &["result_types", "3"], &["/resultTypes/3"]),
            (CreateMember, &["name"], &["/token/firstName", "/token/lastName"]),
            (CreateTeam, &["integration_team_id"], &["/team/integrationTeamId"]),
            (CreateTeam, &["region"], &[]),
            (
                UpdateUserInfo,
                &["address", "zip"],
                &["/patient/demographics/address/zip"],
            ),
            (UpdateUserInfo, &["something"], &["/patient/demographics"]),
        ];
        for (call, names, expected) in rows {
            assert_eq!(fields(*call, names, "/token"), *expected, "{} {names:?}", call.as_str());
        }
    }
}
