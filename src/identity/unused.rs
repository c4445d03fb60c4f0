//! Which keys of a set are not used, and why. Pure: numbers and the program's own words.

use std::{collections::BTreeMap, fmt};

/// Why a key is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// It is no key in JSON.
    NotAKey,
    /// Its `use` or `key_ops` say that it verifies no signatures.
    OtherPurpose,
    /// Its kind or its curve is none that tokens are signed with.
    OtherKind,
    /// Its `alg` is none that tokens may be signed with, or another kind's.
    OtherAlgorithm,
    /// What it consists of is missing, or is not base64url.
    Unreadable,
    /// A coordinate is shorter or longer than its curve's numbers.
    CoordinateLength,
    /// Its modulus has fewer than 2048 bits, or more than 8192.
    ModulusSize,
    /// Its exponent is less than 65537, or larger than any in use.
    Exponent,
    /// More keys stand before it than are read.
    TooMany,
}

impl Why {
    const fn text(self) -> &'static str {
        match self {
            Self::NotAKey => "not a key",
            Self::OtherPurpose => "use or key_ops for another purpose",
            Self::OtherKind => "unsupported kty or curve",
            Self::OtherAlgorithm => "alg not accepted",
            Self::Unreadable => "unreadable",
            Self::CoordinateLength => "a coordinate too short or too long",
            Self::ModulusSize => "modulus not of 2048 to 8192 bits",
            Self::Exponent => "exponent less than 65537",
            Self::TooMany => "beyond the 100 keys that are read",
        }
    }
}

/// How many keys of a set are not used, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unused {
    of: usize,
    counts: BTreeMap<Why, usize>,
}

impl Unused {
    /// None yet, of a set of so many keys.
    pub(super) fn of(keys: usize) -> Self {
        Self {
            of: keys,
            counts: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, why: Why, keys: usize) {
        if keys > 0 {
            *self.counts.entry(why).or_default() += keys;
        }
    }

    /// Whether all are used.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.counts.is_empty()
    }
}

impl fmt::Display for Unused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unused: usize = self.counts.values().sum();
        write!(formatter, "{unused} of {} not used", self.of)?;
        for (at, (why, count)) in self.counts.iter().enumerate() {
            let before = if at == 0 { ": " } else { ", " };
            write!(formatter, "{before}{count} {}", why.text())?;
        }
        Ok(())
    }
}
