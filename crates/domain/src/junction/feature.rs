//! What a launch opens: one of Junction's features, and which of them a tenant was granted.

use std::fmt;

use super::JunctionId;
use crate::fault::Fault;

/// One feature, and whom or what it is about. The list is complete as of Junction's page "Connect: overview".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// A new order, whose patient is chosen there.
    OrderCreation,
    /// A new order for one patient, by Junction's id of the user.
    OrderCreationFor(JunctionId),
    /// One order.
    Order(JunctionId),
    /// The panels of a team.
    TeamPanels,
    /// The settings of a team.
    TeamConfig,
}

/// A feature, regardless of the patient it is about: what settings grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FeatureKind {
    /// [`Feature::OrderCreation`].
    OrderCreation,
    /// [`Feature::OrderCreationFor`].
    OrderCreationFor,
    /// [`Feature::Order`].
    Order,
    /// [`Feature::TeamPanels`].
    TeamPanels,
    /// [`Feature::TeamConfig`].
    TeamConfig,
}

impl FeatureKind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::OrderCreation,
        Self::OrderCreationFor,
        Self::Order,
        Self::TeamPanels,
        Self::TeamConfig,
    ];

    /// As in settings: a star stands for any id.
    #[must_use]
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::OrderCreation => "order_creation",
            Self::OrderCreationFor => "order_creation:*",
            Self::Order => "order:*",
            Self::TeamPanels => "team_panels",
            Self::TeamConfig => "team_config",
        }
    }

    /// The kind that a setting names.
    #[must_use]
    pub fn of_pattern(pattern: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.pattern() == pattern)
    }

    fn with_id(self, id: JunctionId) -> Option<Feature> {
        match self {
            Self::OrderCreationFor => Some(Feature::OrderCreationFor(id)),
            Self::Order => Some(Feature::Order(id)),
            Self::OrderCreation | Self::TeamPanels | Self::TeamConfig => None,
        }
    }

    fn without_id(self) -> Option<Feature> {
        match self {
            Self::OrderCreation => Some(Feature::OrderCreation),
            Self::TeamPanels => Some(Feature::TeamPanels),
            Self::TeamConfig => Some(Feature::TeamConfig),
            Self::OrderCreationFor | Self::Order => None,
        }
    }
}

impl Feature {
    /// Reads `order_creation`, `order_creation:<uuid>`, `order:<uuid>`, `team_panels` or `team_config`, and nothing else.
    ///
    /// # Errors
    /// [`Fault::BadValue`], or [`Fault::Placeholder`] in the place of an id.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let found = match text.split_once(':') {
            None => FeatureKind::of_pattern(text).and_then(FeatureKind::without_id),
            Some((name, id)) => {
                let kind = FeatureKind::of_pattern(&format!("{name}:*"));
                match (kind, JunctionId::parse(id)) {
                    (Some(kind), Ok(id)) => kind.with_id(id),
                    (Some(_), Err(Fault::Placeholder)) => return Err(Fault::Placeholder),
                    (Some(_) | None, _) => None,
                }
            }
        };
        found.ok_or(Fault::BadValue(
            "order_creation, order_creation:<uuid>, order:<uuid>, team_panels, team_config",
        ))
    }

    /// What it is, regardless of the patient it is about.
    #[must_use]
    pub const fn kind(self) -> FeatureKind {
        match self {
            Self::OrderCreation => FeatureKind::OrderCreation,
            Self::OrderCreationFor(_) => FeatureKind::OrderCreationFor,
            Self::Order(_) => FeatureKind::Order,
            Self::TeamPanels => FeatureKind::TeamPanels,
            Self::TeamConfig => FeatureKind::TeamConfig,
        }
    }
}

/// As Junction takes it.
impl fmt::Display for Feature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrderCreationFor(user) => write!(formatter, "order_creation:{user}"),
            Self::Order(order) => write!(formatter, "order:{order}"),
            Self::OrderCreation | Self::TeamPanels | Self::TeamConfig => formatter.write_str(self.kind().pattern()),
        }
    }
}

/// The features that a tenant was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeatureGrants(Vec<FeatureKind>);

impl FeatureGrants {
    /// These and no others.
    #[must_use]
    pub fn of(kinds: impl IntoIterator<Item = FeatureKind>) -> Self {
        Self(kinds.into_iter().collect())
    }

    /// Whether launches of it are granted.
    #[must_use]
    pub fn include(&self, kind: FeatureKind) -> bool {
        self.0.contains(&kind)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "11f81012-9519-11ee-8c99-0244cd4cfa84";

    #[test]
    fn the_published_features_are_read_and_nothing_like_them() {
        let good = [
            "order_creation".to_owned(),
            format!("order_creation:{ID}"),
            format!("order:{ID}"),
            "team_panels".to_owned(),
            "team_config".to_owned(),
        ];
        for text in &good {
            assert_eq!(
                Feature::parse(text).map(|feature| feature.to_string()),
                Ok(text.clone())
            );
        }
        let bad = [
            ("", "nothing"),
            ("order", "an order without its id"),
            ("order:", "an empty id"),
            ("order_creation:", "an empty id"),
            ("order:*", "a setting's pattern"),
            ("order_creation:*", "a setting's pattern"),
            (
                "team_panels:11f81012-9519-11ee-8c99-0244cd4cfa84",
                "an id that means nothing",
            ),
            ("order:11f81012-9519-11ee-8c99-0244cd4cfa8", "an id that is too short"),
            ("order:11f81012951911ee8c990244cd4cfa84", "an id without hyphens"),
            ("order:{11f81012-9519-11ee-8c99-0244cd4cfa84}", "an id in braces"),
            ("order:11f81012-9519-11ee-8c99-0244cd4cfa84 ", "a space behind"),
            ("order:11f81012-9519-11ee-8c99-0244cd4cfa84:x", "more than an id"),
            ("Order_Creation", "another case"),
            ("order_creation&feature=team_config", "another parameter"),
            ("results", "no feature"),
        ];
        for (text, reason) in bad {
            assert!(Feature::parse(text).is_err(), "{reason}");
        }
    }

    #[test]
    fn an_id_in_capitals_is_the_same_id() {
        let shouted = Feature::parse(&format!("order:{}", ID.to_uppercase()));
        assert_eq!(shouted, Feature::parse(&format!("order:{ID}")));
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_back_the_same(text in "(order|order_creation|team_panels|\\PC{0,9}):?[0-9a-f-]{0,40}|\\PC{0,60}") {
            if let Ok(feature) = Feature::parse(&text) {
                prop_assert_eq!(Feature::parse(&feature.to_string()), Ok(feature));
                prop_assert_eq!(feature.to_string(), text.to_lowercase());
            }
        }
    }
}
