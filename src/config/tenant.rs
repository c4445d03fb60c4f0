//! `[[tenant]]`: one Empego API key with its policy, one organization at Junction, or both.

use domain::frame::Frame;

use super::{
    EmpegoConfig, EmpegoTenantConfig, JunctionTenantConfig, RateConfig, empego,
    error::{Mistakes, Place},
    frame::frame,
    junction,
    rate::rate,
    section::Section,
    source::Source,
};

/// One tenant.
#[derive(Debug, Clone)]
pub struct TenantConfig {
    /// Its name in settings, logs and metrics.
    pub id: String,
    /// What it has at Empego, if anything.
    pub empego: Option<EmpegoTenantConfig>,
    /// What it has at Junction, if anything.
    pub junction: Option<JunctionTenantConfig>,
    /// How pages should show what it embeds.
    pub frame: Frame,
    /// How many launches all its hosts together may ask for.
    pub rate: Option<RateConfig>,
}

/// A tenant as far as it could be read: hosts refer to its id even if other settings are wrong.
pub(super) struct ReadTenant {
    pub(super) id: Option<String>,
    place: Place,
    key: String,
    pub(super) config: Option<TenantConfig>,
}

pub(super) fn tenant(
    mut section: Section,
    empego: &EmpegoConfig,
    source: &Source,
    mistakes: &mut Mistakes,
) -> ReadTenant {
    let (place, key) = (section.place().clone(), section.key("id"));
    let id = read_id(&mut section, mistakes);
    let has_junction = section.has("junction");
    let empego = if empego::is_stated(&section) || !has_junction {
        empego::tenant(&mut section, empego, source, mistakes).map(Some)
    } else {
        refuse_settings_of_empego(&mut section, empego, source, mistakes);
        Some(None)
    };
    let junction = if has_junction {
        junction::tenant(section.table("junction", mistakes), source, mistakes).map(Some)
    } else {
        Some(None)
    };
    let frame = frame(section.table("frame", mistakes), has_junction, mistakes);
    let mut limits = section.table("rate", mistakes);
    let rate = rate(&mut limits, "per_second", "burst", mistakes);
    limits.finish(mistakes);
    section.finish(mistakes);

    let config = match (id.clone(), empego, junction) {
        (Some(id), Some(empego), Some(junction)) => Some(TenantConfig {
            id,
            empego,
            junction,
            frame,
            rate,
        }),
        _incomplete => None,
    };
    ReadTenant { id, place, key, config }
}

/// Refuses whatever would be read about Empego: it means nothing for a tenant that has Junction alone.
fn refuse_settings_of_empego(section: &mut Section, empego: &EmpegoConfig, source: &Source, mistakes: &mut Mistakes) {
    let mut left = section.clone();
    let _not_read = empego::tenant(&mut left, empego, source, &mut Mistakes::default());
    let names = section.names();
    for name in names.iter().filter(|name| !left.has(name)) {
        section.refuse(
            name,
            "is only for tenants with an Empego API key, and this one has none",
            mistakes,
        );
    }
}

/// An id that can stand in a log line or be a metric's label, where `none` means something else.
pub(super) fn read_id(section: &mut Section, mistakes: &mut Mistakes) -> Option<String> {
    section.required_text("id", mistakes)?.parse(mistakes, |id| {
        let fits = (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if id == "none" {
            return Err("must not be none, which metrics use for requests without a tenant".to_owned());
        }
        fits.then_some(id)
            .ok_or_else(|| "must be 1 to 64 letters, digits, -, _ or .".to_owned())
    })
}

pub(super) fn refuse_repeated_ids(tenants: &[ReadTenant], mistakes: &mut Mistakes) {
    for (at, tenant) in tenants.iter().enumerate() {
        let before = tenants.iter().take(at);
        if tenant.id.is_some() && before.clone().any(|other| other.id == tenant.id) {
            mistakes.add(&tenant.place, &tenant.key, "duplicates the id of an earlier tenant");
        }
    }
}
