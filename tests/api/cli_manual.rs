//! `completions` and `man`, as a package installs what they write.

use std::{collections::BTreeSet, fs, process::Command};

use crate::helpers::run;

fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that the help of one lists, `help` left out.
fn commands(of: &[&str]) -> Vec<String> {
    let help = printed(&[of, &["--help"]].concat());
    let Some((_, listed)) = help.split_once("Commands:\n") else {
        return Vec::new();
    };
    let names = listed.lines().take_while(|line| !line.is_empty());
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    for _twice in 0..2 {
        let output = run(&["man", "--output", pages.to_str().unwrap()]);
        assert!(output.status.success(), "{output:?}");
    }
    let mut wanted = BTreeSet::from(["empego-gateway.1".to_owned()]);
    for command in commands(&[]) {
        wanted.insert(format!("empego-gateway-{command}.1"));
        for below in commands(&[&command]) {
            wanted.insert(format!("empego-gateway-{command}-{below}.1"));
            for lowest in commands(&[&command, &below]) {
                wanted.insert(format!("empego-gateway-{command}-{below}-{lowest}.1"));
            }
        }
    }
    let written = fs::read_dir(&pages).unwrap();
    let written: BTreeSet<_> = written
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(written, wanted);
    let page = fs::read_to_string(pages.join("empego-gateway-check.1")).unwrap();
    for part in [
        ".TH empego-gateway-check 1",
        "Report every error in a configuration",
        "\\fB\\-\\-config\\fR \\fI<FILE>\\fR",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

#[test]
fn manual_pages_that_cannot_be_written_are_a_failure_that_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let output = run(&["man", "--output", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains(&format!("{} cannot be written to", file.display())),
        "{error}"
    );
}

#[test]
fn bash_completes_commands_and_options() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("empego-gateway.bash");
    fs::write(&script, printed(&["completions", "bash"])).unwrap();
    for (typed, wanted) in [
        (&["webh"][..], "webhooks"),
        (&["check", "--str"], "--strict"),
        (&["audit", "key", "dest"], "destroy"),
    ] {
        // As bash calls the function that the script has registered.
        let ask = r#"
            source "$1"
            shift
            registered=$(complete -p empego-gateway)
            [[ $registered =~ -F\ ([^ ]+) ]]
            COMP_WORDS=(empego-gateway "$@")
            COMP_CWORD=$#
            "${BASH_REMATCH[1]}" empego-gateway "${!#}" ""
            printf '%s\n' "${COMPREPLY[@]}"
        "#;
        let mut bash = Command::new("bash");
        bash.args(["-c", ask, "bash"]).arg(&script).args(typed);
        let output = bash.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            format!("{wanted}\n"),
            "{typed:?}"
        );
    }
}

#[test]
fn each_shell_gets_a_script_that_names_each_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for command in commands(&[]) {
            assert!(script.contains(&command), "{command} is missing for {shell}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(64));
}
