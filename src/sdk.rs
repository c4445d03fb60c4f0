//! The package for EHRs' pages and servers, as it was built into this program: what a page loads is always of the gateway's own
//! version.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA384, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// Writes the list of files and their contents from the same names.
macro_rules! files {
    ($($path:literal,)+) => {
        /// Every file of the package, by its path in it.
        pub const FILES: &[(&str, &[u8])] = &[$(($path, include_bytes!(concat!("../sdk/", $path))),)+];
    };
}

files! {
    "LICENSE",
    "README.md",
    "custom-elements.json",
    "dist/clinical-embed.js",
    "dist/define.d.ts",
    "dist/dom.d.ts",
    "dist/element.d.ts",
    "dist/embed.d.ts",
    "dist/errors.d.ts",
    "dist/index.d.ts",
    "dist/index.js",
    "dist/messages.d.ts",
    "dist/register.d.ts",
    "dist/register.js",
    "dist/server.d.ts",
    "dist/server.js",
    "dist/server/client.d.ts",
    "dist/server/contract.d.ts",
    "dist/server/errors.d.ts",
    "dist/server/index.d.ts",
    "dist/tabs.d.ts",
    "dist/texts.d.ts",
    "dist/types.d.ts",
    "dist/typings.d.ts",
    "package.json",
}

/// What a page loads: one file that defines the element and exports everything of the package's first entry.
pub const BROWSER_MODULE: &str = include_str!("../sdk/dist/clinical-embed.js");

/// Its name.
pub const BROWSER_MODULE_NAME: &str = "clinical-embed.js";

/// The package's version.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Package {
        version: String,
    }
    #[expect(
        clippy::expect_used,
        reason = "the file is part of this program, and a test reads it"
    )]
    let package: Package =
        serde_json::from_str(include_str!("../sdk/package.json")).expect("the package's own description");
    package.version
});

/// The digest of [`BROWSER_MODULE`], as the attribute `integrity` takes it.
pub static INTEGRITY: LazyLock<String> =
    LazyLock::new(|| format!("sha384-{}", STANDARD.encode(digest(&SHA384, BROWSER_MODULE.as_bytes()))));

/// The first number of the version: what is compatible has the same.
#[must_use]
pub fn major() -> &'static str {
    VERSION.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn the_version_has_three_numbers() {
        let numbers: Vec<u32> = VERSION.split('.').map(|number| number.parse().unwrap()).collect();
        assert_eq!(numbers.len(), 3);
        assert_eq!(major(), numbers[0].to_string());
    }

    #[test]
    fn the_list_has_every_file_of_the_package() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk");
        let mut found = BTreeSet::new();
        let mut folders = vec![root.join("dist")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.insert(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        let beside = ["package.json", "README.md", "LICENSE", "custom-elements.json"];
        found.extend(
            beside
                .into_iter()
                .filter(|name| root.join(name).exists())
                .map(str::to_owned),
        );
        let listed: BTreeSet<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(listed, found);
    }

    #[test]
    fn what_is_served_is_what_is_in_the_package() {
        let (_, module) = FILES
            .iter()
            .find(|(path, _)| path.strip_prefix("dist/") == Some(BROWSER_MODULE_NAME))
            .unwrap();
        assert_eq!(*module, BROWSER_MODULE.as_bytes());
        assert_eq!(INTEGRITY.len(), "sha384-".len() + 64);
    }
}
