//! Other DAGs, and loops.

use super::super::document::{Action, Entry, Step, Tree, flow, from_node};
use super::super::expression::Why;
use super::super::fields::{number, text};
use super::super::text::{id, literal};
use super::dag::Dag;
use super::fields::{get, pairs, words};
use crate::language::yaml::{Kind, Node};

impl Dag<'_> {
    pub(super) fn call(
        &mut self,
        node: &Node,
        name: &str,
        params: Option<&Node>,
        step: &mut Step,
    ) -> Result<(), Why> {
        let file = name.rsplit('/').next().unwrap_or_default();
        let base = file.trim_end_matches(".yaml").trim_end_matches(".yml");
        let known = [base.to_owned(), id(&base.to_lowercase(), "dag")]
            .into_iter()
            .find(|base| self.siblings.contains(base));
        // What a loop gives to its children is known while their parameters are read.
        let had_item = self.has_item;
        self.has_item |= get(node, "parallel").is_some();
        let with = params.map(|params| self.given(params)).transpose();
        self.has_item = had_item;
        let with = with?.filter(|entries| !entries.is_empty()).map(|entries| flow(Tree::Map(entries)));
        step.env.clear();
        if let Some(base) = known {
            step.action = Action::Workflow { name: format!("./{base}.yaml"), with };
        } else {
            let together = format!("convert {name} together with this file, into the same folder");
            let (why, advice) = if name.contains('$') {
                ("which DAG it is comes out in the run", "write a step for each DAG, with `when`")
            } else {
                ("that DAG is not here", together.as_str())
            };
            let comment = self.report.manual(node.span, name, why, advice);
            step.by_hand(comment, &format!("Run the DAG {name}."));
            step.parameters = with;
        }
        Ok(())
    }

    fn given(&mut self, params: &Node) -> Result<Vec<Entry>, Why> {
        let mut given = Vec::new();
        if let Some(written) = text(Some(params)) {
            for (at, word) in words(&written).into_iter().enumerate() {
                let (name, value) = match word.split_once('=') {
                    Some((name, value)) if !name.contains('$') => (id(name, "param"), value.to_owned()),
                    _ => (format!("p{}", at + 1), word),
                };
                given.push(Entry::new(name, Tree::text(self.template(&value)?)));
            }
            return Ok(given);
        }
        for (name, node, written) in pairs(params) {
            let value = match written.or_else(|| text(Some(node)).filter(|text| text.contains('$'))) {
                Some(written) => Tree::text(self.template(&written)?),
                None => from_node(node, &mut literal),
            };
            given.push(Entry::new(id(&name, "param"), value));
        }
        Ok(given)
    }

    /// `parallel`: the items, and how many at once.
    pub(super) fn loops(&mut self, node: &Node, step: &mut Step) {
        let Some(parallel) = get(node, "parallel") else { return };
        let items = get(parallel, "items").unwrap_or(parallel);
        match self.items(items) {
            Ok(tree) => {
                step.foreach = Some(tree);
                let most = number(get(parallel, "max_concurrent")).unwrap_or(10.0);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between two bounds"
                )]
                let most = most.clamp(1.0, 1000.0) as u64;
                step.parallel = (most > 1).then_some(most);
                if step.is_manual() {
                    step.parallel = None;
                }
            }
            Err(why) => {
                let comment =
                    self.report.lost(parallel.span, "parallel", &why, "write `foreach` with the list");
                step.comments.push(comment);
            }
        }
    }

    fn items(&mut self, items: &Node) -> Result<Tree, Why> {
        if let Kind::Sequence(list) = &items.kind {
            return Ok(flow(Tree::List(
                list.iter().map(|item| Entry::item(from_node(item, &mut literal))).collect(),
            )));
        }
        let written = text(Some(items)).unwrap_or_default();
        if let Ok(serde_json::Value::Array(list)) = serde_json::from_str(&written) {
            return Ok(super::super::document::from_json(&serde_json::Value::Array(list)));
        }
        match self.only_value(&written) {
            Some(value) if self.parsed.values().any(|parsed| value.starts_with(&format!("{parsed}."))) => {
                Ok(Tree::text(value))
            }
            Some(value) => {
                let advice =
                    "where the step before prints JSON, say `parse: json` there and take the filter away";
                let comment = self.report.changed(items.span, &written, "its words are the items", advice);
                self.workflow.comments.push(comment);
                Ok(Tree::text(format!("{value} | split")))
            }
            None if written.contains('$') => Err("its items are computed".to_owned()),
            None => {
                let separators = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
                Ok(Tree::texts(written.split(separators).filter(|word| !word.is_empty())))
            }
        }
    }

    /// `foreach`: a body of steps for each item.
    pub(super) fn foreach(&mut self, body: &Node, step: &mut Step) -> Result<(), Why> {
        let items = get(body, "items").ok_or("it has no items")?;
        let steps = get(body, "steps").ok_or("it has no steps")?;
        let tree = self.items(items)?;
        let outer = std::mem::replace(&mut self.has_item, true);
        let known = self.known.clone();
        step.action = Action::Group(self.body(steps));
        self.known = known;
        self.has_item = outer;
        step.foreach = Some(tree);
        step.item = text(get(body, "as")).filter(|name| name != "item");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bounds")]
        let most = number(get(body, "max_concurrent")).unwrap_or(10.0).clamp(1.0, 1000.0) as u64;
        step.parallel = (most > 1).then_some(most);
        if let Some(collect) = get(body, "collect") {
            let comment = self.report.lost(
                collect.span,
                "foreach.collect",
                "the result of a loop is the list of its results",
                "look at `steps.ID.result` instead",
            );
            step.comments.push(comment);
        }
        Ok(())
    }
}
