//! Junction: what a tenant has there, and what a host may.

use domain::{
    address::Address,
    embed_url::EmbedHost,
    fault::Fault,
    junction::{
        Environment, FeatureGrants, FeatureKind, HostRules, IntegrationTeamId, JunctionId, LaunchPage, MemberTeams,
        Modality, Region, Team, TeamName, TeamRef, TenantRules,
        orders::grant::{OrderGrant, OrderGrants},
    },
};
use secrecy::SecretString;
use url::Url;

use super::{
    address::{address, embed_hosts},
    delivery::delivery,
    error::Mistakes,
    identity::Identity,
    secret::secret,
    section::Section,
    source::Source,
    webhook::{WebhookConfig, webhooks},
};

/// `[tenant.junction]`.
#[derive(Debug, Clone)]
pub struct JunctionTenantConfig {
    /// The organization.
    pub org_id: JunctionId,
    /// Administers the whole organization.
    pub management_key: SecretString,
    /// Where teams that are made keep their data.
    pub region: Region,
    /// The name of the integration at Junction.
    pub slug: String,
    /// What launches are held against.
    pub rules: TenantRules,
    /// Where the Management API is.
    pub management_url: Url,
    /// Where the API of the teams of this region and environment is.
    pub api_url: Url,
    /// The hosts that URLs may be on.
    pub embed_hosts: Vec<EmbedHost>,
    /// Where its events come in.
    pub webhooks: Vec<WebhookConfig>,
}

/// What is about a patient or an order. The rest must be named.
const DEFAULT_FEATURES: [FeatureKind; 3] = [
    FeatureKind::OrderCreation,
    FeatureKind::OrderCreationFor,
    FeatureKind::Order,
];

pub(super) fn tenant(mut section: Section, source: &Source, mistakes: &mut Mistakes) -> Option<JunctionTenantConfig> {
    let org_id = section
        .required_text("org_id", mistakes)
        .and_then(|found| found.parse(mistakes, |text| JunctionId::parse(&text).map_err(sentence)));
    let management_key = secret(&mut section, "management_key", source, mistakes);
    let slug = section
        .required_text("integration_slug", mistakes)
        .and_then(|found| found.parse(mistakes, slug));
    let region = section
        .required_text("region", mistakes)
        .and_then(|found| found.parse(mistakes, |text| one_of(Region::parse(&text), Region::VALUES)));
    let environment = section
        .required_text("environment", mistakes)
        .and_then(|found| found.parse(mistakes, |text| one_of(Environment::parse(&text), Environment::VALUES)));
    let features = features(&mut section, mistakes);
    let modalities = modalities(&mut section, mistakes);
    let create_team = section.boolean("create_team", false, mistakes);
    let member_teams = section
        .text("member_teams", mistakes)
        .and_then(|found| found.parse(mistakes, |text| one_of(MemberTeams::parse(&text), MemberTeams::VALUES)))
        .unwrap_or(MemberTeams::Add);
    let team = team(&mut section, create_team, mistakes);
    let book_before_requisition = section.boolean("book_before_requisition", false, mistakes);
    let webhooks = webhooks(&mut section, source, mistakes);
    let mut at = |name: &str, default: Option<String>| match section.text(name, mistakes) {
        Some(found) => address(found, mistakes),
        None => Address::parse(&default?).ok().map(Address::into_url),
    };
    let management_url = at("management_url", Some("https://api.management.junction.com".to_owned()));
    let api_url = at(
        "api_url",
        region.zip(environment).map(|(region, world)| api(region, world)),
    );
    let app = at(
        "embed_url",
        slug.as_ref().map(|slug| format!("https://{slug}.ehr.junction.com")),
    );
    let embed_hosts =
        embed_hosts(&mut section, mistakes).or_else(|| EmbedHost::of(app.as_ref()?).map(|host| vec![host]));
    section.finish(mistakes);
    Some(JunctionTenantConfig {
        org_id: org_id?,
        management_key: management_key?,
        region: region?,
        slug: slug?,
        rules: TenantRules {
            features,
            modalities,
            environment: environment?,
            team,
            create_team,
            member_teams,
            launch_page: LaunchPage::of(&app?),
            book_before_requisition,
        },
        management_url: management_url?,
        api_url: api_url?,
        embed_hosts: embed_hosts?,
        webhooks,
    })
}

/// What a `[[host]]` says about Junction: what it may open that is about no one patient, two features of the team, and a window
/// from where everything can be reached; and what it may do with orders.
pub(super) fn host(section: &mut Section, identity: Identity, mistakes: &mut Mistakes) -> HostRules {
    let mut link_out = false;
    let mut kinds = Vec::new();
    if identity == Identity::Token {
        for found in section.texts("unbound_junction", mistakes).into_iter().flatten() {
            match (found.value.as_str(), FeatureKind::of_pattern(&found.value)) {
                ("link_out", _) => link_out = true,
                (_, Some(kind @ (FeatureKind::TeamPanels | FeatureKind::TeamConfig))) => kinds.push(kind),
                (_, Some(FeatureKind::OrderCreation | FeatureKind::OrderCreationFor | FeatureKind::Order) | None) => {
                    mistakes.add(
                        &found.place,
                        found.key,
                        "must be one of team_panels, team_config, link_out",
                    );
                }
            }
        }
    }
    HostRules {
        unbound_features: FeatureGrants::of(kinds),
        unbound_link_out: link_out,
        orders: orders(section, mistakes),
        serves_junction_clients: section.boolean("junction_api", false, mistakes),
        delivery: delivery("junction_deliver", section, mistakes),
    }
}

fn orders(section: &mut Section, mistakes: &mut Mistakes) -> OrderGrants {
    let listed = section.texts("junction_orders", mistakes).into_iter().flatten();
    let grants: Vec<_> = listed
        .filter_map(|found| found.parse(mistakes, |text| one_of(OrderGrant::parse(&text), OrderGrant::VALUES)))
        .collect();
    OrderGrants::of(grants)
}

/// The address of each region's two worlds (Junction's page "Junction API").
fn api(region: Region, environment: Environment) -> String {
    let region = region.as_str();
    match environment {
        Environment::Production => format!("https://api.{region}.junction.com"),
        Environment::Sandbox => format!("https://api.sandbox.{region}.junction.com"),
    }
}

/// It becomes part of a host's name.
fn slug(text: String) -> Result<String, String> {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if (3..=63).contains(&text.len()) && text.split('-').all(is_word) {
        Ok(text)
    } else {
        Err("must be 3 to 63 lower-case letters and digits, in words joined by -".to_owned())
    }
}

fn features(section: &mut Section, mistakes: &mut Mistakes) -> FeatureGrants {
    let Some(listed) = section.texts("features", mistakes) else {
        return FeatureGrants::of(DEFAULT_FEATURES);
    };
    let kinds: Vec<_> = listed
        .into_iter()
        .filter_map(|found| {
            found.parse(mistakes, |text| {
                let patterns: Vec<_> = FeatureKind::ALL.iter().map(|kind| kind.pattern()).collect();
                one_of(FeatureKind::of_pattern(&text), &patterns.join(", "))
            })
        })
        .collect();
    FeatureGrants::of(kinds)
}

/// The whole dashboard can be reached from a window of its own, so that has to be named.
fn modalities(section: &mut Section, mistakes: &mut Mistakes) -> Vec<Modality> {
    let Some(listed) = section.texts("modalities", mistakes) else {
        return vec![Modality::FeatureEmbed];
    };
    listed
        .into_iter()
        .filter_map(|found| found.parse(mistakes, |text| one_of(Modality::parse(&text), Modality::VALUES)))
        .collect()
}

fn team(section: &mut Section, create_team: bool, mistakes: &mut Mistakes) -> Option<Team> {
    if !section.has("team") {
        return None;
    }
    let mut table = section.table("team", mistakes);
    let (place, key) = (table.place().clone(), table.key("integration_team_id"));
    if table.has("team_id") == table.has("integration_team_id") {
        mistakes.add(&place, &key, "needs exactly one of integration_team_id and team_id");
    }
    let own = table
        .text("integration_team_id", mistakes)
        .and_then(|found| found.parse(mistakes, |text| IntegrationTeamId::parse(text).map_err(sentence)));
    let junctions = table
        .text("team_id", mistakes)
        .and_then(|found| found.parse(mistakes, |text| JunctionId::parse(&text).map_err(sentence)));
    let name = table
        .text("name", mistakes)
        .and_then(|found| found.parse(mistakes, |text| TeamName::parse(text).map_err(sentence)));
    if create_team && own.is_some() && name.is_none() {
        mistakes.add(
            &place,
            table.key("name"),
            "is required with create_team: a new team needs a name",
        );
    }
    table.finish(mistakes);
    let reference = own.map(TeamRef::Integration).or(junctions.map(TeamRef::Junction))?;
    Some(Team { reference, name })
}

fn one_of<T>(found: Option<T>, values: &str) -> Result<T, String> {
    found.ok_or_else(|| format!("must be one of {values}"))
}

/// What a field's parser says, in the words of a setting's error.
fn sentence(fault: Fault) -> String {
    let message = fault.message();
    let mut characters = message.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::PathBuf};

    use super::*;
    use crate::config::{Config, Source};

    fn load(more: &str) -> JunctionTenantConfig {
        let text = format!(
            r#"
            [[tenant]]
            id = "clinic"
            [tenant.junction]
            org_id = "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90"
            management_key_env = "KEY"
            integration_slug = "my-ehr"
            {more}
            [[host]]
            id = "ehr"
            tenant = "clinic"
            identity = "asserted"
            key_sha256 = "{}"
            "#,
            "0".repeat(64)
        );
        let variables = BTreeMap::from([("KEY".to_owned(), "mg_key".to_owned())]);
        let mut config = Config::load(&Source::new("test", text, PathBuf::new(), variables)).unwrap();
        config.tenants.remove(0).junction.unwrap()
    }

    #[test]
    fn the_addresses_are_those_that_junction_documents() {
        for (region, environment, api_url) in [
            ("us", "production", "https://api.us.junction.com/"),
            ("us", "sandbox", "https://api.sandbox.us.junction.com/"),
            ("eu", "production", "https://api.eu.junction.com/"),
            ("eu", "sandbox", "https://api.sandbox.eu.junction.com/"),
        ] {
            let junction = load(&format!("region = \"{region}\"\nenvironment = \"{environment}\""));
            assert_eq!(junction.management_url.as_str(), "https://api.management.junction.com/");
            assert_eq!(junction.api_url.as_str(), api_url);
            assert_eq!(
                junction.embed_hosts,
                [EmbedHost::parse("my-ehr.ehr.junction.com").unwrap()]
            );
        }
    }

    #[test]
    fn addresses_may_be_others() {
        let junction = load(
            r#"
            region = "us"
            environment = "sandbox"
            management_url = "https://management.example/v"
            api_url = "https://api.example"
            embed_url = "https://ehr.example"
            "#,
        );
        assert_eq!(junction.management_url.as_str(), "https://management.example/v");
        assert_eq!(junction.api_url.as_str(), "https://api.example/");
        assert_eq!(junction.embed_hosts, [EmbedHost::parse("ehr.example").unwrap()]);
    }

    #[test]
    fn a_slug_is_what_a_host_name_may_begin_with() {
        for good in ["ehr", "my-ehr", "clinic-7-north"] {
            assert!(slug(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ab",
            "My-ehr",
            "my_ehr",
            "-ehr",
            "ehr-",
            "my--ehr",
            "ehr.evil.test/",
            "ehr evil",
            "é-clinic",
        ] {
            assert!(slug(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
