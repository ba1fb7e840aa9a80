//! Preconditions, failures that are tolerated, further attempts, rounds.

use super::super::document::{Action, Step, Tree, flow};
use super::super::expression::{Piece, Why};
use super::super::fields::{number, text, texts};
use super::super::text::{Script, duration, jinja_text};
use super::dag::Dag;
use super::executors::quoted;
use super::fields::{entry, get, is_true};
use super::steps::printed;
use super::values::only_name;
use crate::language::plan::REPEAT_ITERATIONS_MAX;
use crate::language::yaml::Node;

impl Dag<'_> {
    /// A script that succeeds where all conditions hold.
    pub(super) fn conditions(&mut self, node: &Node) -> Result<Script, Why> {
        let conditions: Vec<&Node> =
            if node.items().is_empty() { vec![node] } else { node.items().iter().collect() };
        let tests: Option<Vec<String>> = conditions.iter().map(|condition| test(condition)).collect();
        let tests = tests.ok_or("it says nothing to ask")?;
        self.script(&tests.join(" &&\n  "), None)
    }

    /// The script that says whether conditions hold.
    fn asked(&self, test: &Script) -> String {
        let before = self.exported();
        format!("{before}if {}\nthen echo true; else echo false; fi\n", test.text.trim_end())
    }

    /// What has to be found out before a step, where no expression can tell.
    pub(super) fn probe(&mut self, node: &Node, step: &mut Step) -> Option<Step> {
        let conditions = ["precondition", "preconditions"].iter().find_map(|key| get(node, key))?;
        if let Some(when) = self.comparison(conditions) {
            step.when = Some(when);
            return None;
        }
        let mut probe = Step::at(conditions.span);
        let own = step.id.clone().unwrap_or_default();
        let id = self.ids.free(&format!("{own}-due"), "due");
        match self.conditions(conditions) {
            Ok(test) => {
                probe.action = Action::Shell { run: self.asked(&test), with: None, stdin: None };
                probe.env = test.env;
                probe.parse = Some("json");
                probe.dir.clone_from(&step.dir);
            }
            Err(why) => {
                probe.comments.push(self.report.manual(
                    conditions.span,
                    "preconditions",
                    &why,
                    "write them as a script",
                ));
                probe.name = Some(format!("See whether {own} is due"));
                probe.result = Some(flow(Tree::map([("type", Tree::text("boolean"))])));
            }
        }
        step.when = Some(Piece::atom("steps").member(&id).member("result").text);
        probe.id = Some(id);
        Some(probe)
    }

    /// Conditions that compare known values, as an expression.
    fn comparison(&self, node: &Node) -> Option<String> {
        let conditions: Vec<&Node> =
            if node.items().is_empty() { vec![node] } else { node.items().iter().collect() };
        let mut parts = Vec::new();
        for condition in conditions {
            let written = text(get(condition, "condition"))?;
            let expected = text(get(condition, "expected"))?;
            if expected.starts_with("re:") || expected.contains('$') || only_name(&written).is_none() {
                return None;
            }
            let value = self.only_value(&written)?;
            let sign = if is_true(get(condition, "negate")) { "!=" } else { "==" };
            parts.push(format!("{value} | string {sign} {}", jinja_text(&expected)));
        }
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    pub(super) fn continue_on(&mut self, node: &Node, step: &mut Step) {
        let Some(on) = get(node, "continue_on") else { return };
        let codes = texts(get(on, "exit_code"));
        step.continues = is_true(get(on, "failure"))
            || text(Some(on)).is_some_and(|word| word.starts_with("fail"))
            || !codes.is_empty();
        if !codes.is_empty() && !is_true(get(on, "failure")) {
            let comment = self.report.changed(
                on.span,
                &format!("continueOn.exitCode: {}", codes.join(", ")),
                "every failure is tolerated",
                "let the script end with 0 for these codes, and take `on_error` away",
            );
            step.comments.push(comment);
        }
        for key in ["output", "mark_success"] {
            if let Some(entry) =
                entry(on, key).filter(|entry| text(Some(&entry.value)).is_none_or(|text| text != "false"))
            {
                let comment = self.report.lost(
                    entry.key.span,
                    &format!("continueOn.{}", &*entry.key),
                    "a failure stays one",
                    "let the script end with 0",
                );
                step.comments.push(comment);
            }
        }
    }

    pub(super) fn retry(&mut self, node: &Node, step: &mut Step) {
        let Some(policy) = get(node, "retry_policy") else { return };
        let Some(limit) = number(get(policy, "limit")).filter(|limit| *limit >= 1.0) else {
            let comment =
                self.report.lost(policy.span, "retryPolicy", "how often is computed", "write `retry`");
            return step.comments.push(comment);
        };
        let mut entries = vec![("attempts", Tree::Plain((limit.min(999.0) + 1.0).floor().to_string()))];
        entries.extend(
            number(get(policy, "interval_sec")).and_then(duration).map(|delay| ("delay", Tree::text(delay))),
        );
        let backoff =
            number(get(policy, "backoff")).or_else(|| is_true(get(policy, "backoff")).then_some(2.0));
        entries.extend(
            backoff
                .filter(|backoff| *backoff > 1.0)
                .map(|backoff| ("backoff", Tree::Plain(backoff.to_string()))),
        );
        entries.extend(
            number(get(policy, "max_interval_sec"))
                .and_then(duration)
                .map(|delay| ("max_delay", Tree::text(delay))),
        );
        let (codes, other): (Vec<String>, Vec<String>) =
            texts(get(policy, "exit_code")).into_iter().partition(|code| code.parse::<u8>().is_ok());
        if !other.is_empty() {
            let what = format!("retryPolicy.exitCode: {}", other.join(", "));
            let why = "no script ends with such a code";
            let advice = "name the codes that are worth another attempt under `on`";
            step.comments.push(self.report.lost(policy.span, &what, why, advice));
        }
        if !codes.is_empty() {
            let codes = codes.into_iter().map(|code| super::super::document::Entry::item(Tree::Plain(code)));
            entries.push(("on", flow(Tree::List(codes.collect()))));
        }
        step.retry = Some(flow(Tree::map(entries)));
    }

    /// A step in rounds: with the question whether another one is due, where that is not simply counted.
    pub(super) fn repeated(&mut self, node: &Node, mut step: Step) -> Step {
        let Some(policy) = get(node, "repeat_policy") else { return step };
        let mode = text(get(policy, "repeat")).unwrap_or_default();
        if mode == "false" {
            return step;
        }
        let is_until = mode == "until" || (mode != "while" && get(policy, "expected").is_some());
        let most = number(get(policy, "limit")).filter(|most| *most >= 1.0);
        if most.is_none() {
            let comment = self.report.changed(
                policy.span,
                "repeatPolicy",
                "rounds have a bound",
                "set `max` as high as it should be",
            );
            step.comments.push(comment);
        }
        for key in ["backoff", "max_interval_sec"] {
            if let Some(entry) = entry(policy, key).filter(|entry| !is_false(&entry.value)) {
                let what = format!("repeatPolicy.{}", &*entry.key);
                let why = "the time between two rounds stays the same";
                step.comments.push(self.report.lost(entry.key.span, &what, why, "choose another `every`"));
            }
        }
        let most =
            most.unwrap_or(f64::from(REPEAT_ITERATIONS_MAX)).min(f64::from(REPEAT_ITERATIONS_MAX)).floor();
        let mut entries = Vec::new();
        let every = number(get(policy, "interval_sec")).and_then(duration);
        let codes: Vec<String> =
            texts(get(policy, "exit_code")).into_iter().filter(|code| code.parse::<u8>().is_ok()).collect();
        let outer = self.known.clone();
        self.known.extend(printed(node).map(|own| (own, "steps.work.result".to_owned())));
        let asked = get(policy, "condition").map(|_| self.conditions(policy));
        self.known = outer;
        let mut inner = Vec::new();
        if asked.is_some() || !codes.is_empty() {
            let work = Step {
                id: step.id.clone(),
                needs: step.needs.take(),
                when: step.when.take(),
                span: step.span,
                comments: std::mem::take(&mut step.comments),
                ..Step::default()
            };
            let mut worker = std::mem::replace(&mut step, work);
            worker.id = Some("work".to_owned());
            worker.name = None;
            worker.continues |= !codes.is_empty();
            inner.push(worker);
        }
        let until = self.until(asked, &codes, (policy, is_until), (&mut step, &mut inner));
        entries.extend(until.map(|until| ("until", Tree::text(until))));
        entries.push(("max", Tree::Plain(most.to_string())));
        entries.extend(every.map(|every| ("every", Tree::text(every))));
        step.repeat = Some(flow(Tree::map(entries)));
        if !inner.is_empty() {
            step.action = Action::Group(inner);
        }
        step
    }

    /// What ends the rounds: the answer of a script that is put into each, or how the work itself ended.
    fn until(
        &mut self,
        asked: Option<Result<Script, Why>>,
        codes: &[String],
        (policy, is_until): (&Node, bool),
        (step, inner): (&mut Step, &mut Vec<Step>),
    ) -> Option<String> {
        let (run, env) = match asked {
            Some(Ok(test)) => (self.asked(&test), test.env),
            Some(Err(why)) => {
                let comment = self.report.lost(policy.span, "repeatPolicy.condition", &why, "write `until`");
                step.comments.push(comment);
                return None;
            }
            None if codes.is_empty() => return None,
            None => {
                let code = "{{ steps.work.exit_code }}";
                let run = format!("case {code} in {}) echo true ;; *) echo false ;; esac", codes.join("|"));
                (run, Vec::new())
            }
        };
        inner.push(Step {
            id: Some("holds".to_owned()),
            action: Action::Shell { run, with: None, stdin: None },
            env,
            parse: Some("json"),
            ..Step::at(policy.span)
        });
        // Rounds are seen from outside.
        let round = Piece::atom("steps").member(step.id.as_deref()?).member("result");
        let holds = round.member("holds");
        Some(if is_until { holds.text } else { holds.negated().text })
    }
}

fn is_false(node: &Node) -> bool {
    text(Some(node)).is_some_and(|text| text == "false")
}

/// One condition as the shell asks it: a command, or a value and what it must be.
fn test(condition: &Node) -> Option<String> {
    let written = text(Some(condition))
        .or_else(|| text(get(condition, "condition")))
        .or_else(|| text(get(condition, "command")))
        .filter(|written| !written.trim().is_empty())?;
    let asked = match text(get(condition, "expected")) {
        None => written.trim().to_owned(),
        Some(expected) => {
            let value = match written.trim().strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
                Some(command) => format!("\"$({command})\""),
                None => format!("\"{}\"", written.trim()),
            };
            match expected.strip_prefix("re:") {
                Some(pattern) => {
                    format!("printf '%s' {value} | grep -Eq {}", quoted(pattern))
                }
                None if expected.contains('$') => format!("test {value} = \"{expected}\""),
                None => format!("test {value} = {}", quoted(&expected)),
            }
        }
    };
    Some(if is_true(get(condition, "negate")) { format!("! {{ {asked}; }}") } else { asked })
}
