//! Steps that keep records: the record and the step's outcome are one write, so that whenever the process is killed
//! there are both or neither, and the run goes on to its end without asking anybody.

use super::harness::{Sandbox, wait_until};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SCHEMA: &str =
    r#"{ "type": "object", "properties": { "status": { "enum": ["broken", "operational"] } } }"#;

/// Each step keeps one record.
const KEEP: &str = r#"
name: keep
steps:
  - id: make
    call: create_entity
    with: { entity_type: vendor, name: acme, data: { status: broken } }
  - id: change
    call: update_entity
    with: { entity_type: vendor, entity: acme, set: [status=operational] }
  - id: plan
    call: create_work_item
    with: { title: Ship it }
  - id: note
    call: record_deployment
    with: { environment: production, entities: [vendor/acme], work_items: ["{{ steps.plan.result.work_item_id }}"] }
"#;
/// More writes than this no run has.
const WRITES_MAX: usize = 80;

fn with_type() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("vendor.json", SCHEMA);
    sandbox.wfmcp(["entities", "types", "register", "vendor", "vendor.json"]).ok();
    sandbox
}

/// What is in the files, asked for without the program, which would take the run up.
struct Kept(Connection);

impl Kept {
    fn of(sandbox: &Sandbox) -> Self {
        Self(Connection::open(sandbox.home().join("data/projects/default/journal.db")).unwrap())
    }

    fn events(&self) -> Vec<Value> {
        let mut entries = self.0.prepare("SELECT events FROM entries ORDER BY id").unwrap();
        let entries = entries.query_map([], |row| row.get::<_, String>(0)).unwrap();
        entries.flat_map(|events| serde_json::from_str::<Vec<Value>>(&events.unwrap()).unwrap()).collect()
    }

    /// The steps to which this happened.
    fn steps(&self, event: &str) -> BTreeSet<String> {
        let steps =
            self.events().into_iter().filter_map(|told| told[event]["step"].as_str().map(str::to_owned));
        steps.collect()
    }

    fn number(&self, sql: &str) -> u64 {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The steps of `KEEP` whose record is there.
    fn records(&self) -> BTreeSet<String> {
        let of = [
            ("make", "SELECT COUNT(*) FROM entities"),
            ("change", "SELECT COUNT(*) FROM entities WHERE version = 2"),
            ("plan", "SELECT COUNT(*) FROM work_items"),
            ("note", "SELECT COUNT(*) FROM deployments"),
        ];
        of.into_iter()
            .filter(|(step, sql)| {
                let count = self.number(sql);
                assert!(count <= 1, "{step} did its work {count} times");
                count == 1
            })
            .map(|(step, _)| step.to_owned())
            .collect()
    }
}

/// How often the audit trail says that something was done.
fn told_done(sandbox: &Sandbox, operation: &str) -> u64 {
    let sql = "SELECT COUNT(*) FROM entries WHERE operation = ?1 AND outcome = 'done' AND name = 'workflow'";
    let audit = Connection::open(sandbox.home().join("data/audit.db")).unwrap();
    audit.query_row(sql, [operation], |row| row.get(0)).unwrap()
}

fn run_to_its_end(sandbox: &Sandbox, file: &str) -> Value {
    match sandbox.wfmcp(["status", "@last", "--wait", "60s", "--json"]) {
        // Nothing was promised yet.
        none if none.code == Some(5) => sandbox.wfmcp(["run", file, "--json"]).ok().json(),
        taken_up => taken_up.ok().json(),
    }
}

#[test]
fn a_run_that_keeps_records_is_killed_before_every_write() {
    kill_around("kill-before-commit");
}

#[test]
fn a_run_that_keeps_records_is_killed_after_every_write() {
    kill_around("kill-after-commit");
}

fn kill_around(fault: &str) {
    let mut seen = BTreeSet::new();
    let killed = (1..WRITES_MAX).take_while(|write| {
        let sandbox = with_type();
        sandbox.file("keep.yaml", KEEP);
        let command = sandbox.command(["run", "keep.yaml"]).env("WFMCP_FAULT", format!("{fault}:{write}"));
        let run = command.run();
        let kept = Kept::of(&sandbox);
        let (records, outcomes) = (kept.records(), kept.steps("finished"));
        assert_eq!(records, outcomes, "{fault} at write {write}");
        assert_eq!(kept.steps("attempted"), outcomes, "{fault} at write {write}: nothing is left under way");
        for (step, operation) in [("make", "create_entity"), ("change", "update_entity")] {
            let told = told_done(&sandbox, operation);
            assert!(
                told <= u64::from(records.contains(step)),
                "{fault} at write {write}: {operation} in the audit"
            );
        }
        seen.insert(records.len());

        let report = run_to_its_end(&sandbox, "keep.yaml");
        assert_eq!(report["status"], "completed", "{fault} at write {write}: {report}");
        assert_eq!(kept.records().len(), 4, "{fault} at write {write}");
        assert_eq!(kept.number("SELECT MAX(version) FROM entities"), 2, "{fault} at write {write}");
        assert_eq!(kept.number("SELECT COUNT(*) FROM entity_history"), 1, "{fault} at write {write}");
        let attempts = kept.events().into_iter().filter(|event| !event["attempted"].is_null());
        assert_eq!(attempts.count(), 4, "{fault} at write {write}: no attempt is spent on a death");
        run.code.is_none()
    });
    assert!(killed.count() > 8, "the faults did not strike");
    assert_eq!(seen, BTreeSet::from([0, 1, 2, 3, 4]), "it was killed between any two");
}

/// Calls of a loop that goes on side by side, beside a script whose outcome counts, too.
#[test]
fn calls_side_by_side_are_killed_around_every_write() {
    let workflow = r#"
name: many
steps:
  - id: beside
    needs: []
    shell: echo beside >> ran
    on_interrupt: rerun
  - id: each
    needs: []
    foreach: ["a", "b", "c", "d"]
    parallel: 4
    call: create_entity
    with: { entity_type: vendor, name: "{{ item }}", data: { status: broken } }
outputs: { names: "{{ steps.each.result | map(attribute='name') | list }}" }
"#;
    for fault in ["kill-before-commit", "kill-after-commit"] {
        let killed = (1..WRITES_MAX).take_while(|write| {
            let sandbox = with_type();
            sandbox.file("many.yaml", workflow);
            let command =
                sandbox.command(["run", "many.yaml"]).env("WFMCP_FAULT", format!("{fault}:{write}"));
            let run = command.run();
            let kept = Kept::of(&sandbox);
            let items = kept.steps("finished").into_iter().filter(|step| step.starts_with("each[")).count();
            let entities = kept.number("SELECT COUNT(*) FROM entities");
            assert_eq!(entities, items as u64, "{fault} at write {write}");
            let report = run_to_its_end(&sandbox, "many.yaml");
            assert_eq!(
                report["result"],
                json!({ "names": ["a", "b", "c", "d"] }),
                "{fault} at {write}: {report}"
            );
            assert_eq!(kept.number("SELECT COUNT(*) FROM entities"), 4, "{fault} at write {write}");
            assert_eq!(kept.number("SELECT MAX(version) FROM entities"), 1, "{fault} at write {write}");
            wait_until(|| sandbox.processes().is_empty());
            run.code.is_none()
        });
        assert!(killed.count() > 6, "the faults did not strike");
    }
}

#[test]
fn an_operation_that_is_refused_is_a_failed_step_and_leaves_nothing() {
    let sandbox = with_type();
    let workflow = r"
name: refused
steps:
  - id: breaks
    call: create_entity
    with: { entity_type: vendor, name: wrong, data: { status: unheard } }
    retry: { attempts: 2, delay: 1ms }
    on_error: continue
  - id: unlike
    call: create_entity
    with: { entity_type: vendor, name: unlike, data: { status: broken } }
    result: { type: string }
    on_error: continue
  - id: unknown
    call: update_entity
    with: { entity_type: vendor, entity: nobody, set: [status=broken] }
    on_error: continue
  - id: fits
    call: create_entity
    with: { entity_type: vendor, name: fits, data: { status: broken } }
";
    sandbox.file("refused.yaml", workflow);
    let report = sandbox.wfmcp(["run", "refused.yaml", "--json"]).ok().json();
    assert_eq!(report["status"], "completed", "{report}");
    let kept = Kept::of(&sandbox);
    let failures: Vec<(Value, Value)> = kept
        .events()
        .into_iter()
        .map(|mut event| event["failed"].take())
        .filter(|failed| !failed.is_null())
        .map(|failed| (failed["step"].clone(), failed["error"]["kind"].clone()))
        .collect();
    let expected =
        [("breaks", "operation"), ("breaks", "operation"), ("unlike", "result"), ("unknown", "operation")];
    assert_eq!(failures, expected.map(|(step, kind)| (json!(step), json!(kind))));
    let names: String =
        kept.0.query_row("SELECT group_concat(name) FROM entities", [], |row| row.get(0)).unwrap();
    assert_eq!(names, "fits", "what does not count as done was not done");
    assert_eq!(told_done(&sandbox, "create_entity"), 1);
}

/// Two processes change one entity, each many times, beside a third that writes by hand: nothing is lost or done twice.
#[test]
fn runs_in_several_processes_change_one_entity() {
    let sandbox = with_type();
    sandbox.wfmcp(["entities", "create", "vendor", "acme", "--set", "status=broken"]).ok();
    let workflow = r#"
name: race
inputs: { tag: { type: string } }
steps:
  - id: each
    foreach: range(12) | list
    parallel: 3
    call: update_entity
    with: { entity_type: vendor, entity: acme, set: ["log[]={{ inputs.tag }}{{ item }}"] }
"#;
    sandbox.file("race.yaml", workflow);
    let start = |tag: &str| sandbox.command(["run", "race.yaml", "--input", &format!("tag={tag}")]).spawn();
    let runs = [start("x"), start("y")];
    for n in 0..6 {
        sandbox.wfmcp(["entities", "update", "vendor", "acme", "--set", &format!("log[]=z{n}")]).ok();
    }
    for run in runs {
        run.wait().ok();
    }
    let entity = sandbox.wfmcp(["entities", "get", "vendor", "acme", "--json"]).ok().json();
    assert_eq!(entity["version"], 1 + 12 + 12 + 6);
    let log: Vec<&str> =
        entity["data"]["log"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let distinct: BTreeSet<&str> = log.iter().copied().collect();
    assert_eq!((log.len(), distinct.len()), (30, 30), "{log:?}");
}
