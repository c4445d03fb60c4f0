//! A build of this gateway with defects, each of which the variable `DEFECT` switches on: to see whether the tests that
//! guard against them would notice. Nothing of it is in the gateway's own sources.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// A defect: where it is, and where what must not leave comes out.
pub(crate) struct Defect {
    pub(crate) name: &'static str,
    pub(crate) comes_out: Channel,
    file: &'static str,
    right: &'static str,
    /// What stands there instead; `HAS_IT` says whether it is switched on.
    switched: &'static str,
}

/// Where the process says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Log,
    Figures,
    Errors,
    Trail,
}

/// One for each thing that keeps values in.
pub(crate) const DEFECTS: &[Defect] = &[
    Defect {
        name: "a clinician's texts are shown",
        comes_out: Channel::Log,
        file: "crates/domain/src/clinician.rs",
        right: "formatter.write_str(concat!(stringify!($name), \"(…)\"))",
        switched: "formatter.write_str(if HAS_IT { &self.0 } else { concat!(stringify!($name), \"(…)\") })",
    },
    Defect {
        name: "the user header is shown",
        comes_out: Channel::Log,
        file: "crates/domain/src/empego/user_header.rs",
        right: "formatter.write_str(\"UserHeader(…)\")",
        switched: "formatter.write_str(if HAS_IT { &self.0 } else { \"UserHeader(…)\" })",
    },
    Defect {
        name: "parameters are shown",
        comes_out: Channel::Log,
        file: "crates/domain/src/empego/parameter.rs",
        right: "write!(formatter, \"Parameters({} sent)\", self.stated.len())",
        switched: "if HAS_IT { formatter.write_str(&self.query()) } else { \
                   write!(formatter, \"Parameters({} sent)\", self.stated.len()) }",
    },
    Defect {
        name: "embed URLs are shown",
        comes_out: Channel::Log,
        file: "crates/domain/src/embed_url.rs",
        right: "formatter.write_str(\"EmbedUrl(…)\")",
        switched: "formatter.write_str(if HAS_IT { self.as_str() } else { \"EmbedUrl(…)\" })",
    },
    Defect {
        name: "the path of a ticket is shown",
        comes_out: Channel::Errors,
        file: "src/http/edge/rim.rs",
        right: "map_or(path, |HiddenPath(hidden)| hidden)",
        switched: "map_or(path, |HiddenPath(hidden)| if HAS_IT { path } else { hidden })",
    },
    Defect {
        name: "a patient's reference is shown",
        comes_out: Channel::Log,
        file: "crates/domain/src/junction/patient.rs",
        right: "formatter.write_str(\"ClientUserId(…)\")",
        switched: "formatter.write_str(if HAS_IT { &self.0 } else { \"ClientUserId(…)\" })",
    },
    Defect {
        name: "demographics are shown",
        comes_out: Channel::Log,
        file: "crates/domain/src/junction/patient.rs",
        right: "formatter.write_str(\"Demographics(…)\")",
        switched: "formatter.write_str(if HAS_IT { &self.phone_number } else { \"Demographics(…)\" })",
    },
    Defect {
        name: "Junction's ids are shown",
        comes_out: Channel::Log,
        file: "crates/domain/src/junction/id.rs",
        right: "formatter.write_str(\"JunctionId(…)\")",
        switched: "formatter.write_str(if HAS_IT { self.to_string() } else { \"JunctionId(…)\".to_owned() }.as_str())",
    },
    Defect {
        name: "Junction's words are for everybody",
        comes_out: Channel::Errors,
        file: "src/gateway/junction/launch.rs",
        right: "embed.map_err(|refusal| for_host(refusal, &caller.host))",
        switched: "embed.map_err(|refusal| if HAS_IT { refusal } else { for_host(refusal, &caller.host) })",
    },
    Defect {
        name: "a panic tells its text",
        comes_out: Channel::Log,
        file: "src/telemetry/log.rs",
        right: "panic.location().map(ToString::to_string)",
        switched: "if HAS_IT { Some(panic.to_string()) } else { panic.location().map(ToString::to_string) }",
    },
    Defect {
        name: "a label is a user",
        comes_out: Channel::Figures,
        file: "src/gateway/empego/launch.rs",
        right: "metrics.called(tenant,",
        switched: "metrics.called(&self.plan.user_id.as_ref().filter(|_| HAS_IT)\
                   .map_or_else(|| Arc::clone(tenant), |user| user.as_ref().into()),",
    },
    Defect {
        name: "the audit trail names people",
        comes_out: Channel::Trail,
        file: "src/audit.rs",
        right: "let pseudonym = |kind: &str, name: &str| key.pseudonym(kind, tenant, name);",
        switched: "let pseudonym = |kind: &str, name: &str| if HAS_IT { name.to_owned() } \
                   else { key.pseudonym(kind, tenant, name) };",
    },
    Defect {
        name: "an error repeats the query",
        comes_out: Channel::Errors,
        file: "src/http/edge/rim.rs",
        right: "let path = response.request().uri().path();",
        switched: "let path = if HAS_IT { response.request().uri().path_and_query().unwrap().as_str() } \
                   else { response.request().uri().path() };",
    },
];

/// Launches of this tenant panic, and the panic's text holds the clinician.
pub(crate) const PANICS: &str = "panics";

/// The binary, built once.
pub(crate) fn binary_with_defects() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build)
}

fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    for sources in ["crates", "src", "web"] {
        copy(&root.join(sources), &folder.path().join(sources));
    }
    for (path, bytes) in empego_gateway::sdk::FILES {
        let file = folder.path().join("sdk").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    for file in ["Cargo.lock", "openapi.yaml", "askama.toml"] {
        fs::copy(root.join(file), folder.path().join(file)).unwrap();
    }
    fs::write(folder.path().join("Cargo.toml"), manifest(root)).unwrap();
    for package in fs::read_dir(folder.path().join("crates")).unwrap() {
        let manifest = package.unwrap().path().join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        fs::write(&manifest, renamed(&text)).unwrap();
    }
    // A test that tests nothing: with it, dependencies are built as for these tests, and so they are there already.
    fs::create_dir(folder.path().join("tests")).unwrap();
    fs::write(folder.path().join("tests/nothing.rs"), "").unwrap();
    for defect in DEFECTS {
        let has_it = format!("crate::has_defect({:?})", defect.name);
        let switched = defect.switched.replace("HAS_IT", &has_it);
        replace(&folder.path().join(defect.file), defect.right, &switched);
    }
    let planned = "let plan = plan(launch, &empego.rules, &caller.host.empego, seen).map_err(retried_later)?;";
    let panics = format!(
        "if &*caller.tenant.id == \"{PANICS}\" {{ panic!(\"{{:?}}\", plan.user_id.as_ref().map(AsRef::<str>::as_ref)); }}"
    );
    replace(
        &folder.path().join("src/gateway/empego/launch.rs"),
        planned,
        &format!("{planned} {panics}"),
    );
    let switch = "pub fn has_defect(name: &str) -> bool { std::env::var(\"DEFECT\").as_deref() == Ok(name) }";
    for map in ["src/lib.rs", "crates/domain/src/lib.rs"] {
        let map = folder.path().join(map);
        let text = fs::read_to_string(&map).unwrap();
        fs::write(&map, format!("{text}\n{switch}\n")).unwrap();
    }

    let target = Path::new(env!("CARGO_BIN_EXE_empego-gateway"))
        .ancestors()
        .nth(2)
        .unwrap();
    let built = Command::new(env!("CARGO"))
        .args([
            "test",
            "--no-run",
            "--offline",
            "--quiet",
            "--test",
            "nothing",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    target.join("debug/gateway-with-defects")
}

/// Under another name, so that nothing of the gateway's own is overwritten, and without its lints.
fn manifest(root: &Path) -> String {
    let text = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let (workspace, rest) = text.split_once("[workspace.lints.rust]").unwrap();
    let (_, rest) = rest.split_once("[package]").unwrap();
    let text = format!("{workspace}[workspace.lints]\n\n[package]{rest}");
    let (before, after) = text.split_once("[[bench]]").unwrap();
    let (_, profiles) = after.split_once("[profile.dev]").unwrap();
    let renamed = renamed(before);
    format!("{renamed}\n[lib]\nname = \"empego_gateway\"\n\n[profile.dev]{profiles}")
}

/// The packages' names. Cargo tells packages of two workspaces apart by their names alone: one of the same name would take
/// the place of the gateway's own in the folder of what is built.
fn renamed(manifest: &str) -> String {
    manifest.replace("\"empego-gateway", "\"gateway-with-defects")
}

fn replace(file: &Path, right: &str, wrong: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(text.matches(right).count(), 1, "{}: {right}", file.display());
    fs::write(file, text.replace(right, wrong)).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
