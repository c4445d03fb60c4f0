//! The reference pages in `docs/reference` say what the program's tables say: `WRITE=1 cargo test --test api reference` writes
//! them.

use std::{collections::BTreeSet, fmt::Write as _};

use domain::{
    code::{Code, Guidance, Language},
    empego::{Endpoint, Intent},
    fault::Fault,
    reason::Reason,
};
use empego_gateway::telemetry::attempt_line::FIELDS;

use crate::helpers::{
    run,
    written::{is_written, parts_are_written},
};

/// A table of Markdown. A `|` within a cell would end it.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    let head = line(head.map(str::to_owned)) + &line([(); N].map(|()| "---".to_owned()));
    rows.into_iter().fold(head, |table, row| table + &line(row))
}

/// As code.
pub(crate) fn word(text: &str) -> String {
    format!("`{text}`")
}

#[test]
fn the_error_reference_lists_every_code_reason_and_field_code() {
    let codes = Code::ALL.iter().map(|code| {
        let Guidance { meaning, action } = code.guidance(Language::English);
        let retry = if code.is_retryable() { "yes" } else { "" };
        [
            word(code.as_str()),
            code.status().to_string(),
            code.source().as_str().to_owned(),
            retry.to_owned(),
            meaning.to_owned(),
            action.to_owned(),
        ]
    });
    let reasons = Reason::ALL.iter().map(|reason| {
        [
            word(reason.as_str()),
            word(reason.code().as_str()),
            reason.meaning().to_owned(),
        ]
    });
    let fields: BTreeSet<_> = Fault::CODES.iter().map(|code| word(code)).collect();
    let fields: Vec<_> = fields.into_iter().collect();
    parts_are_written(
        "docs/reference/errors.md",
        &[
            ("fields", fields.join(", ")),
            (
                "codes",
                table(
                    ["code", "status", "source", "retryable", "meaning", "what to do"],
                    codes,
                ),
            ),
            ("reasons", table(["reason", "code", "meaning"], reasons)),
        ],
    );
}

#[test]
fn the_endpoint_reference_lists_every_endpoint() {
    let rows = Endpoint::ALL.iter().map(|endpoint| {
        let needs = endpoint.required().iter().map(|name| word(name.as_str()));
        [
            word(endpoint.tail()),
            endpoint.opens().to_owned(),
            needs.collect::<Vec<_>>().join(", "),
        ]
    });
    parts_are_written(
        "docs/reference/endpoints.md",
        &[("endpoints", table(["endpoint", "what it opens", "needs"], rows))],
    );
}

#[test]
fn the_intent_table_has_every_intent() {
    let page = include_str!("../../docs/reference/intents.md");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let expected: Vec<_> = Intent::ALL.iter().map(|intent| intent.as_str()).collect();
    assert_eq!(rows.collect::<Vec<_>>(), expected);
}

#[test]
fn the_log_reference_lists_every_field_of_an_attempt() {
    let rows = FIELDS.iter().map(|(name, meaning)| [word(name), (*meaning).to_owned()]);
    parts_are_written(
        "docs/reference/log.md",
        &[("fields", table(["field", "meaning"], rows))],
    );
}

#[test]
fn the_command_reference_has_the_help_of_every_command() {
    let mut page = String::from(
        "# Command line\n\nThis page is the program's own help, command by command. Exit codes: 0 clean, 64 bad usage or \
         configuration, 1 anything\nelse.\n",
    );
    write_help(&mut page, &[]);
    is_written("docs/reference/command-line.md", &page);
}

/// The help of a command, then of the commands below it.
fn write_help(page: &mut String, command: &[&str]) {
    let output = run(&[command, &["--help"]].concat());
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    if !command.is_empty() {
        write!(page, "\n## {}\n", command.join(" ")).unwrap();
    }
    let help: Vec<_> = help.trim_end().lines().map(str::trim_end).collect();
    write!(page, "\n```text\n{}\n```\n", help.join("\n")).unwrap();
    let listed = help.iter().skip_while(|line| **line != "Commands:").skip(1);
    for line in listed.take_while(|line| !line.is_empty()) {
        let below = line.split_whitespace().next().unwrap();
        if below != "help" {
            write_help(page, &[command, &[below]].concat());
        }
    }
}

#[test]
fn the_configuration_reference_has_every_setting_of_the_example() {
    let page = configuration(include_str!("../../gateway.example.toml"));
    is_written("docs/reference/configuration.md", &page);
}

/// The example as a page: a heading for each of its tables, a row for each setting, its comments in their places.
fn configuration(example: &str) -> String {
    const HEAD: [&str; 3] = ["setting", "value", "meaning"];
    let (about, example) = example.split_once("\n\n").unwrap();
    let (_, overriding) = about.rsplit_once("\n#\n").unwrap();
    let mut page = String::from(
        "# Configuration\n\nEvery setting, as [`gateway.example.toml`](../../gateway.example.toml) has it, of which this page is \
         written. A value is the\ndefault unless its meaning says otherwise; a setting that is *off* has none, and shows an example.\n\n",
    );
    page += &paragraph(&overriding.lines().map(text_of).collect::<Vec<_>>().join(" "));
    let mut comment = String::new();
    let mut rows: Vec<[String; 3]> = Vec::new();
    let mut is_off = false;
    for line in example.lines().chain([""]) {
        let switched_off = line.strip_prefix("#: ");
        let text = switched_off.unwrap_or(line);
        let is_comment = text.starts_with("# ");
        let goes_on = !is_comment && text.trim_start().starts_with("# ");
        let is_setting = !is_comment && !goes_on && !text.is_empty() && !text.starts_with('[');
        if goes_on {
            match rows.last_mut() {
                Some([_, _, meaning]) => write!(meaning, " {}", escaped(text_of(text))).unwrap(),
                None => write!(comment, " {}", text_of(text)).unwrap(),
            }
            continue;
        }
        if !rows.is_empty() && !is_setting {
            page += &table(HEAD, std::mem::take(&mut rows));
            page.push('\n');
        }
        if is_comment {
            write!(comment, " {}", text_of(text)).unwrap();
            continue;
        }
        if text.starts_with('[') {
            let (name, about) = cut(text);
            is_off = switched_off.is_some();
            writeln!(page, "## {}\n", word(name)).unwrap();
            if !comment.is_empty() {
                comment = sentence(&comment);
            }
            write!(comment, " {about}").unwrap();
            continue;
        }
        if !comment.trim().is_empty() {
            page += &paragraph(&std::mem::take(&mut comment));
        }
        comment.clear();
        if is_setting {
            let (setting, meaning) = cut(text);
            let (name, value) = setting.split_once(" = ").unwrap();
            let off = if switched_off.is_some() && !is_off {
                "*off*, "
            } else {
                ""
            };
            rows.push([word(name), format!("{off}{}", word(value.trim())), escaped(meaning)]);
        }
    }
    format!("{}\n", page.trim_end())
}

/// A comment without its mark.
fn text_of(line: &str) -> &str {
    line.trim().trim_start_matches('#').trim()
}

/// A line without and with its comment.
fn cut(line: &str) -> (&str, &str) {
    // A `#` within a text does not follow a blank.
    let (line, comment) = line.split_once(" # ").unwrap_or((line, ""));
    (line.trim_end(), comment)
}

/// A paragraph of the page.
fn paragraph(text: &str) -> String {
    format!("{}\n\n", escaped(&sentence(text)))
}

/// With a capital letter, unless it begins with a setting's name, and a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.split(' ').next().is_some_and(|first| first.contains('_')) {
        return text.to_owned();
    }
    let end = if text.ends_with('.') { "" } else { "." };
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}{end}", first.collect::<String>(), letters.as_str())
}

/// So that an asterisk stays one.
fn escaped(text: &str) -> String {
    text.replace('*', "\\*")
}
