//! What can come back instead of what was asked for, by meaning. None of it carries an address or a key.

use std::time::Duration;

use domain::{
    fault::{Fault, FieldErrors},
    junction::{JunctionCall, Plan},
    reason::Reason,
    refusal::Refusal,
};

use super::detail::Detail;
use crate::upstream::wire::{NoAnswer, NoAnswerReasons};

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JunctionError {
    /// There was an answer.
    Answered {
        /// To which call.
        call: JunctionCall,
        /// What it means.
        meaning: Meaning,
        /// Its HTTP status.
        status: u16,
        /// What its body says.
        detail: Detail,
        /// When Junction asks to come back, if it does: at most an hour.
        retry_after: Option<Duration>,
    },
    /// There was none.
    NoAnswer(NoAnswer),
}

impl From<NoAnswer> for JunctionError {
    fn from(no_answer: NoAnswer) -> Self {
        Self::NoAnswer(no_answer)
    }
}

/// What an answer without what was asked for means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// 401: the key or the token is not accepted.
    Unauthorized,
    /// 403: it may not do this; or the member is not of the team.
    Forbidden,
    /// 404 or 410.
    NotFound,
    /// 409, where the body names nothing to go on with.
    Conflict,
    /// 400 or 422: the request.
    Rejected,
    /// 429 or 503: it asks the caller to retry later.
    Busy,
    /// A status that says nothing to the caller.
    Error,
    /// A success whose body says that what was asked for is not there yet.
    NotReady,
    /// A success whose body does not hold what it should.
    BadBody,
    /// A success other than the 200 that the call hoped for.
    OtherSuccess,
    /// A success whose body is compressed in a way that is not read here.
    Compressed,
    /// A URL that must not be shown.
    BadUrl,
}

impl Meaning {
    /// What a status means where it is not what a call hoped for.
    #[must_use]
    pub const fn of(status: u16) -> Self {
        match status {
            200 => Self::BadBody,
            201..=299 => Self::OtherSuccess,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 => Self::Conflict,
            400 | 422 => Self::Rejected,
            429 | 503 => Self::Busy,
            _other => Self::Error,
        }
    }

    const fn reason(self) -> Reason {
        match self {
            Self::Unauthorized => Reason::JunctionRefusedKey,
            Self::Forbidden => Reason::JunctionForbids,
            Self::NotFound => Reason::JunctionKnowsNoSuch,
            Self::Conflict => Reason::JunctionSaysConflict,
            Self::Rejected => Reason::JunctionRefused,
            Self::Busy => Reason::JunctionIsBusy,
            Self::Error => Reason::JunctionFailed,
            Self::NotReady => Reason::NoDocument,
            Self::BadBody => Reason::JunctionSentNoAnswer,
            Self::OtherSuccess => Reason::JunctionSentOtherSuccess,
            Self::Compressed => Reason::JunctionSentCompressed,
            Self::BadUrl => Reason::JunctionSentBadUrl,
        }
    }
}

impl JunctionError {
    /// Whether it may be so because something that is remembered is gone.
    #[must_use]
    pub fn may_come_of_old_knowledge(&self) -> bool {
        match self {
            Self::NoAnswer(_) => false,
            Self::Answered { meaning, .. } => match meaning {
                Meaning::Forbidden | Meaning::NotFound | Meaning::Conflict | Meaning::Rejected => true,
                Meaning::Unauthorized
                | Meaning::Busy
                | Meaning::Error
                | Meaning::NotReady
                | Meaning::BadBody
                | Meaning::OtherSuccess
                | Meaning::Compressed
                | Meaning::BadUrl => false,
            },
        }
    }

    /// How this is reported to the caller of a request about an order.
    #[must_use]
    pub fn into_refusal_of_order(self) -> Refusal {
        match self {
            Self::NoAnswer(no_answer) => no_answer.into_refusal(&NO_ANSWER),
            Self::Answered {
                meaning,
                status,
                detail,
                retry_after,
                ..
            } => Refusal::answered(meaning.reason(), status, detail.message, retry_after),
        }
    }

    /// How this is reported to the caller.
    #[must_use]
    pub fn into_refusal(self, plan: &Plan) -> Refusal {
        match self {
            Self::NoAnswer(no_answer) => no_answer.into_refusal(&NO_ANSWER),
            Self::Answered {
                call,
                meaning,
                status,
                detail,
                retry_after,
            } => {
                let refusal = Refusal::answered(meaning.reason(), status, detail.message, retry_after);
                match meaning {
                    Meaning::Rejected => Refusal { status, ..refusal }.naming(at_fault(call, &detail.places, plan)),
                    // The key is the gateway's: with Empego's documented 401, a front end would take it for its own.
                    Meaning::Unauthorized => Refusal { status: 502, ..refusal },
                    Meaning::Forbidden
                    | Meaning::NotFound
                    | Meaning::Conflict
                    | Meaning::Busy
                    | Meaning::Error
                    | Meaning::NotReady
                    | Meaning::BadBody
                    | Meaning::OtherSuccess
                    | Meaning::Compressed
                    | Meaning::BadUrl => refusal,
                }
            }
        }
    }
}

const NO_ANSWER: NoAnswerReasons = NoAnswerReasons {
    connect_timeout: Reason::JunctionConnectsTooSlowly,
    timeout: Reason::JunctionAnswersTooSlowly,
    unreachable: Reason::JunctionUnreachableNow,
};

/// The caller's fields that Junction's places stand for, as far as they are the caller's at all.
fn at_fault(call: JunctionCall, places: &[Vec<String>], plan: &Plan) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for place in places {
        let names: Vec<_> = place.iter().map(String::as_str).collect();
        for field in fields(call, &names, plan.clinician_place) {
            errors.add(field, Fault::RefusedByJunction);
        }
    }
    errors
}

fn fields(call: JunctionCall, names: &[&str], clinician: &str) -> Vec<String> {
    let of_clinician = |fields: &[&str]| fields.iter().map(|field| format!("{clinician}/{field}")).collect();
    let stated = |field: &str| vec![field.to_owned()];
    match (call, names) {
        (JunctionCall::ResolveMember | JunctionCall::CreateMember, ["integration_member_id"]) => {
            of_clinician(&["userId"])
        }
        (JunctionCall::CreateMember, ["name"]) => of_clinician(&["firstName", "lastName"]),
        (JunctionCall::CreateMember, ["email"]) => of_clinician(&["email"]),
        (JunctionCall::ResolveTeam | JunctionCall::CreateTeam, ["integration_team_id"]) => {
            stated("/team/integrationTeamId")
        }
        (JunctionCall::CreateTeam, ["name"]) => stated("/team/name"),
        (JunctionCall::CreateDashboardUrl, ["feature"]) => stated("/feature"),
        (JunctionCall::CreateDashboardUrl, ["modality"]) => stated("/modality"),
        (JunctionCall::CreateDashboardUrl, ["team_id"]) => stated("/team"),
        (JunctionCall::CreateUser | JunctionCall::ResolveUser, ["client_user_id"]) => stated("/patient/clientUserId"),
        (JunctionCall::UpdateUserInfo, [_, ..]) => {
            let known = DEMOGRAPHICS.iter().find(|(theirs, _)| *theirs == names);
            let place = "/patient/demographics";
            vec![known.map_or_else(|| place.to_owned(), |(_, own)| format!("{place}/{own}"))]
        }
        _not_the_callers => Vec::new(),
    }
}

/// Junction's names of a patient's demographics, and the API's.
const DEMOGRAPHICS: [(&[&str], &str); 14] = [
    (&["first_name"], "firstName"),
    (&["last_name"], "lastName"),
    (&["email"], "email"),
    (&["phone_number"], "phoneNumber"),
    (&["gender"], "gender"),
    (&["dob"], "dob"),
    (&["address"], "address"),
    (&["address", "first_line"], "address/firstLine"),
    (&["address", "second_line"], "address/secondLine"),
    (&["address", "city"], "address/city"),
    (&["address", "state"], "address/state"),
    (&["address", "zip"], "address/zip"),
    (&["address", "country"], "address/country"),
    (&["address", "access_notes"], "address/accessNotes"),
];
