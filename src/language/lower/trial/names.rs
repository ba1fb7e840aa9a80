//! What the names in a case mean in the plan that it is about.

use super::Lowering;
use crate::language::diagnostic::code;
use crate::language::plan::{Action, StandsFor, Wait, WaitFor, address_of, place_of, plain_name};
use crate::language::reader::nearest;
use crate::language::yaml::{Kind, Node, Text};

impl Lowering<'_> {
    /// The one step that is meant.
    pub(super) fn one(&mut self, name: &Text) -> Option<String> {
        match self.stands_for(name)? {
            StandsFor::Place(key) => Some(key),
            StandsFor::Steps(mut steps) if steps.len() == 1 => steps.pop(),
            StandsFor::Steps(steps) => {
                self.ambiguous(name, &steps);
                None
            }
            StandsFor::Check => {
                let message = format!("`{}` is a check, and only steps are looked at.", &**name);
                self.report(
                    &code::UNTESTED_NAME,
                    name.span,
                    message,
                    "name the step that it checks".to_owned(),
                );
                None
            }
        }
    }

    fn ambiguous(&mut self, name: &Text, steps: &[String]) {
        let message = format!("`{}` may be any of {} steps.", &**name, steps.len());
        let steps: Vec<String> = steps.iter().map(|step| plain_name(step)).collect();
        let help = format!("say which: `{}`", steps.join("`, `"));
        self.report(&code::UNTESTED_NAME, name.span, message, help);
    }

    /// What a name means: an address, the end of some, a place in a loop, or a check.
    pub(super) fn stands_for(&mut self, name: &Text) -> Option<StandsFor> {
        let address = address_of(name);
        let found = self.meant(&address);
        match found.as_slice() {
            [] => {}
            _ if *address == **name => return Some(StandsFor::Steps(found)),
            [one] => return self.place(name, one).map(StandsFor::Place),
            many => {
                self.ambiguous(name, many);
                return None;
            }
        }
        if self.checks.contains(&**name) {
            return Some(StandsFor::Check);
        }
        let known: Vec<String> = self.sites.iter().map(|site| plain_name(&site.address)).collect();
        let names = known.iter().map(String::as_str).chain(self.checks.iter().copied());
        let help = match nearest(&address, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its steps are `{}`", known.join("`, `")),
        };
        let message = format!("`{}` has no step `{}`.", self.plan.name, &**name);
        self.report(&code::UNTESTED_NAME, name.span, message, help);
        None
    }

    /// The addresses that end so; those of undos only where that is said.
    fn meant(&self, name: &str) -> Vec<String> {
        let name = plain_name(name);
        let all = || self.sites.iter().map(|site| &site.address);
        if let Some(exact) = all().find(|known| plain_name(known) == name) {
            return vec![exact.clone()];
        }
        let (is_undo, end) = match name.strip_prefix("undo/") {
            Some(undone) => (true, undone),
            None => (false, name.as_str()),
        };
        let is_meant = |known: &&String| {
            let own = known.split_once("@undo/").map(|(_, undone)| undone);
            own.is_some() == is_undo
                && format!("/{}", plain_name(own.unwrap_or(known))).ends_with(&format!("/{end}"))
        };
        all().filter(is_meant).cloned().collect()
    }

    /// One item or round of a step, by the whole way to it.
    fn place(&mut self, name: &Text, address: &str) -> Option<String> {
        let said = place_of(name);
        let mut said = said.rsplit('/');
        let mut segments: Vec<String> = address.split('/').map(str::to_owned).collect();
        for at in (0..segments.len()).rev() {
            let Some(segment) = said.next() else { break };
            let number = &segment[segment.find(['[', '~']).unwrap_or(segment.len())..];
            let way = address.split('/').take(at + 1).collect::<Vec<_>>().join("/");
            let undone = way.replacen("@undo/", "", 1);
            let step = self
                .sites
                .iter()
                .find(|site| site.address == way || site.address == undone)
                .map(|site| site.step);
            let repeats = |mark: char| match mark {
                '[' => step.is_some_and(|step| step.foreach.is_some()),
                _ => step.is_some_and(|step| step.repeat.is_some()),
            };
            let wrong = match number.chars().find(|mark| matches!(mark, '[' | '~') && !repeats(*mark)) {
                _ if !is_number(number) => Some("no such item or round"),
                Some('[') => Some("no items"),
                Some(_) => Some("no rounds"),
                None => None,
            };
            if let Some(wrong) = wrong {
                let message = format!("`{}` has {wrong}.", plain_name(&way));
                let help = "items of a `foreach` are `step[0]`, rounds of a `repeat` are `step~1`".to_owned();
                self.report(&code::UNTESTED_NAME, name.span, message, help);
                return None;
            }
            segments[at].push_str(number);
        }
        Some(segments.join("/"))
    }

    /// Whether there is anything that a step could answer.
    pub(super) fn answerable(&mut self, name: &Text, node: &Node, stands_for: &StandsFor) {
        if matches!(&node.kind, Kind::Sequence(items) if items.is_empty()) {
            let message = format!("`{}` has a list of answers, and none in it.", &**name);
            self.report(
                &code::UNTESTED_NAME,
                node.span,
                message,
                "write at least one, such as `{}`".to_owned(),
            );
        }
        for answer in std::slice::from_ref(node).iter().chain(node.items()) {
            self.one_reply(answer);
        }
        let StandsFor::Steps(steps) = stands_for else { return };
        let [only] = steps.as_slice() else { return };
        let silent =
            self.sites.iter().find(|site| site.address == *only).and_then(|site| match &site.step.action {
                Action::Wait(Wait { what: WaitFor::Duration(_) | WaitFor::Until(_), .. }) => {
                    Some("waits for a time, and that passes by itself")
                }
                Action::Group(_) => Some("is a group: its steps answer"),
                Action::Set(_) | Action::Fail(_) => Some("asks nobody"),
                _ => None,
            });
        if let Some(why) = silent {
            let message = format!("`{}` {why}.", &**name);
            self.report(&code::UNTESTED_NAME, name.span, message, "take this answer out".to_owned());
        }
    }

    /// What a script prints is one answer, what anybody hands back another.
    fn one_reply(&mut self, answer: &Node) {
        let said =
            |keys: &[&str]| answer.entries().iter().find(|entry| keys.contains(&&*entry.key.value)).cloned();
        let printed = said(&["stdout", "stderr", "exit_code"]);
        if let (Some(printed), Some(other)) = (printed, said(&["result", "approve", "event", "fail"])) {
            let message = format!("`{}` and `{}` cannot stand in one answer.", &*printed.key, &*other.key);
            self.report(&code::CONFLICTING_KEYS, printed.key.span, message, "keep one of them".to_owned());
        }
    }
}

/// Nothing, `[2]`, `~3` or `[2]~3`.
fn is_number(text: &str) -> bool {
    let (item, round) = text.split_once('~').map_or((text, None), |(item, round)| (item, Some(round)));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_item = item.is_empty()
        || item.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(are_digits);
    is_item && round.is_none_or(are_digits)
}
