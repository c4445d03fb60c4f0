//! `[host.jwt]`: whose tokens a host brings, and what their claims mean.

use std::time::Duration;

use domain::{
    claims::{ClaimPath, ClaimsMap},
    issuer::{KeyLocation, key_address},
    junction::TeamClaims,
    token::{RequiredClaim, TokenRules, TokenType},
};

use super::{
    error::Mistakes,
    section::{Found, Section},
    server::secs,
    session::audience,
    source::Source,
};

/// `[host.jwt]`.
#[derive(Debug, Clone)]
pub struct JwtConfig {
    /// Who signs the tokens: one, or several names of one user directory.
    pub issuers: Vec<IssuerConfig>,
    /// One of `aud`.
    pub audience: String,
    /// How often they are fetched anew. 10 s to a day.
    pub refresh: Duration,
    /// How long the last good ones are kept beyond that when fetching fails. At most a week.
    pub keep_stale: Duration,
    /// What is required of the tokens.
    pub rules: TokenRules,
    /// What the claims mean.
    pub claims: ClaimsConfig,
}

/// One issuer of a host's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerConfig {
    /// `iss`, to the letter.
    pub issuer: String,
    /// Where its keys are.
    pub keys: KeyLocation,
}

/// `[host.jwt.claims]`: what the claims mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimsConfig {
    /// Who acts, and for which patient.
    pub person: ClaimsMap,
    /// In which of Junction's teams.
    pub team: TeamClaims,
}

/// What says where the keys are, of which there may be one.
const LOCATIONS: [&str; 3] = ["jwks_url", "jwks_file", "discovery_url"];

/// Reads the section; `user_id_prefix` stands beside it.
pub(super) fn jwt(
    mut section: Section,
    user_id_prefix: String,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<JwtConfig> {
    let stated = issuers(&mut section, mistakes);
    let audience = section
        .required_text("audience", mistakes)
        .and_then(|found| found.parse(mistakes, audience));
    let issuers = located(&mut section, stated, source, mistakes);
    let refresh = secs(section.integer("refresh_secs", 300, 10..=86_400, mistakes));
    let keep_stale = secs(section.integer("keep_stale_secs", 3600, 0..=604_800, mistakes));
    let rules = rules(&mut section, mistakes);
    let requires_verified_email = section.boolean("require_verified_email", false, mistakes);
    let (place, key) = (section.place().clone(), section.key("require_verified_email"));
    let claims = claims(
        section.table("claims", mistakes),
        user_id_prefix,
        requires_verified_email,
        mistakes,
    );
    let email = claims.as_ref().and_then(|claims| claims.person.email.as_ref());
    if requires_verified_email && email != ClaimPath::parse("email").as_ref() {
        mistakes.add(
            &place,
            key,
            "needs claims.email = \"email\": email_verified applies to no other claim",
        );
    }
    section.finish(mistakes);
    Some(JwtConfig {
        issuers: issuers?,
        audience: audience?,
        refresh,
        keep_stale,
        rules,
        claims: claims?,
    })
}

/// The issuers by their names.
fn issuers(section: &mut Section, mistakes: &mut Mistakes) -> Vec<Found<String>> {
    let (place, key) = (section.place().clone(), section.key("issuer"));
    let is_there = section.has("issuer");
    let stated = section.text_or_texts("issuer", mistakes);
    if !is_there {
        mistakes.add(&place, key, "is required");
    } else if stated.as_ref().is_some_and(Vec::is_empty) {
        mistakes.add(&place, key, "must name at least one issuer");
    }
    let mut issuers: Vec<Found<String>> = Vec::new();
    for issuer in stated.into_iter().flatten() {
        if issuers.iter().any(|earlier| earlier.value == issuer.value) {
            mistakes.add(&issuer.place, issuer.key, "is already listed");
        } else {
            issuers.push(issuer);
        }
    }
    issuers
}

/// The issuers, each with its own keys. What says where keys are is about one issuer: of several, each has its own table.
fn located(
    section: &mut Section,
    issuers: Vec<Found<String>>,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<Vec<IssuerConfig>> {
    if issuers.len() > 1 {
        for name in LOCATIONS {
            section.refuse(
                name,
                "applies to one issuer, but several are listed: move it to [host.jwt.keys.\"https://the.issuer\"]",
                mistakes,
            );
        }
    }
    let mut tables = section.table("keys", mistakes);
    let mut located = Vec::new();
    for issuer in issuers {
        let name = issuer.value.clone();
        let keys = if tables.has(&name) {
            let mut own = tables.table(&name, mistakes);
            let keys = keys(&mut own, Some(issuer), source, mistakes);
            own.finish(mistakes);
            if let Some(stated) = LOCATIONS.into_iter().find(|stated| section.has(stated)) {
                let (place, key) = (section.place().clone(), section.key(stated));
                mistakes.add(
                    &place,
                    key,
                    "contradicts the issuer's own table in keys: keep one of them",
                );
            }
            keys
        } else {
            keys(section, Some(issuer), source, mistakes)
        };
        located.push(keys.map(|keys| IssuerConfig { issuer: name, keys }));
    }
    for name in tables.names() {
        tables.refuse(
            &name,
            "is the table of an issuer that the issuer setting does not list",
            mistakes,
        );
    }
    located
        .into_iter()
        .collect::<Option<Vec<_>>>()
        .filter(|issuers| !issuers.is_empty())
}

/// Where the keys of one issuer are: as one of three settings says, or below the issuer.
fn keys(
    section: &mut Section,
    issuer: Option<Found<String>>,
    source: &Source,
    mistakes: &mut Mistakes,
) -> Option<KeyLocation> {
    let stated = LOCATIONS.into_iter().filter(|name| section.has(name));
    let stated: Vec<_> = stated.collect();
    if let [first, others @ ..] = stated.as_slice()
        && !others.is_empty()
    {
        let (place, key) = (section.place().clone(), section.key(first));
        mistakes.add(
            &place,
            key,
            format!("contradicts {}: keep one of them", others.join(" and ")),
        );
    }
    let address = section.text("jwks_url", mistakes);
    let file = section.text("jwks_file", mistakes);
    let document = section.text("discovery_url", mistakes);
    match (address, file, document) {
        (Some(address), _, _) => address.parse(mistakes, |text| {
            key_address(&text).map(KeyLocation::Address).map_err(str::to_owned)
        }),
        (None, Some(file), _) => file.parse(mistakes, |path| {
            let path = source.path(&path);
            let found =
                std::fs::metadata(&path).map_err(|error| format!("names a file that cannot be read: {error}"))?;
            if found.is_file() {
                Ok(KeyLocation::File(path))
            } else {
                Err("names something other than a regular file, such as a pipe or a folder".to_owned())
            }
        }),
        (None, None, Some(document)) => {
            let document = document.parse(mistakes, |text| key_address(&text).map_err(str::to_owned));
            Some(KeyLocation::discovery_at(&issuer?.value, document?))
        }
        (None, None, None) => issuer?.parse(mistakes, |text| KeyLocation::discovery(&text).map_err(str::to_owned)),
    }
}

fn rules(section: &mut Section, mistakes: &mut Mistakes) -> TokenRules {
    let types = section.texts("token_types", mistakes).unwrap_or_default();
    let types = types.into_iter().filter_map(|found| {
        found.parse(mistakes, |text| {
            TokenType::parse(&text).ok_or_else(|| "must be a media type such as at+jwt".to_owned())
        })
    });
    let types = types.collect();
    // Without the setting, there is no limit.
    let max_age = section
        .has("max_token_age_secs")
        .then(|| secs(section.integer("max_token_age_secs", 3600, 60..=31_536_000, mistakes)));
    let audience_claim = section
        .text("audience_claim", mistakes)
        .and_then(|found| found.parse(mistakes, |text| claim_path(&text)));
    TokenRules {
        types,
        max_age,
        required: required(section.table("require", mistakes), mistakes),
        audience_claim,
    }
}

/// `[host.jwt.require]`: its keys are claims.
fn required(mut section: Section, mistakes: &mut Mistakes) -> Vec<RequiredClaim> {
    let mut required = Vec::new();
    for name in section.names() {
        let (place, key) = (section.place().clone(), section.key(&name));
        let Some(values) = section.text_or_texts(&name, mistakes) else {
            continue;
        };
        let place = values.first().map_or(place, |found| found.place.clone());
        let values = values.into_iter().map(|found| found.value).collect();
        match claim_path(&name).and_then(|claim| RequiredClaim::new(claim, values).map_err(str::to_owned)) {
            Ok(claim) => required.push(claim),
            Err(message) => mistakes.add(&place, key, message),
        }
    }
    section.finish(mistakes);
    required
}

fn claim_path(text: &str) -> Result<ClaimPath, String> {
    ClaimPath::parse(text)
        .ok_or_else(|| "must be a claim's name, or a JSON pointer such as /practitioner/license".to_owned())
}

fn claims(
    mut section: Section,
    user_id_prefix: String,
    requires_verified_email: bool,
    mistakes: &mut Mistakes,
) -> Option<ClaimsConfig> {
    let mut path = |name: &str| section.text(name, mistakes)?.parse(mistakes, |text| claim_path(&text));
    let user_id = path("user_id").or_else(|| ClaimPath::parse("sub"));
    let person = ClaimsMap {
        user_id: user_id?,
        user_id_prefix,
        first_name: path("first_name"),
        last_name: path("last_name"),
        email: path("email"),
        requires_verified_email,
        license_number: path("license_number"),
        preferred_language: path("preferred_language"),
        patient_key: path("patient_key"),
    };
    let team = TeamClaims {
        integration_team_id: path("integration_team_id"),
        integration_team_name: path("integration_team_name"),
    };
    section.finish(mistakes);
    Some(ClaimsConfig { person, team })
}
