//! Why a launch would go ahead or be refused: the rule that decided, beside what the real path makes of the launch.

use super::{Launch, Plan, applying_intent, plan};
use crate::{
    clinician::{Clinician, Profile},
    empego::{
        intent::{Acting, Intent, Seen, decide},
        rules::{HostRules, TenantRules},
    },
    refusal::Refusal,
};

/// A launch that was thought through and not carried out.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The intent that applied, or the one that was sent and is not allowed; none if silence means nothing here.
    pub intent: Option<Intent>,
    /// Whether the caller sent it.
    pub stated: bool,
    /// The row of the table that decided; none if the launch did not get that far.
    pub row: Option<Row>,
    /// Who would act.
    pub clinician: Option<Clinician>,
    /// What the real path would do.
    pub outcome: Result<Plan, Refusal>,
}

/// A cell of the table of docs/reference/intents.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its row.
    pub intent: Intent,
    /// Its column.
    pub given: Given,
    /// What the gateway remembered of the clinician.
    pub seen: Seen,
    /// Why it says what it says.
    pub because: &'static str,
}

/// How much of a clinician was given: the columns of that table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// No clinician.
    Nobody,
    /// `userId` alone.
    UserId,
    /// `userId` and other fields, but not all that Empego needs to create a user.
    Some,
    /// All of them.
    All,
}

impl Given {
    /// As in the explanation's `rule.given`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::UserId => "userId",
            Self::Some => "some",
            Self::All => "all",
        }
    }
}

impl From<Acting> for Given {
    fn from(acting: Acting) -> Self {
        match acting {
            Acting::Nobody => Self::Nobody,
            Acting::Someone { profile, .. } => match profile {
                Profile::IdOnly => Self::UserId,
                Profile::Partial => Self::Some,
                Profile::Complete => Self::All,
            },
        }
    }
}

/// Explains a launch, by what the gateway remembers of its clinician. What it comes to is [`plan`]'s own word.
#[must_use]
pub fn explain(launch: Launch, rules: &TenantRules, host: &HostRules, seen: Seen) -> Explanation {
    let applied = applying_intent(&launch, host).ok();
    let acting = Acting::from(launch.clinician.as_ref());
    Explanation {
        intent: applied.or(launch.intent),
        stated: launch.intent.is_some(),
        row: applied.map(|intent| Row {
            intent,
            given: acting.into(),
            seen,
            because: decide(intent, acting, rules.identity, seen).because,
        }),
        clinician: launch.clinician.clone(),
        outcome: plan(launch, rules, host, seen),
    }
}
