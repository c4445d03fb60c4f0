//! Commands that this build was made without: who types one learns which build has it.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::exit::Exit;

/// A command that only some builds have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tool {
    command: &'static str,
    feature: &'static str,
}

const TOOLS: [Tool; 3] = [
    Tool {
        command: "conformance",
        feature: "conformance",
    },
    Tool {
        command: "demo",
        feature: "simulator",
    },
    Tool {
        command: "simulate",
        feature: "simulator",
    },
];

/// The tool that is unknown to this build, if that is what was wrong with the command line.
pub(super) fn tool_named_in(usage: &clap::Error) -> Option<Tool> {
    if usage.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(unknown)) = usage.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    TOOLS.into_iter().find(|tool| tool.command == unknown)
}

impl Tool {
    pub(super) fn refusal(self) -> Exit {
        let Self { command, feature } = self;
        Exit::usage(format!(
            "this build only serves: it has no {command}, which needs the feature {feature}; in a copy of the sources, \
             run: cargo run --release -- {command}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    fn tool_in(line: [&str; 2]) -> Option<&'static str> {
        let program = Command::new("empego-gateway").subcommand(Command::new("serve"));
        let usage = program.try_get_matches_from(line).unwrap_err();
        tool_named_in(&usage).map(|tool| tool.command)
    }

    #[test]
    fn a_build_that_only_serves_says_which_build_has_a_tool() {
        for tool in TOOLS {
            assert_eq!(tool_in(["empego-gateway", tool.command]), Some(tool.command));
            assert!(tool.refusal().message.contains(tool.feature));
        }
    }

    #[test]
    fn a_mistyped_command_is_still_the_parsers_to_explain() {
        assert_eq!(tool_in(["empego-gateway", "serv"]), None);
        assert_eq!(tool_in(["empego-gateway", "--demo"]), None);
    }
}
