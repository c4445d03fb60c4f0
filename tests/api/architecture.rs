//! The direction of dependencies, read from the sources: arrows never go up.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// For each module, the modules it may name. Whoever is not listed here does not exist yet. What packages may use, Cargo
/// says.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &["app", "config", "directory", "identity", "telemetry", "tls", "upstream"],
    ),
    (
        "app",
        &[
            "config",
            "directory",
            "gateway",
            "http",
            "identity",
            "resilience",
            "telemetry",
            "tls",
            "upstream",
        ],
    ),
    ("http", &["directory", "gateway", "identity", "telemetry"]),
    ("gateway", &["directory", "resilience", "telemetry", "upstream"]),
    ("directory", &["identity", "resilience", "upstream"]),
    ("upstream", &[]),
    ("identity", &["upstream"]),
    ("config", &[]),
    ("resilience", &[]),
    ("telemetry", &[]),
    ("tls", &[]),
];

/// Crates that only these modules may name.
const CRATES: &[(&str, &[&str])] = &[
    ("reqwest", &["upstream"]),
    ("actix_web", &["app", "http"]),
    ("tracing_actix_web", &["app", "http"]),
    ("prometheus_client", &["telemetry"]),
    ("tower::", &["resilience"]),
    ("backon", &["resilience"]),
    ("std::env", &["config"]),
    ("env::var", &["config"]),
    ("expose_secret", &["http", "identity", "upstream"]),
    ("simulator::", &["cli"]),
    ("conformance::", &["cli"]),
];

/// Every source file, with its module at the top and its text without tests.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).unwrap();
                let top = relative
                    .iter()
                    .next()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .trim_end_matches(".rs")
                    .to_owned();
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
                sources.push((path, top, text));
            }
        }
    }
    sources
}

/// The modules that a text names after `crate::`, alone or in a list.
fn named(text: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for after in text
        .split("crate::")
        .skip(1)
        .chain(text.split("empego_gateway::").skip(1))
    {
        if let Some(list) = after.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for character in list.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        named.insert(std::mem::take(&mut word).trim().to_owned());
                        break;
                    }
                    '}' => depth -= 1,
                    ',' | ':' if depth == 0 => {
                        named.insert(std::mem::take(&mut word).trim().to_owned());
                        word.push('\u{0}');
                    }
                    _ if depth == 0 => word.push(character),
                    _ => {}
                }
                if character == ',' && depth == 0 {
                    word.clear();
                }
            }
        } else {
            named.insert(after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    named.retain(|name| ARROWS.iter().any(|(module, _)| module == name));
    named
}

#[test]
fn arrows_never_go_up() {
    let mut seen = BTreeSet::new();
    for (path, top, text) in sources() {
        if top == "lib" {
            continue;
        }
        let (_, allowed) = ARROWS
            .iter()
            .find(|(module, _)| *module == top)
            .unwrap_or_else(|| panic!("{top} has no row in ARROWS"));
        for name in named(&text) {
            seen.insert((top.clone(), name.clone()));
            assert!(
                name == top || allowed.contains(&name.as_str()),
                "{} names {name}",
                path.display()
            );
        }
    }
    for (module, allowed) in ARROWS {
        for name in *allowed {
            assert!(
                seen.contains(&((*module).to_owned(), (*name).to_owned())),
                "{module} may name {name} and does not: the row is stale, or this test sees nothing"
            );
        }
    }
}

#[test]
fn crates_stay_where_they_belong() {
    for (path, top, text) in sources() {
        for (name, allowed) in CRATES {
            assert!(
                !text.contains(name) || allowed.contains(&top.as_str()),
                "{} names {name}",
                path.display()
            );
        }
    }
}
