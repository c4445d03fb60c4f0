//! An order to place: what was asked for, and what is sent once team, member and patient are known. Everything that is wrong
//! with it and can be told without a call is reported at once, before any is made.

mod contents;
mod fields;
mod patient;
mod physician;
mod words;

use jiff::Timestamp;
use serde_json::Value;

use self::{
    contents::Contents,
    patient::{OrderPatient, PatientDetails},
};
use super::{
    address::{Purpose, VisitAddress},
    adult,
    findings::Findings,
    whose,
};
use crate::{
    audit::Named,
    clinician::Clinician,
    fault::Fault,
    junction::{
        About, ClientUserId, Creation, Environment, Expected, JunctionId, Modality, Patient, Plan, Team, TenantRules,
        Vouched,
        launch::{Proven, team},
        named::name_of_team,
    },
    native_body::{Native, Opened},
    reason::Reason,
    refusal::Refusal,
};

/// A well-formed request to place an order.
#[derive(Debug, Clone)]
pub struct Placing {
    clinician: Option<Clinician>,
    clinician_place: &'static str,
    team: Option<Team>,
    proven: Proven,
    patient: ClientUserId,
    order: Order,
}

/// What will be done, with everything decided that can be without asking Junction.
#[derive(Debug, Clone)]
pub struct PlacingPlan {
    /// The clinician, team and patient: they are found or created as those of a launch of a new order are.
    pub account: Plan,
    order: Order,
}

/// What is sent to Junction.
#[derive(Debug, Clone)]
struct Order {
    patient: PatientDetails,
    address: VisitAddress,
    contents: Contents,
}

/// Reads an order from a JSON body and reports every error at once. `vouched` is for hosts whose clinicians come from
/// tokens.
///
/// # Errors
/// `invalid_request`, or else `name_not_orderable`, `address_incomplete` or `patient_is_minor`, each with every error of
/// all; `clinician_not_accepted` if clinicians come from tokens; `claim_unusable`.
pub fn parse(
    request: Native<'_>,
    vouched: Option<&Vouched>,
    environment: Environment,
    now: Timestamp,
) -> Result<Placing, Refusal> {
    let Opened { mut members, errors } = request.open(vouched.is_some())?;
    let mut findings = Findings::after(errors);
    for name in ["patient", "address"] {
        if !members.has(name) {
            findings.errors.add(members.place(name), Fault::Required);
        }
    }
    let clinician = members
        .take("clinician", &mut findings.errors)
        .and_then(|raw| Clinician::parse(raw, "/clinician", &mut findings.errors));
    let team = members
        .take("team", &mut findings.errors)
        .and_then(|raw| Team::parse(raw, "/team", &mut findings.errors));
    let today = adult::latest_day(now);
    let patient = members
        .take("patient", &mut findings.errors)
        .and_then(|raw| OrderPatient::parse(raw, "/patient", today, &mut findings));
    let address = members
        .take("address", &mut findings.errors)
        .and_then(|raw| VisitAddress::parse(raw, "/address", Purpose::Visit(environment), &mut findings));
    let contents = Contents::take(&mut members, &mut findings.errors);
    members.finish(NAMES, &mut findings.errors);
    if let Some(Vouched { person, .. }) = vouched
        && findings.errors.is_empty()
        && !person.errors.is_empty()
    {
        return Err(Refusal {
            errors: person.errors.clone(),
            ..Reason::ClaimNotUsable.into()
        });
    }
    findings.refusal()?;
    let (Some(patient), Some(address), Some(contents)) = (patient, address, contents) else {
        return Err(Reason::Defect.into());
    };
    Ok(Placing {
        clinician: vouched.map_or(clinician, |vouched| vouched.person.clinician.clone()),
        clinician_place: if vouched.is_some() { "/token" } else { "/clinician" },
        team,
        proven: vouched.map_or(Proven::Nothing, Proven::by),
        patient: patient.client_user_id,
        order: Order {
            patient: patient.details,
            address,
            contents,
        },
    })
}

/// The members of the body.
const NAMES: &[&str] = &[
    "clinician",
    "team",
    "patient",
    "address",
    "tests",
    "addOnMarkers",
    "labAccountId",
    "physician",
    "billing",
    "icdCodes",
    "consents",
    "aoeAnswers",
    "priority",
    "clinicalNotes",
    "activateBy",
    "passthrough",
];

/// Decides about an order, as far as that is possible without asking Junction. Whether the host may place any is the
/// caller's to check.
///
/// # Errors
/// The refusal, naming the fields at fault.
pub fn plan(placing: Placing, rules: &TenantRules) -> Result<PlacingPlan, Refusal> {
    let clinician = placing.clinician.ok_or(Reason::NobodyStated)?;
    let bound = match &placing.proven {
        Proven::Nothing => None,
        Proven::Bound { patient, .. } => whose::bound(patient)?,
    };
    if bound.is_some_and(|bound| bound != placing.patient) {
        return Err(Reason::OtherPatient.into());
    }
    let is_stated = placing.team.is_some();
    let team = team(placing.team, &placing.proven, rules)?;
    Ok(PlacingPlan {
        account: Plan {
            clinician,
            clinician_place: placing.clinician_place,
            team,
            may_create_team: rules.create_team,
            creation: Creation::Allowed(rules.member_teams),
            team_name_place: is_stated.then_some("/team/name"),
            // The order itself carries the demographics.
            about: About::NewOrder(Patient::known(placing.patient)),
            modality: Modality::FeatureEmbed,
            expected: Expected::default(),
        },
        order: placing.order,
    })
}

impl Placing {
    /// Whom it is about.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        let proven = match &self.proven {
            Proven::Nothing => None,
            Proven::Bound { team, .. } => team.as_ref(),
        };
        let clinician = self.clinician.as_ref();
        Named {
            clinician: clinician.map(|clinician| clinician.user_id().as_ref().into()),
            patient: Some(self.patient.as_ref().into()),
            subjects: self.team.as_ref().or(proven).map(name_of_team).into_iter().collect(),
        }
    }
}

impl PlacingPlan {
    /// Where the patient is visited.
    #[must_use]
    pub const fn address(&self) -> &VisitAddress {
        &self.order.address
    }

    /// The body of Junction's `POST /v3/order`, for this patient and in the name of this member.
    #[must_use]
    pub fn to_junction(&self, user: JunctionId, member: JunctionId) -> Value {
        let mut members = self.order.contents.to_junction();
        let own = [
            ("user_id", user.to_string().into()),
            ("creator_member_id", member.to_string().into()),
            ("collection_method", "at_home_phlebotomy".into()),
            ("patient_details", self.order.patient.to_junction()),
            ("patient_address", self.order.address.of_order()),
        ];
        members.extend(own.map(|(name, value)| (name.to_owned(), value)));
        members.into()
    }
}

#[cfg(test)]
mod tests;
