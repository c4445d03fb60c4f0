//! `[[tenant.junction.webhook]]`: where Junction's events about a team's orders come in, and how they prove what they are.

use std::path::PathBuf;

use domain::{junction::JunctionId, signing_secret::SigningSecret};

use super::{error::Mistakes, section::Section, signing_secret::signing_secrets, source::Source};

/// `[[tenant.junction.webhook]]`.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// The end of its path, `/junction/webhooks/{endpoint}`.
    pub endpoint: String,
    /// The team that its events are about.
    pub team: JunctionId,
    /// What its events are signed with.
    pub secrets: WebhookSecretsConfig,
    /// The files that its secrets are in, as far as they are in files.
    pub files: SecretFiles,
}

/// The files that an endpoint's secrets are in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretFiles {
    /// `secret_file`.
    pub current: Option<PathBuf>,
    /// `second_secret_file`.
    pub second: Option<PathBuf>,
}

/// Where an endpoint's secrets are.
#[derive(Debug, Clone)]
pub enum WebhookSecretsConfig {
    /// In files or variables: one, or two while they are exchanged.
    Configured(Vec<SigningSecret>),
    /// At Junction, which the gateway asks with the management key: the endpoint's id there.
    AtJunction(String),
}

pub(super) fn webhooks(section: &mut Section, source: &Source, mistakes: &mut Mistakes) -> Vec<WebhookConfig> {
    if !section.has("webhook") {
        return Vec::new();
    }
    let tables = section.tables("webhook", mistakes);
    let mut webhooks: Vec<WebhookConfig> = Vec::new();
    for table in tables {
        let (place, key) = (table.place().clone(), table.key("endpoint"));
        let Some(webhook) = webhook(table, source, mistakes) else {
            continue;
        };
        if webhooks.iter().any(|earlier| earlier.endpoint == webhook.endpoint) {
            mistakes.add(
                &place,
                key,
                "duplicates the endpoint of an earlier [[tenant.junction.webhook]]",
            );
        }
        webhooks.push(webhook);
    }
    webhooks
}

fn webhook(mut section: Section, source: &Source, mistakes: &mut Mistakes) -> Option<WebhookConfig> {
    let endpoint = section.required_text("endpoint", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            let fits = (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            fits.then_some(text)
                .ok_or_else(|| "must be 1 to 64 letters, digits, - or _".to_owned())
        })
    });
    let team = section.required_text("team_id", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            JunctionId::parse(&text).map_err(|fault| fault.message().into_owned())
        })
    });
    let webhook_id = section.text("webhook_id", mistakes);
    let (place, key) = (section.place().clone(), section.key("secret"));
    let files = SecretFiles::of(&section, source);
    let is_to_be_written = source.may_lack_webhook_secrets && files.current.is_some();
    if source.may_lack_webhook_secrets {
        files.pass_over_missing(&mut section, mistakes);
    }
    let secrets = signing_secrets(&mut section, source, mistakes);
    section.finish(mistakes);
    let secrets = match (webhook_id, secrets) {
        (Some(id), secrets) if secrets.is_empty() => WebhookSecretsConfig::AtJunction(id.value),
        (None, secrets) if !secrets.is_empty() || is_to_be_written => WebhookSecretsConfig::Configured(secrets),
        (Some(_) | None, _) => {
            mistakes.add(
                &place,
                key,
                "needs either secret_file (or secret_env) or webhook_id, with which the secret is fetched from Junction",
            );
            return None;
        }
    };
    Some(WebhookConfig {
        endpoint: endpoint?,
        team: team?,
        secrets,
        files,
    })
}

impl SecretFiles {
    fn of(section: &Section, source: &Source) -> Self {
        let file = |name| {
            // A copy, as what is taken out of a section is read there.
            let named = section.clone().text(name, &mut Mistakes::default())?;
            Some(source.folder.join(named.value))
        };
        Self {
            current: file("secret_file"),
            second: file("second_secret_file"),
        }
    }

    /// Takes out of a section the settings whose files are not there.
    fn pass_over_missing(&self, section: &mut Section, mistakes: &mut Mistakes) {
        for (name, file) in [("secret_file", &self.current), ("second_secret_file", &self.second)] {
            if file.as_ref().is_some_and(|file| !file.exists()) {
                section.text(name, mistakes);
            }
        }
    }
}
