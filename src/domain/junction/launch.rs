//! One launch: what was asked for, and what will be done about it.

use super::{
    ClientUserId, Feature, FeatureKind, IntegrationTeamId, JunctionId, JunctionRules, Modality, Patient, Team,
    TeamName, TeamRef,
};
pub use crate::domain::launch::Native;
use crate::domain::{
    claims::{PatientBinding, TokenClinician},
    clinician::{Clinician, Email},
    field::{Fault, FieldErrors},
    launch::Opened,
    refusal::{Code, Refusal},
    rules::HostRules,
};

/// A well-formed request for a URL of Junction's. Whether it is allowed is [`plan`]'s.
#[derive(Debug, Clone)]
pub struct JunctionLaunch {
    pub(super) clinician: Option<Clinician>,
    /// JSON pointer to the clinician: in the body or the token.
    pub(super) clinician_place: &'static str,
    /// As the request names it.
    pub(super) team: Option<Team>,
    /// Who else may name it.
    pub(super) proven: Proven,
    pub(super) patient: Option<Patient>,
    pub(super) feature: Feature,
    pub(super) modality: Modality,
}

/// What is known of a launch from whoever vouches for the clinician.
#[derive(Debug, Clone)]
pub(super) enum Proven {
    /// The host's server states everything.
    Nothing,
    /// A token or a session names the team and perhaps a patient; a request says no more than that.
    Bound {
        team: Option<Team>,
        patient: PatientBinding,
    },
}

impl Proven {
    pub(super) fn by(token: &TokenClinician) -> Self {
        Self::Bound {
            team: token.team.clone(),
            patient: token.patient.clone(),
        }
    }
}

/// What will be done, with everything decided that can be without asking Junction.
#[derive(Debug, Clone)]
pub struct JunctionPlan {
    /// Who acts.
    pub clinician: Clinician,
    /// JSON pointer to the clinician: in the body or the token.
    pub clinician_place: &'static str,
    /// In which team.
    pub team: Team,
    /// Whether the team is made if Junction does not know it.
    pub may_create_team: bool,
    /// Where to point if it has to be made and has no name; none if no request could have stated one.
    pub team_name_place: Option<&'static str>,
    /// What it is about.
    pub about: About,
    /// How it is shown.
    pub modality: Modality,
    /// What else has to be true of those ids that only Junction knows.
    pub expected: Expected,
}

/// What a launch opens, as far as it has to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A feature that is about no patient.
    Team(Feature),
    /// A new order for a patient, whom Junction may not know yet.
    NewOrder(Patient),
    /// A new order for a patient that the caller knows by Junction's id.
    NewOrderOf(Known),
    /// An order.
    Order(Known),
}

/// Something of a patient, by Junction's id. It must be of the launch's team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: JunctionId,
    /// Whose it must be.
    pub patient: Option<ClientUserId>,
}

/// What a session continuation claims, and only Junction's answers can confirm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The member's id.
    pub member: Option<JunctionId>,
    /// The team's id.
    pub team: Option<JunctionId>,
    /// The team's reference.
    pub integration_team: Option<IntegrationTeamId>,
}

impl JunctionPlan {
    /// What Junction needs to make a member, as far as it was stated.
    ///
    /// # Errors
    /// `user_fields_missing`, naming what was not.
    pub fn new_member(&self) -> Result<(String, &Email), Refusal> {
        let clinician = &self.clinician;
        if let (Some(first), Some(last), Some(email)) = (&clinician.first_name, &clinician.last_name, &clinician.email)
        {
            return Ok((format!("{} {}", first.as_ref(), last.as_ref()), email));
        }
        let mut errors = FieldErrors::default();
        for name in clinician.missing_of_new_user() {
            errors.add(format!("{}/{name}", self.clinician_place), Fault::Required);
        }
        Err(Refusal::new(Code::UserFieldsMissing).naming(errors))
    }

    /// What Junction needs to make the team.
    ///
    /// # Errors
    /// `team_denied` if it may not be made, or `invalid_request` if the request should have said what it is called.
    pub fn new_team(&self) -> Result<(&IntegrationTeamId, &TeamName), Refusal> {
        match (&self.team.reference, &self.team.name, self.team_name_place) {
            (TeamRef::Integration(id), Some(name), _) if self.may_create_team => Ok((id, name)),
            (TeamRef::Integration(_), None, Some(place)) if self.may_create_team => {
                let mut errors = FieldErrors::default();
                errors.add(place, Fault::Required);
                Err(Refusal::new(Code::InvalidRequest).naming(errors))
            }
            (TeamRef::Integration(_) | TeamRef::Junction(_), _, _) => Err(Code::TeamDenied.into()),
        }
    }
}

impl About {
    /// Which grant it needs.
    #[must_use]
    pub const fn kind(&self) -> FeatureKind {
        match self {
            Self::Team(feature) => feature.kind(),
            Self::NewOrder(_) | Self::NewOrderOf(_) => FeatureKind::OrderCreationFor,
            Self::Order(_) => FeatureKind::Order,
        }
    }
}

/// Reads a launch from a JSON body; everything that is wrong comes out at once.
///
/// # Errors
/// `invalid_request`, with every mistake; `clinician_not_accepted` if clinicians come from tokens; `claim_unusable`.
pub fn parse(request: Native<'_>) -> Result<JunctionLaunch, Refusal> {
    let Opened {
        mut members,
        token,
        mut errors,
    } = request.open()?;
    let clinician = members
        .take("clinician", &mut errors)
        .and_then(|raw| Clinician::parse(raw, "/clinician", &mut errors));
    let team = members
        .take("team", &mut errors)
        .and_then(|raw| Team::parse(raw, "/team", &mut errors));
    let patient = members
        .take("patient", &mut errors)
        .and_then(|raw| Patient::parse(raw, "/patient", &mut errors));
    let feature = members.required("feature", &mut errors, |text| Feature::parse(&text));
    let modality = members.required("modality", &mut errors, |text| {
        Modality::parse(&text).ok_or(Fault::BadValue(Modality::VALUES))
    });
    members.finish(&mut errors);
    if patient.is_some()
        && let Some(Feature::OrderCreationFor(_) | Feature::TeamPanels | Feature::TeamConfig) = feature
    {
        errors.add(
            "/patient",
            Fault::NotAccepted(
                "A patient belongs to order_creation or order:<uuid>; order_creation:<uuid> names its own",
            ),
        );
    }
    if let Some(token) = token
        && errors.is_empty()
        && !token.errors.is_empty()
    {
        return Err(Refusal {
            errors: token.errors.clone(),
            ..Code::ClaimUnusable.into()
        });
    }
    let (Some(feature), Some(modality), true) = (feature, modality, errors.is_empty()) else {
        return Err(Refusal::new(Code::InvalidRequest).naming(errors));
    };
    Ok(JunctionLaunch {
        clinician: token.map_or(clinician, |token| token.clinician.clone()),
        clinician_place: if token.is_some() { "/token" } else { "/clinician" },
        team,
        proven: token.map_or(Proven::Nothing, Proven::by),
        patient,
        feature,
        modality,
    })
}

/// Decides about a launch, as far as that is possible without asking Junction.
///
/// # Errors
/// The refusal, naming the fields at fault.
pub fn plan(launch: JunctionLaunch, rules: &JunctionRules, host: &HostRules) -> Result<JunctionPlan, Refusal> {
    let clinician = launch.clinician.ok_or(Code::IdentityRequired)?;
    let patient = match &launch.proven {
        Proven::Nothing => &PatientBinding::Free,
        Proven::Bound { patient, .. } => patient,
    };
    let about = about(launch.feature, launch.patient, patient);
    let kind = about.as_ref().map_or(launch.feature.kind(), About::kind);
    if !rules.grant(kind, launch.modality) {
        return Err(Code::FeatureDenied.into());
    }
    let stated = launch.team.is_some();
    let team = team(launch.team, &launch.proven, rules)?;
    let about = about.ok_or(Code::PatientDenied)?;
    check_binding(&about, launch.modality, patient, host)?;
    Ok(JunctionPlan {
        clinician,
        clinician_place: launch.clinician_place,
        team,
        may_create_team: rules.create_team,
        team_name_place: stated.then_some("/team/name"),
        about,
        modality: launch.modality,
        expected: Expected::default(),
    })
}

/// What a launch is about, with the patient that a token binds it to; nothing if the request names another.
fn about(feature: Feature, stated: Option<Patient>, binding: &PatientBinding) -> Option<About> {
    let bound = match binding {
        PatientBinding::Free => None,
        PatientBinding::Nobody => return None,
        PatientBinding::Bound(patient) => Some(ClientUserId::parse(patient.clone()).ok()?),
    };
    let named = stated.as_ref().map(|patient| &patient.client_user_id);
    if named.is_some() && bound.is_some() && named != bound.as_ref() {
        return None;
    }
    let whose = named.cloned().or_else(|| bound.clone());
    Some(match feature {
        Feature::OrderCreation => match stated.or(bound.map(Patient::known)) {
            Some(patient) => About::NewOrder(patient),
            None => About::Team(feature),
        },
        Feature::OrderCreationFor(id) => About::NewOrderOf(Known { id, patient: whose }),
        Feature::Order(id) => About::Order(Known { id, patient: whose }),
        Feature::TeamPanels | Feature::TeamConfig => About::Team(feature),
    })
}

/// A token that names a patient opens nothing about anybody else.
fn check_binding(about: &About, modality: Modality, binding: &PatientBinding, host: &HostRules) -> Result<(), Code> {
    let fits = match (binding, about) {
        (PatientBinding::Free, _) => true,
        (PatientBinding::Nobody, _) => false,
        (PatientBinding::Bound(_), About::Team(feature)) => host.unbound_junction.grant(*feature, modality),
        (PatientBinding::Bound(_), About::NewOrder(_) | About::NewOrderOf(_) | About::Order(_)) => {
            host.unbound_junction.grant_modality(modality)
        }
    };
    if fits { Ok(()) } else { Err(Code::PatientDenied) }
}

/// The tenant's one team, or else the token's, or else the one that the host's server states. Whoever may not choose may
/// repeat what is so.
pub(super) fn team(stated: Option<Team>, proven: &Proven, rules: &JunctionRules) -> Result<Team, Refusal> {
    let given = match (&rules.team, proven) {
        (Some(fixed), _) => Some(fixed),
        (None, Proven::Bound { team: Some(team), .. }) => Some(team),
        (None, Proven::Bound { team: None, .. }) => return Err(Code::TeamDenied.into()),
        (None, Proven::Nothing) => None,
    };
    match (given, stated) {
        (Some(given), None) => Ok(given.clone()),
        (Some(given), Some(stated)) if given.reference == stated.reference => Ok(Team {
            name: given.name.clone().or(stated.name),
            ..stated
        }),
        (Some(_), Some(_)) => Err(Code::TeamDenied.into()),
        (None, Some(stated)) => Ok(stated),
        (None, None) => {
            let mut errors = FieldErrors::default();
            errors.add("/team", Fault::Required);
            Err(Refusal::new(Code::InvalidRequest).naming(errors))
        }
    }
}

/// Whether a team's reference is the same as far as can be told without asking Junction.
pub(super) fn agrees(team: &TeamRef, stated: &TeamRef) -> Option<bool> {
    match (team, stated) {
        (TeamRef::Integration(own), TeamRef::Integration(stated)) => Some(own == stated),
        (TeamRef::Junction(own), TeamRef::Junction(stated)) => Some(own == stated),
        (TeamRef::Integration(_), TeamRef::Junction(_)) | (TeamRef::Junction(_), TeamRef::Integration(_)) => None,
    }
}
