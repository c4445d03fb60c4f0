//! Tokens for the teams' API. Each stands in for the management key where a patient is looked up: it opens one team, for ten
//! minutes.

use std::{fmt, sync::Arc, time::Duration};

use domain::junction::JunctionId;
use moka::sync::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::Mutex, time::Instant};

use super::answer::RawToken;

/// How long a token lives (Junction's page "Create team API access token"), whatever an answer says beyond that.
const LIFETIME: Duration = Duration::from_mins(10);

/// A token is not used for the last bit of its life: a call takes time too.
const MARGIN: Duration = Duration::from_secs(30);

/// The most teams whose tokens are kept.
const CAPACITY: u64 = 10_000;

/// A token for one team's API. `Debug` does not show it.
#[derive(Clone)]
pub struct TeamToken {
    text: SecretString,
    aging_from: Instant,
    good_until: Instant,
}

/// The slot of a team's token. It is locked while a new one is made, so that one is made and not one for each launch.
pub type TokenSlot = Arc<Mutex<Option<TeamToken>>>;

/// The tokens of one organization's teams, shared by all workers.
#[derive(Debug)]
pub struct Tokens(Cache<JunctionId, TokenSlot>);

impl TeamToken {
    /// A token that Junction sent at `now`.
    #[must_use]
    pub fn new(raw: RawToken, now: Instant) -> Self {
        let lifetime = Duration::from_secs(raw.expires_in).min(LIFETIME);
        let of_use = lifetime.saturating_sub(MARGIN);
        Self {
            text: raw.access_token.into(),
            aging_from: now + of_use / 2,
            good_until: now + of_use,
        }
    }

    /// Whether it may be used at `now`.
    #[must_use]
    pub fn is_good(&self, now: Instant) -> bool {
        now < self.good_until
    }

    /// Whether it may be used at `now`, and no longer for more than half of the time for which it could be.
    #[must_use]
    pub fn is_aging(&self, now: Instant) -> bool {
        self.aging_from <= now && self.is_good(now)
    }

    /// Whether it is this one.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.text.expose_secret() == other.text.expose_secret()
    }

    pub(super) fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

impl fmt::Debug for TeamToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TeamToken(…)")
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_idle(LIFETIME).build())
    }
}

impl Tokens {
    /// The slot of this team's token.
    #[must_use]
    pub fn slot(&self, team: JunctionId) -> TokenSlot {
        self.0.get_with(team, TokenSlot::default)
    }

    /// This team's token if it is aging at `now`; none while a new one is made.
    #[must_use]
    pub fn aging(&self, team: JunctionId, now: Instant) -> Option<TeamToken> {
        let slot = self.0.get(&team)?;
        let token = slot.try_lock().ok()?.clone();
        token.filter(|token| token.is_aging(now))
    }

    /// Puts another token, or none, in the place of this one, if that is still there.
    pub async fn replace(&self, team: JunctionId, old: &TeamToken, new: Option<TeamToken>) {
        let slot = self.slot(team);
        let mut slot = slot.lock().await;
        if slot.as_ref().is_some_and(|token| token.is(old)) {
            *slot = new;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_token_is_used_for_as_long_as_it_lives_and_no_longer_than_ten_minutes() {
        let now = Instant::now();
        let rows = [
            (600, 569, true, "before its margin"),
            (600, 570, false, "within its margin"),
            (3600, 571, false, "promised longer than tokens live"),
            (60, 29, true, "short"),
            (60, 30, false, "short, within its margin"),
            (10, 0, false, "shorter than the margin"),
            (u64::MAX, 0, true, "a number that no calendar has"),
        ];
        for (expires_in, after, is_good, reason) in rows {
            let access_token = "t".to_owned();
            let token = TeamToken::new(
                RawToken {
                    access_token,
                    expires_in,
                },
                now,
            );
            assert_eq!(token.is_good(now + Duration::from_secs(after)), is_good, "{reason}");
        }
    }

    fn token(text: &str) -> TeamToken {
        let access_token = text.to_owned();
        let raw = RawToken {
            access_token,
            expires_in: 600,
        };
        TeamToken::new(raw, Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_ages_in_the_second_half_of_its_use() {
        let tokens = Tokens::default();
        let team = JunctionId::parse("11f81012-9519-11ee-8c99-0244cd4cfa84").unwrap();
        let now = Instant::now();
        assert!(tokens.aging(team, now).is_none(), "there is none");
        *tokens.slot(team).lock().await = Some(token("t"));
        for (after, is_aging) in [(284, false), (285, true), (569, true), (570, false)] {
            let then = now + Duration::from_secs(after);
            assert_eq!(tokens.aging(team, then).is_some(), is_aging, "{after}");
        }
        let slot = tokens.slot(team);
        let _is_made = slot.lock().await;
        assert!(tokens.aging(team, now + Duration::from_mins(5)).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_was_replaced_meanwhile_stays() {
        let team = JunctionId::parse("11f81012-9519-11ee-8c99-0244cd4cfa84").unwrap();
        let (old, new, newest) = (token("old"), token("new"), token("newest"));
        let tokens = Tokens::default();
        *tokens.slot(team).lock().await = Some(old.clone());
        tokens.replace(team, &old, Some(new.clone())).await;
        tokens.replace(team, &old, Some(newest)).await;
        tokens.replace(team, &old, None).await;
        let slot = tokens.slot(team);
        assert!(slot.lock().await.as_ref().is_some_and(|token| token.is(&new)));
        tokens.replace(team, &new, None).await;
        assert!(slot.lock().await.is_none());
    }

    #[test]
    fn a_team_has_one_slot() {
        let tokens = Tokens::default();
        let id = |text| JunctionId::parse(text).unwrap();
        let (one, other) = (
            id("11f81012-9519-11ee-8c99-0244cd4cfa84"),
            id("11f81012-9519-11ee-8c99-0244cd4cfa85"),
        );
        assert!(Arc::ptr_eq(&tokens.slot(one), &tokens.slot(one)));
        assert!(!Arc::ptr_eq(&tokens.slot(one), &tokens.slot(other)));
    }
}
