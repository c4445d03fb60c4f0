//! What the page's scripts know of the host. All of it is public: its launches and the page's policy say the same.

use domain::reason::Reason;
use serde::Serialize;

use crate::{
    directory::{Host, Tenant},
    http::frame_document::FrameDocument,
    sdk::{BROWSER_MODULE_NAME, INTEGRITY, VERSION},
};

#[derive(Serialize)]
struct Facts<'a> {
    host: &'a str,
    /// Which pages may show the page.
    origins: &'a [String],
    /// Where the apps are: of each host, the origins that it may have.
    apps: Vec<Vec<String>>,
    /// The attributes that launches name for the frame.
    frame: FrameDocument<'a>,
    module: Module,
}

/// The element's module, as a page loads it whose bytes must be these.
#[derive(Serialize)]
struct Module {
    path: String,
    integrity: &'static str,
}

/// A module of JavaScript that exports them.
pub(super) fn module(host: &Host, tenant: &Tenant) -> Result<String, Reason> {
    let facts = Facts {
        host: &host.id,
        origins: &host.doctor_origins,
        apps: tenant.app_hosts().map(|host| host.origins().collect()).collect(),
        frame: (&tenant.frame).into(),
        module: Module {
            path: format!("/sdk/v{}/{BROWSER_MODULE_NAME}", *VERSION),
            integrity: &INTEGRITY,
        },
    };
    let facts = serde_json::to_string(&facts).map_err(|_texts_alone| Reason::Defect)?;
    Ok(format!("export const facts = {facts};\n"))
}
