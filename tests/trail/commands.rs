//! What a privacy officer does with a trail, from the command line.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Output};

use serde_json::Value;

use crate::gateway::Scene;

struct Officer {
    scene: Scene,
    place: tempfile::TempDir,
}

const CONFIG: [&str; 2] = ["--config", "gateway.toml"];

impl Officer {
    /// A trail of a gateway that has stopped, with launches for these patients.
    async fn with(patients: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let scene = Scene::with_trail_in(&place.path().join("trail"), "");
        let officer = Self { scene, place };
        officer.serve(patients).await;
        officer
    }

    async fn serve(&self, patients: &[&str]) {
        let gateway = self.scene.serve();
        for patient in patients {
            let (status, _) = self.scene.launch(&gateway.address, patient).await.unwrap();
            assert_eq!(status, 200);
        }
        gateway.stop();
    }

    fn audit(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let output = self.scene.run(&[&["audit"], arguments].concat(), input);
        let Output { status, stdout, stderr } = output;
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    fn found(&self, patient: &str) -> Vec<Value> {
        let question = ["find", "--tenant", "downtown", "--patient", "-", "--reveal", "--json"];
        let (code, out, err) = self.audit(&[&question[..], &CONFIG].concat(), patient);
        assert_eq!((code, err), (0, String::new()));
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[actix_web::test]
async fn who_opened_a_chart_is_found_and_named() {
    let officer = Officer::with(&["patient123", "another", "patient123"]).await;
    let found = officer.found("patient123\n");
    assert_eq!(found.len(), 2);
    for row in &found {
        let expected = [
            ("clinician", "emp123"),
            ("patient", "patient123"),
            ("host", "ehr-backend"),
            ("tenant", "downtown"),
            ("what", "consultation/view"),
            ("outcome", "ok"),
            ("from", "127.0.0.1"),
        ];
        for (name, value) in expected {
            assert_eq!(row[name], value, "{row}");
        }
    }
    assert!(officer.found("nobody\n").is_empty());
    let (_, table, _) = officer.audit(&[&["find", "--reveal"], &CONFIG[..]].concat(), "");
    let heading: Vec<_> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(
        heading,
        ["WHEN", "WHO", "THROUGH", "WHAT", "PATIENT", "OUTCOME", "FROM"]
    );
    assert!(table.ends_with("3 attempts\n"), "{table}");
    let (_, table, _) = officer.audit(&[&["find"], &CONFIG[..]].concat(), "");
    assert!(
        !table.contains("emp123") && !table.contains("patient123"),
        "nobody is named unasked: {table}"
    );
}

#[actix_web::test]
async fn values_come_from_standard_input_alone_and_are_one_each() {
    let officer = Officer::with(&[]).await;
    let find = |option: &'static str, value: &'static str| {
        [&["find", "--tenant", "downtown", option, value], &CONFIG[..]].concat()
    };
    let rows = [
        (
            find("--patient", "patient123"),
            "",
            "with the value on standard input",
            "in the arguments",
        ),
        (
            find("--patient", "-"),
            "",
            "--patient -: the value on standard input is empty",
            "nothing",
        ),
        (find("--clinician", "-"), "\n", "is empty", "an empty line"),
        (
            find("--patient", "-"),
            "a\nb\n",
            "has a control character in it",
            "two lines",
        ),
        (
            find("--patient", "-"),
            "a\u{7}",
            "has a control character in it",
            "a bell",
        ),
        (
            [&["find", "--patient", "-"], &CONFIG[..]].concat(),
            "a",
            "--tenant",
            "without the tenant that pseudonyms belong to",
        ),
    ];
    for (arguments, input, message, reason) in rows {
        let (code, out, err) = officer.audit(&arguments, input);
        assert_eq!((code, out.as_str()), (64, ""), "{reason}: {err}");
        assert!(err.contains(message), "{reason}: {err}");
    }
}

#[actix_web::test]
async fn keys_are_rotated_and_destroyed_and_the_chain_stays_whole() {
    let officer = Officer::with(&["patient123"]).await;
    for id in ["k2", "k3", "k4"] {
        let (code, _, err) = officer.audit(&["key", "new", "--keyring", "keys", "--id", id], "");
        assert_eq!(code, 0, "{err}");
        officer.serve(&["patient123"]).await;
    }
    let (_, listed, _) = officer.audit(&["key", "list", "--keyring", "keys"], "");
    assert_eq!(listed, "k4 (current)\nk3\nk2\nk1\n");
    let found = officer.found("patient123");
    assert_eq!(found.len(), 4, "under every key");
    assert!(found.iter().all(|row| row["patient"] == "patient123"));

    let (code, _, err) = officer.audit(&["key", "destroy", "--keyring", "keys", "k1"], "");
    assert_eq!(code, 0, "{err}");
    assert_eq!(officer.found("patient123").len(), 3);
    let (_, out, _) = officer.audit(&[&["find", "--reveal", "--json"], &CONFIG[..]].concat(), "");
    assert!(out.lines().next().unwrap().contains("(key k1 destroyed)"), "{out}");
    let (code, out, err) = officer.audit(&[&["verify"], &CONFIG[..]].concat(), "");
    assert_eq!(code, 0, "{out}{err}");
    let mode = fs::metadata(officer.scene.path("keys")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[actix_web::test]
async fn a_key_that_must_stay_or_is_there_already_is_refused() {
    let officer = Officer::with(&[]).await;
    let rows: [(&[&str], &str); 4] = [
        (&["key", "destroy", "--keyring", "keys", "k1"], "is the only key"),
        (&["key", "destroy", "--keyring", "keys", "k9"], "has no key k9"),
        (
            &["key", "new", "--keyring", "keys", "--id", "k1"],
            "has a key k1 already",
        ),
        (&["key", "new", "--keyring", "keys", "--id", "k 2"], "--id must be"),
    ];
    let before = fs::read(officer.scene.path("keys")).unwrap();
    for (arguments, message) in rows {
        let (code, _, err) = officer.audit(arguments, "");
        assert_eq!(code, 64);
        assert!(err.contains(message), "{err}");
    }
    assert_eq!(fs::read(officer.scene.path("keys")).unwrap(), before);
    fs::set_permissions(officer.scene.path("keys"), fs::Permissions::from_mode(0o644)).unwrap();
    let (code, _, err) = officer.audit(&["key", "list", "--keyring", "keys"], "");
    assert_eq!(code, 64);
    assert!(err.contains("mode 0644") && err.contains("chmod 0600"), "{err}");
}

#[actix_web::test]
async fn verify_says_by_its_exit_code_what_is_wrong_and_where() {
    let officer = Officer::with(&["patient123"]).await;
    let verify = [&["verify"], &CONFIG[..]].concat();
    let (code, out, _) = officer.audit(&verify, "");
    assert_eq!(code, 0);
    assert!(
        out.contains("intact: ") && out.contains("stopped, signed to record"),
        "{out}"
    );

    let gateway = officer.scene.serve();
    let (code, _, err) = officer.audit(&verify, "");
    assert_eq!(code, 2);
    assert!(err.contains("the last chain has not ended"), "{err}");
    gateway.kill();

    let expecting = [&verify[..], &["--expect", "7:abc"]].concat();
    let (code, _, err) = officer.audit(&expecting, "");
    assert_eq!(code, 64);
    assert!(err.contains("64 lower-case hexadecimal digits"), "{err}");
    let elsewhere = format!("00000000-0000-0000-0000-000000000001:0:{}", "ab".repeat(32));
    let (code, out, _) = officer.audit(&[&verify[..], &["--expect", &elsewhere]].concat(), "");
    assert_eq!(code, 1);
    assert!(out.contains("it may be of another trail"), "{out}");

    let trail = officer.place.path().join("trail");
    let entries = fs::read_dir(&trail).unwrap().map(|entry| entry.unwrap().path());
    let first = entries
        .filter(|path| path.extension().is_some_and(|end| end == "ndjson"))
        .min()
        .unwrap();
    let text = fs::read_to_string(&first)
        .unwrap()
        .replace("\"code\":\"ok\"", "\"code\":\"no\"");
    fs::write(&first, text).unwrap();
    let (code, out, err) = officer.audit(&verify, "");
    assert_eq!(code, 1);
    let name = first.file_name().unwrap().to_str().unwrap();
    assert!(
        out.contains(&format!(
            "broken: {name}, line 2: record 1: changed: its hash does not fit"
        )),
        "{out}"
    );
    assert!(err.contains("broken: "), "{err}");
}

#[actix_web::test]
async fn whoever_reads_is_recorded_before_anything_comes_out() {
    let officer = Officer::with(&["patient123"]).await;
    officer.found("patient123");
    let readers = officer.place.path().join("trail/readers");
    let (code, out, err) = officer.audit(&["verify", readers.to_str().unwrap()], "");
    assert_eq!(code, 0, "{out}{err}");
    let records = store::trail::Reader::of(&readers).unwrap().map(Result::unwrap);
    let reads: Vec<_> = records
        .filter_map(|record| match record.event {
            domain::audit::Event::Read(read) => Some(read),
            _ => None,
        })
        .collect();
    let [read] = reads.as_slice() else { panic!("{reads:?}") };
    assert_eq!((&*read.command, read.revealed, read.records), ("find", true, 1));
    assert_eq!(read.user, empego_gateway::audit::readers::user());
    assert_eq!(read.filters.get("tenant").map(String::as_str), Some("downtown"));
    assert_eq!(read.filters.get("patient").map(String::len), Some(22), "a pseudonym");

    // Where that cannot be written down, nothing comes out.
    fs::remove_dir_all(&readers).unwrap();
    fs::write(&readers, "").unwrap();
    let (code, out, err) = officer.audit(&[&["find"], &CONFIG[..]].concat(), "");
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("cannot record this reading"), "{err}");
}

#[actix_web::test]
async fn what_is_exported_is_what_was_asked_for() {
    let officer = Officer::with(&["patient123", "another"]).await;
    let export = |format: &str, more: &[&str], input: &str| {
        let arguments = [&["export", "--format", format], more, &CONFIG[..]].concat();
        let (code, out, err) = officer.audit(&arguments, input);
        assert_eq!(code, 0, "{err}");
        out
    };
    let of_one = export(
        "ndjson",
        &["--tenant", "downtown", "--patient", "-", "--reveal"],
        "patient123",
    );
    let events: Vec<Value> = of_one.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["resourceType"], "AuditEvent");
    assert!(of_one.contains("patient123") && of_one.contains("emp123"));
    let all = export("ndjson", &[], "");
    assert!(all.lines().count() > 3 && !all.contains("patient123"));
    let bundle: Value = serde_json::from_str(&export("bundle", &["--host", "ehr-backend"], "")).unwrap();
    assert_eq!(
        (bundle["type"].as_str(), bundle["entry"].as_array().unwrap().len()),
        (Some("batch"), 2)
    );
    let table = export("csv", &["--code", "ok"], "");
    assert_eq!(table.lines().count(), 3, "{table}");
    assert_eq!(export("ndjson", &["--to", "2020-01-01"], ""), "");
}

#[actix_web::test]
async fn a_trail_that_cannot_be_written_keeps_the_gateway_from_serving() {
    let place = tempfile::tempdir().unwrap();
    let serve = ["serve", "--config", "gateway.toml"];
    let said = |scene: &Scene, command: &[&str]| {
        let output = scene.run(command, "");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    // In the folder of the configuration, each record would wake what watches it.
    let scene = Scene::with_trail_in(std::path::Path::new("trail"), "");
    let (code, err) = said(&scene, &["check", "--config", "gateway.toml"]);
    assert_eq!(code, 64);
    assert!(
        err.contains("audit.directory must not be inside") && err.contains("which is watched"),
        "{err}"
    );

    let trail = place.path().join("trail");
    let scene = Scene::with_trail_in(&trail, "");
    let first = scene.serve();
    let (code, err) = said(&scene, &serve);
    assert_eq!(code, 1);
    assert!(
        err.contains("audit.directory") && err.contains("another gateway is writing this trail"),
        "{err}"
    );
    first.stop();

    fs::write(trail.join("format"), "empego-gateway audit trail 9\n").unwrap();
    let (code, err) = said(&scene, &serve);
    assert_eq!(code, 1);
    assert!(
        err.contains("was written in format 9") && err.contains("start the newer program"),
        "{err}"
    );

    fs::write(scene.path("keys"), "k1 AAECAw==\nk1 AAECAw==\nk2 !\n").unwrap();
    let (code, err) = said(&scene, &serve);
    assert_eq!(code, 64);
    for message in [
        "audit.keyring_file",
        "line 1: the key has 4 bytes, and must have 32",
        "line 3: the key is not base64",
    ] {
        assert!(err.contains(message), "{err}");
    }
    fs::remove_file(scene.path("keys")).unwrap();
    let (code, err) = said(&scene, &serve);
    assert_eq!(code, 64);
    assert!(
        err.contains("audit.keyring_file names a file that cannot be read"),
        "{err}"
    );
}
