//! The intent and required-fields rule: what may be sent as whom. One total function decides.
//!
//! Empego clones the API key's owner, licence number included, for an unknown bare `userId`, and acts as that owner
//! without the header. Only the host knows whether the user exists, so it says what it knows: the intent.

use crate::{
    clinician::{Clinician, Profile},
    reason::Reason,
};

/// What the host knows about the clinician.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// No clinician: a session of the API key's owner.
    Owner,
    /// The user exists at Empego; the caller that sends it vouches for it.
    Existing,
    /// Unknown whether the user exists: create or update.
    Upsert,
    /// The user does not exist yet.
    New,
    /// The user does not exist yet, and is to be a clone of the key's owner.
    Clone,
}

impl Intent {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Owner, Self::Existing, Self::Upsert, Self::New, Self::Clone];

    /// As in the body's `intent` and in `x-integration-intent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Existing => "existing",
            Self::Upsert => "upsert",
            Self::New => "new",
            Self::Clone => "clone",
        }
    }

    /// Reads an intent in exactly its spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|intent| intent.as_str() == text)
    }

    /// The values to name to a caller that sent another.
    pub const VALUES: &str = "owner, existing, upsert, new, clone";
}

/// A tenant's answer to one of the risky rows of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It may happen.
    Allow,
    /// It is refused.
    Deny,
}

/// Whose word counts for a user's existence, where only a `userId` is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingUsers {
    /// The host's.
    Vouched,
    /// The gateway's: the user was launched with a complete profile before, or was imported.
    Seen,
}

/// What the gateway remembers of the clinician.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Launched with a complete profile before, or imported.
    Yes,
    /// Neither.
    No,
    /// The store could not be asked.
    Unavailable,
    /// There is no store, or the decision does not depend on it.
    NotAsked,
}

impl Seen {
    /// As in the explanation's `rule.seen`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unavailable => "unavailable",
            Self::NotAsked => "not_asked",
        }
    }
}

/// What a tenant permits where Empego would guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityPolicy {
    /// Sessions of the key's owner.
    pub owner_session: Permission,
    /// Clones of the key's owner.
    pub owner_clone: Permission,
    /// Incomplete profiles of users who may be unknown.
    pub partial_profile: Permission,
    /// New profiles without a licence number: Empego's field table says that missing fields are the owner's.
    pub missing_licence: Permission,
    /// Whose word counts for a bare `userId`.
    pub existing_users: ExistingUsers,
}

impl IdentityPolicy {
    /// The default: without an intent only what is right for a new and an existing user alike.
    pub const STRICT: Self = Self {
        owner_session: Permission::Deny,
        owner_clone: Permission::Deny,
        partial_profile: Permission::Deny,
        missing_licence: Permission::Allow,
        existing_users: ExistingUsers::Vouched,
    };

    /// Exactly Empego's four documented options.
    pub const DOCUMENTED: Self = Self {
        owner_session: Permission::Allow,
        owner_clone: Permission::Allow,
        partial_profile: Permission::Allow,
        missing_licence: Permission::Allow,
        existing_users: ExistingUsers::Vouched,
    };
}

/// Who acts, as far as the rule looks at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acting {
    /// No clinician was given.
    Nobody,
    /// A clinician was.
    Someone {
        /// How complete the profile is.
        profile: Profile,
        /// Whether it has a licence number.
        licensed: bool,
    },
}

impl From<Option<&Clinician>> for Acting {
    fn from(clinician: Option<&Clinician>) -> Self {
        clinician.map_or(Self::Nobody, |clinician| Self::Someone {
            profile: clinician.profile(),
            licensed: clinician.has_license(),
        })
    }
}

/// Whose session an embed URL carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// The clinician's own.
    Clinician,
    /// The clinician's if the user exists, else a clone's: Empego decides.
    ClinicianOrClone,
    /// A clone's of the key's owner.
    Clone,
    /// The key's owner's.
    Owner,
}

impl Identity {
    /// As in the answer's `identity`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clinician => "clinician",
            Self::ClinicianOrClone => "clinician_or_clone",
            Self::Clone => "clone",
            Self::Owner => "owner",
        }
    }
}

/// What a caller should know about a launch that goes ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// If the user does not exist, Empego clones the key's owner.
    MayCloneOwner,
    /// The gateway has never seen the user that a bare `userId` names.
    NeverSeen,
    /// If the user does not exist, Empego may refuse the incomplete profile.
    MayBeRejectedIfNew,
    /// If the user does not exist, the licence number may be the owner's.
    LicenceMayBeInherited,
    /// No clinician and no intent were sent, so the session is that of the API key's owner. A user header lost on its
    /// way looks the same.
    OwnerSession,
    /// The token's language is neither French nor English, and was left out.
    LanguageIgnored,
}

impl Warning {
    /// As in the answer's `warnings` and in `x-gateway-warnings`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MayCloneOwner => "may_clone_owner",
            Self::NeverSeen => "never_seen",
            Self::MayBeRejectedIfNew => "may_be_rejected_if_new",
            Self::LicenceMayBeInherited => "licence_may_be_inherited",
            Self::OwnerSession => "owner_session",
            Self::LanguageIgnored => "language_ignored",
        }
    }
}

/// A launch that may go ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose session it will be.
    pub identity: Identity,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
}

/// What the table says about a launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// The session, or why the cell refuses it.
    pub session: Result<Session, Reason>,
    /// Why, in a sentence for the integrator of a host.
    pub because: &'static str,
}

/// Decides who may be launched, under an intent and a tenant's policy, by what the gateway remembers of the clinician: the
/// table of docs/reference/intents.md, by cell.
#[must_use]
pub fn decide(intent: Intent, acting: Acting, policy: IdentityPolicy, seen: Seen) -> Ruling {
    use Profile::{Complete, IdOnly, Partial};
    let Acting::Someone { profile, licensed } = acting else {
        return match intent {
            Intent::Owner => Ruling {
                session: policy
                    .owner_session
                    .or(Reason::OwnerSessionOff)
                    .map(|()| session(Identity::Owner, &[])),
                because: "Without a user header, Empego opens a session of the API key's owner; the tenant's owner_session decides",
            },
            Intent::Existing | Intent::Upsert | Intent::New | Intent::Clone => Ruling {
                session: Err(Reason::IntentNeedsClinician),
                because: "This intent is about a clinician, and none was given",
            },
        };
    };
    match (intent, profile) {
        (Intent::Owner, IdOnly | Partial | Complete) => Ruling {
            session: Err(Reason::OwnerWithClinician),
            because: "A session of the API key's owner is asked for, and a clinician was given",
        },

        (Intent::Existing, IdOnly) => with_guard(
            policy,
            seen,
            "The host vouches that the user exists; should it not, Empego makes a clone of the API key's owner",
        ),
        (Intent::Existing, Partial | Complete) => Ruling {
            session: Ok(session(Identity::Clinician, &[])),
            because: "The host vouches that the user exists, so any profile may be sent",
        },

        (Intent::Upsert, IdOnly) => {
            let because = "Of an unknown userId alone, Empego makes a clone of the API key's owner; the tenant's owner_clone decides";
            match policy.owner_clone.or(Reason::BareUserId) {
                Ok(()) => with_guard(policy, seen, because),
                Err(reason) => Ruling {
                    session: Err(reason),
                    because,
                },
            }
        }
        (Intent::Upsert, Partial) => Ruling {
            session: policy
                .partial_profile
                .or(Reason::PartialProfileOff)
                .and_then(|()| with_licence_rule(&[Warning::MayBeRejectedIfNew], licensed, policy)),
            because: "Empego may refuse to create a user without first name, last name and e-mail; the tenant's partial_profile decides",
        },
        (Intent::Upsert | Intent::New, Complete) => Ruling {
            session: with_licence_rule(&[], licensed, policy),
            because: "The profile has all that Empego needs to create the user; without a licence number, the tenant's missing_licence decides",
        },

        (Intent::New, IdOnly | Partial) => Ruling {
            session: Err(Reason::NewUserIncomplete),
            because: "A new user needs first name, last name and e-mail",
        },

        (Intent::Clone, IdOnly) => Ruling {
            session: policy
                .owner_clone
                .or(Reason::OwnerCloneOff)
                .map(|()| session(Identity::Clone, &[])),
            because: "A clone of the API key's owner is asked for; the tenant's owner_clone decides",
        },
        (Intent::Clone, Partial | Complete) => Ruling {
            session: Err(Reason::CloneWithProfile),
            because: "A clone of the API key's owner has the owner's profile, and another was given",
        },
    }
}

/// Empego would clone the key's owner for an unknown user, although no clone was asked for: what the gateway remembers counts
/// if the tenant wants that. `otherwise` is why the cell says what it says where it does not.
fn with_guard(policy: IdentityPolicy, seen: Seen, otherwise: &'static str) -> Ruling {
    let sent = |warnings: &[Warning], because| Ruling {
        session: Ok(session(Identity::ClinicianOrClone, warnings)),
        because,
    };
    let refused = |reason, because| Ruling {
        session: Err(reason),
        because,
    };
    match (policy.existing_users, seen) {
        (ExistingUsers::Seen, Seen::Yes) => sent(
            &[Warning::MayCloneOwner],
            "The gateway has seen this user before; should Empego have deleted it, Empego makes a clone of the API key's owner",
        ),
        (ExistingUsers::Seen, Seen::No) => refused(
            Reason::UserNeverSeen,
            "The gateway has never seen this user, of whom Empego might make a clone of the API key's owner; the tenant's existing_users decides",
        ),
        // A store that was not asked proves as little as one that did not answer.
        (ExistingUsers::Seen, Seen::Unavailable | Seen::NotAsked) => refused(
            Reason::KnownUsersUnavailable,
            "Whether the gateway has seen this user cannot be looked up, and the tenant's existing_users requires it",
        ),
        (ExistingUsers::Vouched, Seen::No) => sent(&[Warning::MayCloneOwner, Warning::NeverSeen], otherwise),
        (ExistingUsers::Vouched, Seen::Yes | Seen::Unavailable | Seen::NotAsked) => {
            sent(&[Warning::MayCloneOwner], otherwise)
        }
    }
}

/// A profile that may create a user should say its licence number: Empego may fill in the owner's.
fn with_licence_rule(warnings: &[Warning], licensed: bool, policy: IdentityPolicy) -> Result<Session, Reason> {
    let mut session = session(Identity::Clinician, warnings);
    if !licensed {
        policy.missing_licence.or(Reason::LicenceMissing)?;
        session.warnings.push(Warning::LicenceMayBeInherited);
    }
    Ok(session)
}

fn session(identity: Identity, warnings: &[Warning]) -> Session {
    Session {
        identity,
        warnings: warnings.to_vec(),
    }
}

impl Permission {
    fn or(self, refusal: Reason) -> Result<(), Reason> {
        match self {
            Self::Allow => Ok(()),
            Self::Deny => Err(refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;

    /// What a cell of the table of docs/reference/intents.md says.
    enum Cell {
        Refused(Code),
        Sent(Identity, &'static [Warning]),
        /// The one of the first three settings that decides, the refusal if it denies, else what is sent.
        If(fn(IdentityPolicy) -> Permission, Code, Identity, &'static [Warning]),
    }
    use Cell::{If, Refused, Sent};

    /// The table, row by row: no clinician, `userId` alone, not all three, all three.
    fn table(intent: Intent) -> [Cell; 4] {
        const CLONES: &[Warning] = &[Warning::MayCloneOwner];
        const REJECTS: &[Warning] = &[Warning::MayBeRejectedIfNew];
        match intent {
            Intent::Owner => [
                If(
                    |policy| policy.owner_session,
                    Code::OwnerSessionDenied,
                    Identity::Owner,
                    &[],
                ),
                Refused(Code::IntentConflict),
                Refused(Code::IntentConflict),
                Refused(Code::IntentConflict),
            ],
            Intent::Existing => [
                Refused(Code::IdentityRequired),
                Sent(Identity::ClinicianOrClone, CLONES),
                Sent(Identity::Clinician, &[]),
                Sent(Identity::Clinician, &[]),
            ],
            Intent::Upsert => [
                Refused(Code::IdentityRequired),
                If(
                    |policy| policy.owner_clone,
                    Code::IntentRequired,
                    Identity::ClinicianOrClone,
                    CLONES,
                ),
                If(
                    |policy| policy.partial_profile,
                    Code::UserFieldsMissing,
                    Identity::Clinician,
                    REJECTS,
                ),
                Sent(Identity::Clinician, &[]),
            ],
            Intent::New => [
                Refused(Code::IdentityRequired),
                Refused(Code::UserFieldsMissing),
                Refused(Code::UserFieldsMissing),
                Sent(Identity::Clinician, &[]),
            ],
            Intent::Clone => [
                Refused(Code::IdentityRequired),
                If(
                    |policy| policy.owner_clone,
                    Code::OwnerCloneDenied,
                    Identity::Clone,
                    &[],
                ),
                Refused(Code::IntentConflict),
                Refused(Code::IntentConflict),
            ],
        }
    }

    const EVERY_MEMORY: [Seen; 4] = [Seen::Yes, Seen::No, Seen::Unavailable, Seen::NotAsked];

    /// The table's answer, with the rules of the licence and of the clone guard that stand below it.
    fn expected(
        intent: Intent,
        column: usize,
        licensed: bool,
        policy: IdentityPolicy,
        seen: Seen,
    ) -> Result<Session, Code> {
        let [nobody, id_only, partial, complete] = table(intent);
        let cell = match column {
            0 => nobody,
            1 => id_only,
            2 => partial,
            _ => complete,
        };
        let (identity, warnings) = match cell {
            Refused(code) => return Err(code),
            If(setting, code, ..) if setting(policy) == Permission::Deny => return Err(code),
            Sent(identity, warnings) | If(_, _, identity, warnings) => (identity, warnings),
        };
        let mut warnings = warnings.to_vec();
        if identity == Identity::ClinicianOrClone {
            match (policy.existing_users, seen) {
                (ExistingUsers::Seen, Seen::No) => return Err(Code::UserUnknown),
                (ExistingUsers::Seen, Seen::Unavailable | Seen::NotAsked) => return Err(Code::StoreUnavailable),
                (ExistingUsers::Vouched, Seen::No) => warnings.push(Warning::NeverSeen),
                (ExistingUsers::Seen | ExistingUsers::Vouched, Seen::Yes)
                | (ExistingUsers::Vouched, Seen::Unavailable | Seen::NotAsked) => {}
            }
        }
        let is_profile = column >= 2 && matches!(intent, Intent::New | Intent::Upsert);
        if is_profile && !licensed {
            if policy.missing_licence == Permission::Deny {
                return Err(Code::UserFieldsMissing);
            }
            warnings.push(Warning::LicenceMayBeInherited);
        }
        Ok(Session { identity, warnings })
    }

    fn every_policy() -> impl Iterator<Item = IdentityPolicy> {
        let permission = |bits: u8, bit: u8| {
            if bits & bit == 0 {
                Permission::Deny
            } else {
                Permission::Allow
            }
        };
        (0..32).map(move |bits| IdentityPolicy {
            owner_session: permission(bits, 1),
            owner_clone: permission(bits, 2),
            partial_profile: permission(bits, 4),
            missing_licence: permission(bits, 8),
            existing_users: if bits & 16 == 0 {
                ExistingUsers::Vouched
            } else {
                ExistingUsers::Seen
            },
        })
    }

    #[test]
    fn the_decision_agrees_with_the_contract_cell_by_cell() {
        let mut cells = 0;
        let situations = Intent::ALL
            .iter()
            .flat_map(|intent| EVERY_MEMORY.map(|seen| (*intent, seen)));
        for ((intent, seen), policy) in
            situations.flat_map(|situation| every_policy().map(move |policy| (situation, policy)))
        {
            assert_eq!(
                decide(intent, Acting::Nobody, policy, seen)
                    .session
                    .map_err(Reason::code),
                expected(intent, 0, false, policy, seen),
                "{intent:?} nobody {policy:?} {seen:?}"
            );
            for stated in 0_u8..32 {
                let clinician = with_fields(stated);
                let acting = Acting::from(Some(&clinician));
                let column = match stated {
                    0 => 1,
                    all_three if all_three & 7 == 7 => 3,
                    _ => 2,
                };
                assert_eq!(
                    decide(intent, acting, policy, seen).session.map_err(Reason::code),
                    expected(intent, column, stated & 8 != 0, policy, seen),
                    "{intent:?} {stated:05b} {policy:?} {seen:?}"
                );
                cells += 1;
            }
        }
        assert_eq!(cells, 32 * 5 * 4 * 32);
    }

    #[test]
    fn a_clone_that_was_asked_for_needs_no_memory() {
        let policy = IdentityPolicy {
            existing_users: ExistingUsers::Seen,
            ..IdentityPolicy::DOCUMENTED
        };
        let bare = Acting::from(Some(&with_fields(0)));
        for seen in EVERY_MEMORY {
            assert_eq!(
                decide(Intent::Clone, bare, policy, seen).session,
                Ok(session(Identity::Clone, &[])),
                "{seen:?}"
            );
        }
    }

    /// A clinician with the optional fields whose bits are set.
    fn with_fields(stated: u8) -> Clinician {
        let fields = [
            ("firstName", "Alice"),
            ("lastName", "Johnson"),
            ("email", "alice@clinic.com"),
            ("licenseNumber", "MD1"),
            ("preferredLanguage", "EN"),
        ];
        let mut object = serde_json::Map::new();
        object.insert("userId".to_owned(), "u".into());
        for (bit, (name, value)) in fields.into_iter().enumerate() {
            if stated & (1 << bit) != 0 {
                object.insert(name.to_owned(), value.into());
            }
        }
        crate::clinician_of(&serde_json::Value::Object(object)).unwrap()
    }
}
