//! What is around the steps of a job: machines, containers, services, environments, and jobs of other workflows.

use super::super::document::{Action, Step, Tree, flow};
use super::super::fields::{text, texts};
use super::super::text::{Ids, literal};
use super::context::{Context, Job};
use super::text::has_expressions;
use crate::language::yaml::Node;

impl<'a> Context<'a> {
    /// Where the jobs run, told once.
    pub(super) fn machines(&mut self) {
        let mut machines: Vec<String> = Vec::new();
        for job in &self.jobs {
            let node = job.node.get("runs-on");
            let labels = match node.and_then(|node| node.get("labels")) {
                Some(labels) => texts(Some(labels)),
                None => texts(node),
            };
            for label in labels {
                if !machines.contains(&label) {
                    machines.push(label);
                }
            }
        }
        let Some(first) =
            self.jobs.iter().find_map(|job| job.node.entry("runs-on").map(|entry| entry.key.span))
        else {
            return;
        };
        let what = format!("runs-on: {}", machines.join(", "));
        let comment = self.report.changed(
            first,
            &what,
            "it runs on this machine, in the folder where the run is started",
            "start it where its programs are",
        );
        self.workflow.comments.push(comment);
    }

    pub(super) fn surroundings(&mut self, job: &Job<'a>, step: &mut Step) {
        const KNOWN: [&str; 13] = [
            "name",
            "needs",
            "if",
            "runs-on",
            "steps",
            "env",
            "defaults",
            "outputs",
            "strategy",
            "timeout-minutes",
            "continue-on-error",
            "services",
            "uses",
        ];
        for entry in job.node.entries().iter().filter(|entry| !KNOWN.contains(&&*entry.key)) {
            let image = text(Some(&entry.value))
                .or_else(|| text(entry.value.get("image")))
                .or_else(|| text(entry.value.get("name")));
            let what =
                image.map_or_else(|| entry.key.to_string(), |image| format!("{}: {image}", &*entry.key));
            let (why, advice) = match &*entry.key {
                "container" => (
                    "scripts run on this machine",
                    "start the run in that container, or write `docker run` into the scripts",
                ),
                "permissions" => {
                    ("no token is made for a run", "whoever runs it uses a token of their own, as a secret")
                }
                "environment" => {
                    ("nothing here guards a job", "put a step with `wait: { for: approval }` before it")
                }
                "concurrency" => {
                    ("only a whole workflow has a limit", "write `concurrency` for the workflow")
                }
                "with" | "secrets" if job.node.get("uses").is_some() => continue,
                _ => ("it has no counterpart", "look at what it was for"),
            };
            step.comments.push(self.report.lost(entry.key.span, &what, why, advice));
        }
    }

    /// Services are started by a person before the job's own steps.
    pub(super) fn services(&mut self, job: &Job<'a>, ids: &mut Ids) -> Option<Step> {
        let services = job.node.get("services").filter(|services| !services.entries().is_empty())?;
        let mut step = Step::at(services.span);
        step.id = Some(ids.free("services", "services"));
        step.name = Some("Start the services".to_owned());
        let told: Vec<String> = services
            .entries()
            .iter()
            .map(|entry| {
                let image =
                    text(entry.value.get("image")).or_else(|| text(Some(&entry.value))).unwrap_or_default();
                let ports = texts(entry.value.get("ports")).join(", ");
                let ports = if ports.is_empty() { ports } else { format!(" on port {ports}") };
                format!("{} ({image}){ports}", &*entry.key)
            })
            .collect();
        let span = job.node.entry("services").map_or(services.span, |entry| entry.key.span);
        let task = format!("Start {}.", told.join(", "));
        self.by_hand(&mut step, span, &task, "no containers are started beside a job");
        Some(step)
    }

    /// A job that is another workflow.
    pub(super) fn called(&mut self, job: &Job<'a>, step: &mut Step) {
        let uses = text(job.node.get("uses")).unwrap_or_default();
        let span = job.node.get("uses").map_or(job.span, |node| node.span);
        let file = uses.split('@').next().unwrap_or_default();
        let base = file
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".yml")
            .trim_end_matches(".yaml")
            .to_owned();
        if file.starts_with("./") && self.siblings.contains(&base) {
            let with = job.node.get("with").filter(|with| !with.entries().is_empty());
            let with = with.map(|with| self.given_to(with, step));
            step.action = Action::Workflow { name: format!("./{base}.yaml"), with };
            return;
        }
        let advice = if file.starts_with("./") {
            format!("convert {file} together with this file, into the same folder")
        } else {
            "convert that workflow, too, and call it with `workflow`".to_owned()
        };
        let task = format!("Run the workflow {uses}.");
        let comment = self.report.manual(span, &uses, "that workflow is not here", &advice);
        step.by_hand(comment, &task);
        step.parallel = None;
        let asked = self.asked.get(&format!("needs.{}", job.name));
        step.result =
            asked.map(|names| Tree::map([("type", Tree::text("object")), ("required", Tree::texts(names))]));
        if let Some(with) = job.node.get("with").filter(|with| !with.entries().is_empty()) {
            step.parameters = Some(self.given_to(with, step));
        }
    }

    fn given_to(&mut self, with: &'a Node, step: &mut Step) -> Tree {
        let mut values = Vec::new();
        for entry in with.entries() {
            let written = text(Some(&entry.value)).unwrap_or_default();
            if !has_expressions(&written) {
                values.push((
                    entry.key.to_string(),
                    super::super::document::from_node(&entry.value, &mut literal),
                ));
                continue;
            }
            match self.open_template(&written) {
                Ok(template) => values.push((entry.key.to_string(), Tree::text(template))),
                Err(why) => {
                    let comment = self.report.lost(
                        entry.value.span,
                        &format!("{}: {written}", &*entry.key),
                        &why,
                        "write the value",
                    );
                    step.comments.push(comment);
                }
            }
        }
        flow(Tree::map(values))
    }
}
