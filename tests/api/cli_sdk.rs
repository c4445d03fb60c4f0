//! `sdk`, as a developer runs it.

use std::{collections::BTreeSet, fs, path::Path};

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use empego_gateway::sdk::{BROWSER_MODULE, FILES, VERSION};
use serde_json::Value;
use sha2::{Digest as _, Sha384};

use crate::helpers::{TestConfig, binary, run};

fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_printed_line_loads_exactly_the_module_that_is_served() {
    let told = stdout(&["sdk"]);
    let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(BROWSER_MODULE)));
    let version = VERSION.as_str();
    let path = format!("/sdk/v{version}/clinical-embed.js");
    let line = format!(
        r#"<script type="module" src="https://gateway.example{path}" integrity="{integrity}" crossorigin="anonymous"></script>"#
    );
    assert_eq!(
        told,
        format!("version    {version}\npath       {path}\nintegrity  {integrity}\n\n{line}\n")
    );
    let json: Value = serde_json::from_str(&stdout(&["sdk", "--json"])).unwrap();
    assert_eq!(
        (&json["version"], &json["path"]),
        (&version.into(), &path.as_str().into())
    );
    assert_eq!((&json["integrity"], &json["html"]), (&integrity.into(), &line.into()));
}

#[test]
fn a_configuration_says_where_the_module_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let sdk = |config: TestConfig| {
        fs::write(&file, config.text("https://api.example")).unwrap();
        let mut command = binary();
        command.env("EMPEGO_API_KEY", "k").args(["sdk", "--config"]).arg(&file);
        command.output().unwrap()
    };
    let output = sdk(TestConfig::strict().server("public_url = \"https://gw.ehr.example\""));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains(" src=\"https://gw.ehr.example/sdk/v"), "{told}");
    let output = sdk(TestConfig::strict());
    assert_eq!(output.status.code(), Some(64));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("server.public_url is required"), "{error}");
}

#[test]
fn the_package_is_written_whole_and_over_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("new/clinical-embed");
    let told = stdout(&["sdk", "--output", place.to_str().unwrap()]);
    assert!(told.contains(&format!("{} files written to ", FILES.len())), "{told}");
    let of_sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk");
    for (path, bytes) in FILES {
        assert_eq!(fs::read(place.join(path)).unwrap(), *bytes, "{path}");
        assert_eq!(fs::read(of_sources.join(path)).unwrap(), *bytes, "{path}");
    }

    let other = folder.path().join("other");
    fs::create_dir_all(other.join("dist")).unwrap();
    fs::write(other.join("dist/index.js"), "mine").unwrap();
    let output = run(&["sdk", "--output", other.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(64));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("dist/index.js exists, and nothing is overwritten"),
        "{error}"
    );
    let left: BTreeSet<_> = fs::read_dir(&other)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 1, "nothing was written: {left:?}");
    assert_eq!(fs::read_to_string(other.join("dist/index.js")).unwrap(), "mine");
}
