//! `uses`: what is known of the usual actions. Those that prepare a machine are looked for on this one, those that
//! carry files between machines have nothing to do, and all others are done by hand.

use super::super::document::{Action, Step, Tree, from_node};
use super::super::expression::Why;
use super::super::fields::text;
use super::super::report::one_line;
use super::super::text::literal;
use super::context::Context;
use super::scripts::Written;
use super::text::bracketed;
use crate::language::source::Span;
use crate::language::yaml::Node;

/// What becomes of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It has nothing to do here: why.
    Needless(&'static str),
    /// Its purpose is missed: why, and what to do.
    Gone(&'static str, &'static str),
    /// A program that must be there: how it is asked for its version.
    Tool(&'static str),
    Checkout,
    Script,
    Unknown,
}

fn known(uses: &str) -> Known {
    let name = uses.split('@').next().unwrap_or_default().to_lowercase();
    match name.as_str() {
        "actions/checkout" => Known::Checkout,
        "actions/github-script" => Known::Script,
        "actions/upload-artifact" | "actions/download-artifact" | "actions/upload-pages-artifact" => {
            Known::Needless("all jobs work in one folder, where files stay")
        }
        "actions/cache" | "actions/cache/restore" | "actions/cache/save" | "swatinem/rust-cache" => {
            Known::Needless("what is in the folder stays there, nothing has to be fetched again")
        }
        "docker/setup-qemu-action" => {
            Known::Gone("this machine is not set up for other architectures", "set it up yourself")
        }
        "step-security/harden-runner" => {
            Known::Gone("nothing watches what the scripts do", "look at them yourself")
        }
        "actions/setup-node" => Known::Tool("node --version"),
        "actions/setup-python" => Known::Tool("python3 --version"),
        "actions/setup-go" => Known::Tool("go version"),
        "actions/setup-java" => Known::Tool("java -version"),
        "actions/setup-dotnet" => Known::Tool("dotnet --version"),
        "ruby/setup-ruby" => Known::Tool("ruby --version"),
        "shivammathur/setup-php" => Known::Tool("php --version"),
        "pnpm/action-setup" => Known::Tool("pnpm --version"),
        "oven-sh/setup-bun" => Known::Tool("bun --version"),
        "denoland/setup-deno" => Known::Tool("deno --version"),
        "astral-sh/setup-uv" => Known::Tool("uv --version"),
        "dtolnay/rust-toolchain" | "actions-rs/toolchain" | "actions-rust-lang/setup-rust-toolchain" => {
            Known::Tool("cargo --version")
        }
        "hashicorp/setup-terraform" => Known::Tool("terraform version"),
        "azure/setup-helm" => Known::Tool("helm version"),
        "azure/setup-kubectl" => Known::Tool("kubectl version --client"),
        "docker/setup-buildx-action" => Known::Tool("docker buildx version"),
        "docker/setup-docker-action" => Known::Tool("docker --version"),
        _ => Known::Unknown,
    }
}

/// The action without its version: `actions/checkout` of `actions/checkout@v4`.
pub(super) fn name(uses: &str) -> &str {
    uses.split('@').next().unwrap_or_default()
}

impl<'a> Context<'a> {
    /// What an action did. False where nothing is left of it but a comment.
    pub(super) fn action(
        &mut self,
        node: &'a Node,
        uses: &str,
        step: &mut Step,
        pending: &mut Vec<String>,
    ) -> bool {
        let span = node.get("uses").map_or(node.span, |uses| uses.span);
        let with = node.get("with");
        match known(uses) {
            Known::Checkout => return self.checkout(with, span, step, pending),
            Known::Needless(why) => {
                let target = text(with.and_then(|with| with.get("path"))).filter(|path| !is_here(path));
                pending.push(match target.filter(|_| name(uses).ends_with("/download-artifact")) {
                    Some(path) => self.report.changed(
                        span,
                        &format!("{uses} into {path}"),
                        "files stay where the job that made them left them",
                        "move them there if they are not",
                    ),
                    None => format!("{uses}: {why}."),
                });
                return false;
            }
            Known::Gone(why, advice) => {
                pending.push(self.report.lost(span, uses, why, advice));
                return false;
            }
            Known::Tool(command) => {
                step.name = step.name.take().or_else(|| Some(format!("{} is there", tool(command))));
                step.action = Action::Shell { run: command.to_owned(), with: None, stdin: None };
                let wanted = with.map(Self::shown).unwrap_or_default();
                let what = if wanted.is_empty() { uses.to_owned() } else { format!("{uses} ({wanted})") };
                let comment = self.report.changed(
                    span,
                    &what,
                    "programs of this machine are used",
                    "see that it is the right version",
                );
                step.comments.push(comment);
                return true;
            }
            Known::Script | Known::Unknown => {}
        }
        let task = match text(with.and_then(|with| with.get("script"))) {
            Some(script) if known(uses) == Known::Script => {
                format!("Do what this script did on GitHub: {}", script.trim())
            }
            _ => format!("Do what the action {} did.", name(uses)),
        };
        self.by_hand(step, span, &task, "actions of GitHub don't run here");
        if let Some(with) = with.filter(|with| !with.entries().is_empty()) {
            let given = self.parameters(with);
            let own = self.own_variables();
            let key = if with.get("env").is_none() { "env" } else { "variables" };
            step.parameters = Some(match own {
                Some(env) => given.with(key, env),
                None => given,
            });
        }
        step.result = self.asked_of(node);
        true
    }

    /// The parameters of an action, for whoever does its work.
    fn parameters(&mut self, with: &'a Node) -> Tree {
        from_node(with, &mut |written| match self.open_template(written) {
            Ok(template) => template,
            Err(_) => literal(&bracketed(written)),
        })
    }

    fn shown(with: &Node) -> String {
        one_line(
            &with
                .entries()
                .iter()
                .filter_map(|entry| Some(format!("{}: {}", &*entry.key, &*entry.value.text()?)))
                .collect::<Vec<_>>()
                .join(", "),
        )
    }

    /// What later steps want of a step that is done by hand.
    pub(super) fn asked_of(&self, node: &Node) -> Option<Tree> {
        let names = self.asked.get(&text(node.get("id"))?)?;
        Some(Tree::map([("type", Tree::text("object")), ("required", Tree::texts(names))]))
    }

    fn checkout(
        &mut self,
        with: Option<&'a Node>,
        span: Span,
        step: &mut Step,
        pending: &mut Vec<String>,
    ) -> bool {
        let get = |key: &str| text(with.and_then(|with| with.get(key)));
        if let Some(repository) = get("repository") {
            let target =
                get("path").unwrap_or_else(|| repository.rsplit('/').next().unwrap_or_default().to_owned());
            let written = Written {
                text: &format!("git clone https://github.com/{repository} {target}"),
                shell: None,
                prologue: String::new(),
            };
            let result: Result<_, Why> = self.script(&written);
            return match result {
                Ok((script, with)) => {
                    step.env = script.env;
                    step.action = Action::Shell { run: script.text, with, stdin: None };
                    true
                }
                Err(why) => {
                    self.by_hand(step, span, "Check the repository out.", &why);
                    true
                }
            };
        }
        if let Some(reference) = get("ref") {
            pending.push(self.report.lost(
                span,
                &format!("checkout of {reference}"),
                "the run works on what is in its folder",
                "check it out first",
            ));
        } else {
            pending.push("actions/checkout: the run works in the folder that it is started in.".to_owned());
        }
        if get("submodules").is_some_and(|value| value != "false") {
            step.name = Some("Submodules".to_owned());
            step.id = Some("submodules".to_owned());
            step.action = Action::Shell {
                run: "git submodule update --init --recursive".to_owned(),
                with: None,
                stdin: None,
            };
            return true;
        }
        false
    }
}

/// The folder of the run itself.
fn is_here(path: &str) -> bool {
    matches!(path.trim_end_matches('/'), "" | "." | "${{ github.workspace }}")
}

fn tool(command: &str) -> &str {
    command.split(' ').next().unwrap_or(command)
}
