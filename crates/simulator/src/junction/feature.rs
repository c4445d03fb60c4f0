//! What of Junction a launch opens, how, and on which data.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::Id;

/// The environment that a launch, a token or a patient belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Environment {
    Production,
    #[default]
    Sandbox,
}

impl Environment {
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Production, Self::Sandbox]
            .into_iter()
            .find(|environment| environment.as_str() == name)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Where the app is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modality {
    FeatureEmbed,
    LinkOut,
}

impl Modality {
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::FeatureEmbed, Self::LinkOut]
            .into_iter()
            .find(|modality| modality.as_str() == name)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::FeatureEmbed => "feature_embed",
            Self::LinkOut => "link_out",
        }
    }
}

impl fmt::Display for Modality {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What is opened: the complete published list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    OrderCreation,
    /// For this patient.
    OrderCreationFor(Id),
    Order(Id),
    TeamPanels,
    TeamConfig,
}

impl Feature {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None => [Self::OrderCreation, Self::TeamPanels, Self::TeamConfig]
                .into_iter()
                .find(|feature| feature.to_string() == text),
            Some(("order_creation", id)) => Id::parse(id).map(Self::OrderCreationFor),
            Some(("order", id)) => Id::parse(id).map(Self::Order),
            Some(_) => None,
        }
    }

    /// Whether one can submit an order there.
    pub(super) fn creates_orders(self) -> bool {
        match self {
            Self::OrderCreation | Self::OrderCreationFor(_) => true,
            Self::Order(_) | Self::TeamPanels | Self::TeamConfig => false,
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrderCreation => formatter.write_str("order_creation"),
            Self::OrderCreationFor(id) => write!(formatter, "order_creation:{id}"),
            Self::Order(id) => write!(formatter, "order:{id}"),
            Self::TeamPanels => formatter.write_str("team_panels"),
            Self::TeamConfig => formatter.write_str("team_config"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_published_features_are_known() {
        let rows = [
            ("order_creation", true, "for the team"),
            (
                "order_creation:6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90",
                true,
                "for a patient",
            ),
            ("order:6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90", true, "one order"),
            ("team_panels", true, "panels"),
            ("team_config", true, "configuration"),
            ("order", false, "an order without its id"),
            ("order_creation:", false, "a patient without an id"),
            ("order_creation:emp123", false, "a partner's own id of a patient"),
            (
                "team_panels:6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90",
                false,
                "panels of something",
            ),
            ("Order_creation", false, "in capitals"),
            ("", false, "nothing"),
        ];
        for (text, expected, reason) in rows {
            let feature = Feature::parse(text);
            assert_eq!(feature.is_some(), expected, "{reason}: {text}");
            if let Some(feature) = feature {
                assert_eq!(feature.to_string(), text);
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(text in "(order(_creation)?|team_(panels|config))?:?[0-9a-fA-F-]{0,36}|.*") {
            if let Some(feature) = Feature::parse(&text) {
                prop_assert!(feature.to_string().eq_ignore_ascii_case(&text));
            }
        }
    }
}
