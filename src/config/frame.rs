//! `[tenant.frame]`: how a page should show what it embeds.

use domain::frame::Frame;

use super::{error::Mistakes, nearest::nearest, section::Section};

/// The values of `referrerpolicy` that the HTML standard has.
const REFERRER_POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

/// The tokens of `sandbox` that the HTML standard has.
const SANDBOX_TOKENS: [&str; 13] = [
    "allow-downloads",
    "allow-forms",
    "allow-modals",
    "allow-orientation-lock",
    "allow-pointer-lock",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-presentation",
    "allow-same-origin",
    "allow-scripts",
    "allow-top-navigation",
    "allow-top-navigation-by-user-activation",
    "allow-top-navigation-to-custom-protocols",
];

/// Browsers pass over a token that they do not know, and then forbid what it should have allowed.
fn sandbox_tokens(text: &str) -> Result<(), String> {
    let is_known = |token: &str| SANDBOX_TOKENS.iter().any(|known| known.eq_ignore_ascii_case(token));
    match text.split_ascii_whitespace().find(|token| !is_known(token)) {
        None => Ok(()),
        Some(token) => Err(match nearest(token, SANDBOX_TOKENS.into_iter()) {
            Some(meant) => format!("contains a token that browsers do not know: did you mean {meant}?"),
            None => format!(
                "must contain only tokens that browsers know: {}",
                SANDBOX_TOKENS.join(", ")
            ),
        }),
    }
}

/// `needs_referrer` if the tenant has an app that must know the page's origin.
pub(super) fn frame(mut section: Section, needs_referrer: bool, mistakes: &mut Mistakes) -> Frame {
    let referrer_policy = section.text("referrer_policy", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            if needs_referrer && ["no-referrer", "same-origin"].contains(&text.as_str()) {
                return Err(
                    "would keep the page's origin from the tenant's other app, which cannot tell then where its \
                            messages may go: strict-origin sends the origin alone"
                        .to_owned(),
                );
            }
            let known = REFERRER_POLICIES.contains(&text.as_str());
            known
                .then_some(text)
                .ok_or_else(|| format!("must be one of {}", REFERRER_POLICIES.join(", ")))
        })
    });
    let sandbox = section
        .text("sandbox", mistakes)
        .and_then(|found| found.parse(mistakes, |text| sandbox_tokens(&text).map(|()| text)));
    let allow = section.text("allow", mistakes).and_then(|found| {
        found.parse(mistakes, |text| {
            let fits = text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
            fits.then_some(text)
                .ok_or_else(|| "must be an attribute's value: up to 512 visible ASCII characters".to_owned())
        })
    });
    section.finish(mistakes);
    Frame {
        referrer_policy: referrer_policy.unwrap_or_else(|| Frame::default().referrer_policy),
        allow,
        sandbox,
    }
}
