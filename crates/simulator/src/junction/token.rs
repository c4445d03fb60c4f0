//! Access tokens of teams: what the Management API mints, and the teams' API takes.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use super::{feature::Environment, id::Id, refused::Refused};

/// As documented.
pub(super) const LIFETIME: Duration = Duration::from_mins(10);

/// The one team and environment that a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) team: Id,
    pub(super) environment: Environment,
}

/// The tokens that were minted and not revoked.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens {
    /// How many there ever were.
    pub(super) minted: u64,
    live: BTreeMap<String, (Access, Instant)>,
}

impl Tokens {
    pub(super) fn mint(&mut self, access: Access, now: Instant) -> String {
        self.minted += 1;
        let token = format!("jat_{}", Id::new());
        self.live.insert(token.clone(), (access, now));
        token
    }

    /// What a token gives access to.
    pub(super) fn access(&self, token: Option<&str>, now: Instant) -> Result<Access, Refused> {
        let token = token.ok_or(Refused::Unauthorized("Missing access token"))?;
        match self.live.get(token) {
            Some((access, minted)) if now.saturating_duration_since(*minted) < LIFETIME => Ok(*access),
            Some(_) => Err(Refused::Unauthorized("Access token has expired")),
            None => Err(Refused::Unauthorized("Invalid access token")),
        }
    }

    pub(super) fn revoke_all(&mut self) {
        self.live.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_ten_minutes_unless_it_is_revoked() {
        let mut tokens = Tokens::default();
        let access = Access {
            team: Id::new(),
            environment: Environment::Sandbox,
        };
        let minted = Instant::now();
        let token = tokens.mint(access, minted);
        let token = Some(token.as_str());
        assert_eq!(tokens.access(token, minted), Ok(access));
        assert_eq!(tokens.access(token, minted + Duration::from_secs(599)), Ok(access));
        assert!(tokens.access(token, minted + Duration::from_mins(10)).is_err());
        assert!(tokens.access(Some("jat_"), minted).is_err());
        assert!(tokens.access(None, minted).is_err());
        tokens.revoke_all();
        assert!(tokens.access(token, minted).is_err());
        assert_eq!(tokens.minted, 1, "what was minted is still counted");
    }
}
