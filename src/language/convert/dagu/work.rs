//! What a step does: a command, a script, another DAG, or something that an executor did.

use super::super::document::{Action, Step};
use super::super::expression::Why;
use super::super::fields::{text, texts};
use super::super::text::{Script, is_posix, literal, wants_bash};
use super::dag::Dag;
use super::fields::{entry, get, pairs, words};
use crate::language::yaml::Node;

impl Dag<'_> {
    pub(super) fn work(&mut self, node: &Node, step: &mut Step) {
        let done = self.environment(node, step).and_then(|()| self.action(node, step));
        let dir =
            text(get(node, "working_dir")).or_else(|| text(get(node, "dir"))).or_else(|| self.dir.clone());
        if matches!(step.action, Action::Shell { .. })
            && let Some(dir) = dir
        {
            match self.template(&dir) {
                Ok(dir) => step.dir = Some(dir),
                Err(why) => {
                    let said = entry(node, "working_dir").or_else(|| entry(node, "dir"));
                    let key = said.map_or("workingDir", |said| &*said.key.value);
                    let span = said.map_or(node.span, |said| said.value.span);
                    let comment = self.report.lost(span, &format!("{key}: {dir}"), &why, "write `in`");
                    step.comments.push(comment);
                }
            }
        }
        if let Err(why) = done {
            self.by_hand(node, step, &why);
        }
    }

    pub(super) fn by_hand(&mut self, node: &Node, step: &mut Step, why: &str) {
        let what = step.id.clone().unwrap_or_default();
        let comment = self.report.manual(node.span, &what, why, "write it as a script");
        let task = ["script", "command", "run"]
            .iter()
            .find_map(|key| text(get(node, key)))
            .or_else(|| text(Some(node)));
        let task = task.map_or_else(
            || format!("Do what `{what}` did in dagu."),
            |task| format!("Run this: {}", task.trim()),
        );
        let about = step.description.take();
        step.by_hand(comment, &task);
        step.description =
            about.into_iter().chain(step.description.take()).reduce(|about, task| format!("{about}\n{task}"));
        let config = get(node, "executor").and_then(|executor| get(executor, "config"));
        step.parameters = get(node, "with")
            .or(get(node, "config"))
            .or(config)
            .filter(|config| !config.entries().is_empty())
            .map(|config| {
                let given = |text: &str| self.template(text).unwrap_or_else(|_| literal(text));
                super::super::document::from_node(config, &mut { given })
            });
    }

    /// The variables of the step itself.
    fn environment(&mut self, node: &Node, step: &mut Step) -> Result<(), Why> {
        for (name, value, written) in get(node, "env").map(pairs).unwrap_or_default() {
            let written = written.or_else(|| text(Some(value))).unwrap_or_default();
            step.env.push((super::super::text::variable(&name), self.template(&written)?));
        }
        Ok(())
    }

    fn action(&mut self, node: &Node, step: &mut Step) -> Result<(), Why> {
        if let Some(command) = text(Some(node)) {
            return self.shell(&command, None, step);
        }
        if let Some(body) = get(node, "foreach") {
            return self.foreach(body, step);
        }
        if let Some(name) = text(get(node, "call")).or_else(|| self.legacy_call(node)) {
            return self.call(node, &name, get(node, "params"), step);
        }
        if let Some(action) = text(get(node, "action")) {
            return self.named_action(node, &action, step);
        }
        let executor = get(node, "executor");
        let kind = text(executor)
            .or_else(|| text(executor.and_then(|executor| get(executor, "type"))))
            .or_else(|| text(get(node, "type")));
        let config = executor.and_then(|executor| get(executor, "config")).or(get(node, "config"));
        match kind.as_deref() {
            None | Some("command" | "shell" | "") => {}
            Some(kind) => return self.executed(node, kind, config, step),
        }
        if get(node, "container").is_some() {
            return self.executed(node, "container", get(node, "container"), step);
        }
        if get(node, "messages").is_some() {
            return self.executed(node, "chat", get(node, "llm"), step);
        }
        self.commands(node, step)
    }

    /// `run` was once the name of another DAG, and is a script now.
    fn legacy_call(&self, node: &Node) -> Option<String> {
        let name = text(get(node, "run"))?;
        let is_name = !name.contains(char::is_whitespace) && !name.contains(['$', '`']);
        let stem = name.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml").to_owned();
        (is_name
            && (self.siblings.contains(&stem)
                || get(node, "params").is_some()
                || get(node, "parallel").is_some()))
        .then_some(name)
    }

    fn commands(&mut self, node: &Node, step: &mut Step) -> Result<(), Why> {
        let own = Some(texts(get(node, "shell")).join(" ")).filter(|shell| !shell.is_empty());
        let command = get(node, "command").or(get(node, "run"));
        let mut line = match command {
            Some(node) if node.scalar().is_some() => text(Some(node)).unwrap_or_default(),
            Some(node) => return self.shell(&texts(Some(node)).join("\n"), own.as_deref(), step),
            None => String::new(),
        };
        for argument in texts(get(node, "args")) {
            line.push(' ');
            let quote = if argument.contains(char::is_whitespace) { "\"" } else { "" };
            line.extend([quote, &argument, quote]);
        }
        match text(get(node, "script")) {
            None if line.trim().is_empty() => Err("it says nothing to do".to_owned()),
            None => self.shell(&line, own.as_deref(), step),
            // The script is given to the command, or to the program that its first line names.
            Some(script) => {
                let named = Some(line.trim()).filter(|line| !line.is_empty());
                let first = script.strip_prefix("#!").and_then(|rest| rest.lines().next());
                let first = first.map(|line| line.trim().trim_start_matches("/usr/bin/env ").trim());
                self.shell(&script, own.as_deref().or(named).or(first), step)
            }
        }
    }

    /// What every script begins with: a command a line.
    pub(super) fn exported(&self) -> String {
        self.exports.iter().flat_map(|export| [export, "\n"]).collect()
    }

    pub(super) fn shell(&mut self, text: &str, shell: Option<&str>, step: &mut Step) -> Result<(), Why> {
        let chosen = shell.map(str::to_owned).or_else(|| self.shell.clone());
        let mut with = chosen.filter(|with| !matches!(with.trim(), "" | "sh" | "/bin/sh" | "direct"));
        if with.as_deref().is_some_and(|with| matches!(with, "powershell" | "pwsh" | "cmd" | "nix-shell")) {
            return Err("it needs a shell of its own".to_owned());
        }
        // `-e` is said in the script, where it can be seen.
        let mut strict = "set -e\n";
        let mut parts = words(with.as_deref().unwrap_or_default()).into_iter();
        if let Some(program) = parts.next().filter(|program| is_posix(Some(program))) {
            if parts.any(|part| part.contains("pipefail")) {
                strict = "set -eo pipefail\n";
            }
            let program = program.rsplit('/').next().unwrap_or_default().to_owned();
            with = (program != "sh").then_some(program);
        }
        if with.is_none() && wants_bash(text) {
            with = Some("bash".to_owned());
        }
        let body = text.trim_end();
        let body = if body.contains('\n') { format!("{body}\n") } else { body.trim().to_owned() };
        let mut before = String::new();
        if is_posix(with.as_deref()) {
            if body.contains('\n') || !self.exports.is_empty() {
                before.push_str(strict);
            }
            before.push_str(&self.exported());
        }
        let body = if before.is_empty() || body.ends_with('\n') { body } else { body + "\n" };
        let Script { text, env } = self.script(&(before + &body), with.as_deref())?;
        for (name, value) in env {
            if !step.env.iter().any(|(known, _)| *known == name) {
                step.env.push((name, value));
            }
        }
        step.action = Action::Shell { run: text, with, stdin: None };
        Ok(())
    }
}
