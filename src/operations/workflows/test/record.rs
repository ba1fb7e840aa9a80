//! A test out of a run that really was: what it was given, what the world answered, and what came of it.

use crate::engine::event::PlanHash;
use crate::engine::status::LogLine;
use crate::language::plan::{Plan, Site, address_of, place_of, plain_name, sites};
use crate::operations::yaml::to_yaml;
use crate::operations::{
    Access, Aliases, Context, Error, Kind, Operation, RunName, Toolset, aliases, duration_words, millis,
    reference,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Make a test of a run.
///
/// It is a case with the run's inputs, with what each step answered, and with what came of it.
#[derive(Debug, Clone, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordTest {
    /// The run: its id, a prefix of it, or @last.
    #[arg(value_name = "RUN")]
    pub run: RunName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RecordedTest {
    pub run_id: String,
    /// A document of `kind: test`.
    pub text: String,
}

impl Operation for RecordTest {
    const NAME: &'static str = "record_test";
    const COMMAND: &'static [&'static str] = &["runs", "record"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Runs;
    const EXAMPLE: &'static str = "wfmcp runs record @last";
    const ALIASES: Aliases = aliases::RUN;
    type Output = RecordedTest;

    async fn perform(self, context: &Context) -> Result<RecordedTest, Error> {
        let project = context.project()?;
        let run = reference::run(context, project, &self.run)?;
        let driver = project.driver()?;
        let report = driver.describe(&run)?;
        if !report.status.is_end() {
            let message = format!("{run} has not ended: it is {}", report.status.as_str());
            return Err(Error::new(Kind::Conflict, message).hint("a test needs an end: record it again then"));
        }
        if report.application_id.is_some() {
            let message = format!("{run} applied a pattern, and a test of one needs its target");
            return Err(
                Error::new(Kind::Conflict, message).hint("write the case by hand: `target: { data: ... }`")
            );
        }
        let lines = driver.log(&run, 0)?;
        let hash = lines.first().and_then(|line| line.data["plan"].as_str()).unwrap_or_default();
        let plan: Plan = serde_json::from_str(&project.journal.plan(&PlanHash::new(hash))?)
            .map_err(|error| Error::new(Kind::Store, format!("the plan of {run} can't be read: {error}")))?;
        let mut recording = Recording { sites: sites(&plan), ..Recording::default() };
        for line in &lines {
            recording.take(line);
        }
        let status = report.status.as_str();
        let mut expect = Map::new();
        expect.insert("status".to_owned(), status.into());
        if let Some(outputs) =
            report.result.as_ref().filter(|outputs| outputs.as_object().is_some_and(|map| !map.is_empty()))
        {
            expect.insert("outputs".to_owned(), outputs.clone());
        }
        if let Some(error) = &report.error {
            expect.insert("error".to_owned(), error.message.lines().next().unwrap_or_default().into());
        }
        let document = recording.document(&report.workflow, &format!("as {run} went"), expect);
        let head = format!(
            "# What {run} was given and answered. `workflow` is a name of the catalogue, or a path from here.\n"
        );
        Ok(RecordedTest { run_id: run.to_string(), text: head + &to_yaml(&document) })
    }
}

/// What is known of a run so far.
#[derive(Default)]
struct Recording<'a> {
    sites: Vec<Site<'a>>,
    started_at: String,
    inputs: Value,
    /// When what is under way at a place began.
    begun: BTreeMap<String, i64>,
    /// Who an action is about: a place, or the check that a review is for.
    actions: BTreeMap<String, String>,
    /// By place or check, in the order in which each was asked first.
    answers: Vec<(String, Vec<Value>)>,
    /// How often each place was done.
    runs: BTreeMap<String, u64>,
    cancelled_after: Option<i64>,
}

impl Recording<'_> {
    fn take(&mut self, line: &LogLine) {
        let at = millis(&line.at).unwrap_or_default();
        let place = line.step.as_deref().map(place_of).unwrap_or_default();
        let data = &line.data;
        match line.event.as_str() {
            "started" => {
                self.started_at.clone_from(&line.at);
                self.inputs = data["inputs"].clone();
            }
            "attempted" | "child_started" => self.begin(&place, at),
            "waiting" if data["event"].is_string() => self.begin(&place, at),
            "interrupted" => {
                self.begun.remove(&place);
            }
            "resolved" if data["verdict"] == "ran" => self.begin(&place, at),
            "finished" | "produced" => self.done(&place, at, output(&data["output"])),
            "failed" => self.done(&place, at, failure(&data["error"])),
            "check_started" => self.begin(&self.check(&place, data), at),
            "check_passed" => self.end(&self.check(&place, data), at, json!({})),
            "check_failed" => {
                let answer = json!({ "exit_code": 1, "stdout": data["detail"] });
                self.end(&self.check(&place, data), at, answer);
            }
            "opened" if data["kind"] != "resolve" => {
                let asked = data["parameters"]["check"].as_str().filter(|_| data["kind"] == "review");
                let asked = asked.map_or(place, str::to_owned);
                self.actions.insert(data["action"].as_str().unwrap_or_default().to_owned(), asked.clone());
                self.begin(&asked, at);
            }
            "submitted" => self.submitted(data, at),
            // It is with its holder again.
            "refused" => {
                if let Some(asked) = self.asked(data) {
                    self.begin(&asked, at);
                }
            }
            "cancel_requested" => self.cancelled_after = Some(at - millis(&self.started_at).unwrap_or(at)),
            _ => {}
        }
    }

    fn begin(&mut self, asked: &str, at: i64) {
        self.begun.insert(asked.to_owned(), at);
    }

    fn done(&mut self, place: &str, at: i64, answer: Value) {
        if self.begun.contains_key(place) {
            *self.runs.entry(place.to_owned()).or_default() += 1;
        }
        self.end(place, at, answer);
    }

    /// The name of the check that an event is about.
    fn check(&self, place: &str, data: &Value) -> String {
        let address = address_of(place);
        let step = self.sites.iter().find(|site| site.address == address).map(|site| site.step);
        let names = step
            .map(|step| if data["phase"] == "enforcement" { &step.enforcement } else { &step.validation });
        let index =
            data["index"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(usize::MAX);
        names.and_then(|names| names.get(index)).cloned().unwrap_or_default()
    }

    /// What a place answered, if it was asked.
    fn end(&mut self, asked: &str, at: i64, mut answer: Value) {
        let Some(begun) = self.begun.remove(asked) else { return };
        // What takes less than a second says nothing about time.
        if let Some(took) = Some(at - begun).filter(|took| *took >= 1_000) {
            answer["after"] = duration_words(took).into();
        }
        match self.answers.iter_mut().find(|(known, _)| known == asked) {
            Some((_, answers)) => answers.push(answer),
            None => self.answers.push((asked.to_owned(), vec![answer])),
        }
    }

    fn asked(&self, data: &Value) -> Option<String> {
        self.actions.get(data["action"].as_str()?).cloned()
    }

    fn submitted(&mut self, data: &Value, at: i64) {
        let Some(asked) = self.asked(data) else { return };
        let content = &data["content"];
        let mut answer = if let Some(result) = content.get("result") {
            json!({ "result": result })
        } else if let Some(failure) = content.get("failure") {
            json!({ "fail": failure["message"] })
        } else {
            let decided = content.get("approved").or(content.get("rejected")).cloned().unwrap_or_default();
            let mut answer = json!({ "approve": content.get("approved").is_some() });
            if let Some(reason) = decided["reason"].as_str() {
                answer["reason"] = reason.into();
            }
            answer
        };
        answer["by"] = data["by"]["name"].clone();
        self.end(&asked, at, answer);
    }

    /// Items and rounds that answer alike are one.
    fn answers(&self) -> Map<String, Value> {
        let mut by_address: BTreeMap<String, Option<&Vec<Value>>> = BTreeMap::new();
        for (asked, given) in &self.answers {
            let known = by_address.entry(address_of(asked)).or_insert(Some(given));
            *known = known.filter(|known| *known == given);
        }
        let named = self.answers.iter().map(|(asked, given)| {
            let address = address_of(asked);
            let alike = by_address.get(&address).is_some_and(Option::is_some);
            let name = plain_name(if alike { &address } else { asked });
            let mut given = given.clone();
            // The last one stays, but a second refusal is another answer.
            let is_action = self.actions.values().any(|known| known == asked);
            while !is_action && given.len() > 1 && given[given.len() - 1] == given[given.len() - 2] {
                given.pop();
            }
            let answer = if given.len() == 1 { given.remove(0) } else { Value::Array(given) };
            (name, answer)
        });
        named.collect()
    }

    fn document(self, workflow: &str, name: &str, mut expect: Map<String, Value>) -> Value {
        let answers = self.answers();
        let runs = self.runs.iter().filter(|(_, times)| **times > 1);
        let steps: Map<String, Value> =
            runs.map(|(asked, times)| (plain_name(asked), json!({ "runs": times }))).collect();
        if !steps.is_empty() {
            expect.insert("steps".to_owned(), Value::Object(steps));
        }
        let mut case = Map::new();
        case.insert("name".to_owned(), name.into());
        for (key, value) in [("inputs", self.inputs), ("answers", Value::Object(answers))] {
            if value.as_object().is_some_and(|map| !map.is_empty()) {
                case.insert(key.to_owned(), value);
            }
        }
        if let Some(after) = self.cancelled_after {
            case.insert("cancel".to_owned(), duration_words(after.max(1_000)).into());
        }
        case.insert("expect".to_owned(), Value::Object(expect));
        json!({ "kind": "test", "workflow": workflow, "clock": self.started_at, "cases": [case] })
    }
}

/// What a step produced, as an answer.
fn output(output: &Value) -> Value {
    let code = output["exit_code"].as_i64();
    match (code, output.get("result")) {
        (Some(_), _) => printed(output),
        (None, Some(result)) => json!({ "result": result }),
        (None, None) => json!({}),
    }
}

fn failure(error: &Value) -> Value {
    match error["output"]["exit_code"].as_i64() {
        Some(code) => {
            let mut answer = printed(&error["output"]);
            answer["exit_code"] = code.into();
            answer
        }
        None => json!({ "fail": error["message"] }),
    }
}

fn printed(output: &Value) -> Value {
    let mut answer = Map::new();
    for stream in ["stdout", "stderr"] {
        if let Some(text) = output[stream].as_str().filter(|text| !text.is_empty()) {
            answer.insert(stream.to_owned(), text.into());
        }
    }
    Value::Object(answer)
}
