//! One launch: what was asked for, and what will be done about it.

mod drop_in;
mod native;

pub use drop_in::{DropIn, parse as parse_drop_in};
pub use native::{Native, parse as parse_native};

use super::{
    clinician::Clinician,
    endpoint::Endpoint,
    field::{Fault, FieldErrors},
    intent::{Acting, Identity, Intent, Permission, Warning, decide},
    parameter::{ParameterReader, Parameters},
    refusal::{Code, Refusal},
    rules::{IntentGrants, TenantRules},
    user_header::UserHeader,
};

/// Which of the two APIs a launch came by: they differ in where things stand and in what silence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Empego's own: header and query.
    DropIn,
    /// The gateway's: a JSON body.
    Native,
}

impl Form {
    /// JSON pointer to the clinician.
    const fn clinician_place(self) -> &'static str {
        match self {
            Self::DropIn => "",
            Self::Native => "/clinician",
        }
    }

    /// JSON pointer to what holds the parameter of this name.
    fn parameter_prefix(self, name: &str) -> &'static str {
        match self {
            Self::DropIn => "/query",
            Self::Native if matches!(name, "patientKey" | "locale") => "",
            Self::Native => "/params",
        }
    }
}

/// A well-formed request for an embed URL. Nothing in it needs checking again; whether it is allowed is [`plan`]'s.
#[derive(Debug, Clone)]
pub struct Launch {
    form: Form,
    endpoint: Endpoint,
    clinician: Option<Clinician>,
    intent: Option<Intent>,
    parameters: Parameters,
}

impl Launch {
    /// The intent the caller stated, if any.
    #[must_use]
    pub fn stated_intent(&self) -> Option<Intent> {
        self.intent
    }
}

/// What will be sent upstream, and what the caller is told about it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The endpoint to call.
    pub endpoint: Endpoint,
    /// The intent that applied, stated or not.
    pub intent: Intent,
    /// The user header; none means a session of the API key's owner.
    pub header: Option<UserHeader>,
    /// The query parameters.
    pub parameters: Parameters,
    /// Whose session it will be.
    pub identity: Identity,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
    /// Where to point if Empego misses fields of a new user: pointers to those that were not stated.
    pub missing_of_new_user: Vec<String>,
}

/// Decides about a launch. Pure: the real path and everything that explains it use this one function.
///
/// # Errors
/// The refusal, naming the fields at fault.
pub fn plan(launch: Launch, rules: &TenantRules, intents: &IntentGrants) -> Result<Plan, Refusal> {
    let intent = applying_intent(&launch, intents)?;
    let clinician = launch.clinician.as_ref();
    let session = decide(intent, Acting::from(clinician), rules.identity)
        .map_err(|code| explain(code, &launch, rules.identity.missing_licence))?;
    Ok(Plan {
        endpoint: launch.endpoint,
        intent,
        header: clinician.map(UserHeader::encode),
        missing_of_new_user: missing_of_new_user(&launch),
        parameters: launch.parameters,
        identity: session.identity,
        warnings: session.warnings,
    })
}

/// The stated intent if the host may state it, else what silence means. Silence means the owner only for a host that
/// could also have said so.
fn applying_intent(launch: &Launch, intents: &IntentGrants) -> Result<Intent, Refusal> {
    let (intent, stated) = match (launch.intent, &launch.clinician, launch.form) {
        (Some(stated), _, _) => (stated, true),
        (None, Some(_), _) => (Intent::Upsert, false),
        (None, None, Form::DropIn) => (Intent::Owner, true),
        (None, None, Form::Native) => return Err(Code::IdentityRequired.into()),
    };
    if stated && !intents.include(intent) {
        return Err(Code::IntentDenied.into());
    }
    Ok(intent)
}

/// Names the fields behind a refusal of the table.
fn explain(code: Code, launch: &Launch, missing_licence: Permission) -> Refusal {
    let mut errors = FieldErrors::default();
    if code == Code::UserFieldsMissing {
        for place in missing_of_new_user(launch) {
            errors.add(place, Fault::Required);
        }
        let licensed = launch.clinician.as_ref().is_some_and(Clinician::has_license);
        if missing_licence == Permission::Deny && !licensed {
            errors.add(
                format!("{}/licenseNumber", launch.form.clinician_place()),
                Fault::Required,
            );
        }
    }
    Refusal::new(code).naming(errors)
}

fn missing_of_new_user(launch: &Launch) -> Vec<String> {
    let missing = launch.clinician.as_ref().map_or_else(
        || vec!["firstName", "lastName", "email"],
        Clinician::missing_of_new_user,
    );
    let place = launch.form.clinician_place();
    missing.into_iter().map(|name| format!("{place}/{name}")).collect()
}

/// Completes what was read of the parameters: the locale that silence means, and what is required and not there.
fn finish_parameters(
    reader: ParameterReader<'_>,
    form: Form,
    endpoint: Endpoint,
    clinician: Option<&Clinician>,
    rules: &TenantRules,
    errors: &mut FieldErrors,
) -> Parameters {
    let stated: Vec<&str> = rules.required(endpoint).filter(|name| reader.saw(name)).collect();
    let mut parameters = reader.into_parameters();
    parameters.default_locale(silent_locale(form, endpoint, clinician, rules));
    for name in rules.required(endpoint) {
        if !stated.contains(&name) && !parameters.has(name) {
            errors.add(format!("{}/{name}", form.parameter_prefix(name)), Fault::Required);
        }
    }
    parameters
}

/// The locale of a launch that states none. The patient's page is not in the clinician's language.
fn silent_locale(
    form: Form,
    endpoint: Endpoint,
    clinician: Option<&Clinician>,
    rules: &TenantRules,
) -> Option<super::parameter::Locale> {
    use super::endpoint::Audience;
    let preferred = match (form, endpoint.audience()) {
        (Form::Native, Audience::Clinician) => clinician.and_then(Clinician::preferred_language),
        (Form::Native, Audience::Patient) | (Form::DropIn, _) => None,
    };
    preferred.map(Into::into).or(rules.default_locale)
}
