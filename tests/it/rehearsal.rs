//! Workflows on a stage: what is answered and in which order, how time passes, and what kills bring to light.

use std::path::Path;
use wfmcp::drivers::rehearsal::{Chaos, Performance, Rehearsal, chaos, differences, rehearse, steps};
use wfmcp::language::plan::Trial;
use wfmcp::language::source::Source;
use wfmcp::language::{self, Library};

/// The workflow under test, and a child that it may start.
struct Documents<'a> {
    workflow: &'a str,
    child: &'a str,
}

impl Library for Documents<'_> {
    fn workflow(&self, name: &str, _from: &str) -> Option<Source> {
        let text = match name {
            "w" => self.workflow,
            "child" => self.child,
            _ => return None,
        };
        Some(Source::new(name, text))
    }

    fn prompt(&self, _name: &str, _from: &str) -> Option<Source> {
        None
    }
}

const CHILD: &str = "
name: child
inputs: { part: { type: string } }
steps:
  - { id: ask, delegate: { to: dev, task: 'Do {{ inputs.part }}' }, result: { type: string } }
outputs: { did: '{{ steps.ask.result }}' }
";

fn trial(workflow: &str, case: &str) -> Trial {
    let case = case.trim_end().replace('\n', "\n    ");
    let source =
        Source::new("t.yaml", format!("kind: test\nworkflow: w\ncases:\n  - name: it\n    {case}\n"));
    let examined = language::examine(&source, &Documents { workflow, child: CHILD });
    let told: Vec<&str> = examined.diagnostics.iter().map(|finding| finding.message.as_str()).collect();
    examined.trial.unwrap_or_else(|| panic!("{told:?}"))
}

fn with<T>(trial: &Trial, look: impl FnOnce(&Rehearsal<'_>) -> T) -> T {
    let keeps_records = |operation: &str| operation == "update_entity";
    let steps = steps(&trial.plan);
    look(&Rehearsal {
        trial,
        steps: &steps,
        case: &trial.cases[0],
        home: Path::new("/home/of/test"),
        keeps_records,
    })
}

fn performed(workflow: &str, case: &str) -> (Performance, Vec<String>) {
    let trial = trial(workflow, case);
    let performance = with(&trial, rehearse);
    let told = differences(&trial.cases[0].expect, &performance)
        .into_iter()
        .map(|one| format!("{}: {} / {}", one.what, one.expected, one.got))
        .collect();
    (performance, told)
}

fn told(workflow: &str, case: &str) -> Vec<String> {
    performed(workflow, case).1
}

/// After which kills it ends otherwise, and how.
fn killed(workflow: &str, case: &str) -> Chaos {
    let trial = trial(workflow, case);
    with(&trial, |rehearsal| {
        let performance = rehearse(rehearsal);
        assert_eq!(differences(&rehearsal.case.expect, &performance), []);
        chaos(rehearsal, &performance)
    })
}

fn fatal(workflow: &str, case: &str) -> Vec<String> {
    let fatal = killed(workflow, case).fatal;
    fatal.iter().flat_map(|one| one.differences.iter().map(|d| format!("{}: {}", d.what, d.got))).collect()
}

const SHIP: &str = "
name: ship
steps:
  - { id: build, shell: ./build.sh, retry: { attempts: 3, delay: 1h } }
  - { id: sign, foreach: [linux, mac], shell: './sign.sh {{ item }}' }
  - { id: approve, wait: { for: approval, ask: Ship it?, timeout: 5d } }
  - { id: charge, shell: ./charge.sh, undo: { shell: ./refund.sh } }
  - { id: publish, shell: './publish.sh {{ steps.charge.result }}', retry: { attempts: 2 } }
outputs: { signed: '{{ steps.sign.result }}' }
";

const SHIPPED: &str = "
answers:
  build: [{ exit_code: 1 }, { exit_code: 1, after: 10m }, { stdout: built }]
  sign: { stdout: a }
  sign[1]: { stdout: b }
  approve: { approve: true, after: 2d, by: ada }
  charge: { stdout: receipt 7 }
  publish: {}
expect:
  status: completed
  outputs: { signed: [a, b] }
  steps: { build: { runs: 3, result: built }, charge: { runs: 1 }, 'sign[1]': { result: b } }
  order: [build, sign, approve, charge, publish]
";

#[test]
fn answers_come_in_their_order_and_time_passes_at_once() {
    let (performance, told) = performed(SHIP, SHIPPED);
    assert_eq!(told, [""; 0]);
    let minutes = performance.took_ms / 60_000;
    assert_eq!(minutes, 60 + 10 + 60 + 2 * 24 * 60, "two pauses, one slow attempt, two days");
}

#[test]
fn what_differs_is_told_where_it_differs() {
    let wrong = SHIPPED
        .replace("signed: [a, b]", "signed: [a, c], other: 1")
        .replace("runs: 3", "runs: 2")
        .replace("[build, sign, approve", "[build, approve, sign")
        .replace("status: completed", "status: failed\n  error: no room");
    assert_eq!(
        told(SHIP, &wrong),
        [
            "status: failed / completed",
            "error: a message with \"no room\" / no error",
            "outputs.signed[1]: \"c\" / \"b\"",
            "outputs.other: 1 / nothing",
            "steps.build.runs: 2 times / 3 times",
            "order: `approve` before `sign` / `sign` began first",
        ]
    );
}

#[test]
fn what_has_no_answer_or_none_that_fits_is_told() {
    let without = |answers: &str| told(SHIP, &format!("answers: {answers}\nexpect: {{ status: completed }}"));
    assert_eq!(
        without("{}"),
        [
            "answers: an answer for whatever is asked / `build` was asked to run `./build.sh`, and the case has no answer for it"
        ]
    );
    assert_eq!(
        without("{ build: { approve: true } }"),
        [
            "answers: an answer for whatever is asked / the answer of `build` does not fit: it wants `stdout`, `stderr` and `exit_code`, `result` or `fail`"
        ]
    );
    assert_eq!(
        without("{ build: {}, sign: {}, approve: { result: 1 } }"),
        [
            "answers: an answer for whatever is asked / the answer of `approve` does not fit: it wants `approve`"
        ]
    );
    assert_eq!(
        without("{ build: {}, sign: {} }"),
        ["status: completed / failed (approve: its time is over)"],
        "nobody answers, and the time passes"
    );
}

#[test]
fn what_was_done_is_taken_back_when_it_is_cancelled() {
    let case = "
answers: { build: {}, sign: {}, approve: { approve: true }, charge: {}, publish: { exit_code: 1 }, undo/charge: {} }
cancel: 1h
expect: { status: cancelled, steps: { charge: { status: undone }, publish: { runs: 2, status: failed } } }
";
    assert_eq!(told(SHIP, case), [""; 0]);
    assert_eq!(fatal(SHIP, case), [""; 0]);
}

#[test]
fn a_run_that_is_killed_at_every_write_comes_to_the_same_end() {
    let chaos = killed(SHIP, SHIPPED);
    assert_eq!(chaos.fatal, []);
    assert!(chaos.kills > 15, "{}", chaos.kills);
}

#[test]
fn a_wrong_on_interrupt_is_found() {
    let charge = |on_interrupt: &str| {
        fatal(&SHIP.replace("./charge.sh,", &format!("./charge.sh, on_interrupt: {on_interrupt},")), SHIPPED)
    };
    assert_eq!(charge("rerun"), ["steps.charge.runs: 2 times"]);
    assert_eq!(
        charge("fail")[0],
        "status: failed (charge: the process that ran it died, and nobody knows how far it came)"
    );
    assert_eq!(
        charge("{ check: test -e receipt }"),
        ["what `publish` was told: ./publish.sh ''"],
        "a check knows that it ran, and not what it said"
    );
    assert_eq!(charge("ask"), [""; 0]);
}

#[test]
fn an_answer_that_is_refused_is_followed_by_the_next_one() {
    let workflow = "
name: notes
checks: { short: { shell: ./short.sh } }
steps:
  - { id: write, prompt: Write, result: { type: object, required: [title] }, validation: [short] }
outputs: { title: '{{ steps.write.result.title }}' }
";
    let case = |answers: &str| {
        format!(
            "answers: {{ write: {answers}, short: [{{ exit_code: 1, stdout: too long }}, {{}}] }}\nexpect: {{ status: completed, steps: {{ write: {{ runs: 1 }} }} }}"
        )
    };
    let good = case("[{ result: {} }, { result: { title: long } }, { result: { title: t } }]");
    assert_eq!(told(workflow, &good), [""; 0]);
    assert_eq!(fatal(workflow, &good), [""; 0]);
    assert_eq!(
        told(workflow, &case("[{ result: {} }, { result: { title: long } }]")),
        [
            "status: completed / pending_action (the answer of `write` was refused: short expected the check `short` holds, got too long)"
        ]
    );
}

#[test]
fn children_run_themselves_or_answer_as_one() {
    let workflow = "
name: parts
steps:
  - { id: work, foreach: [a, b], parallel: 2, workflow: { name: child, with: { part: '{{ item }}' } } }
outputs: { all: '{{ steps.work.result }}' }
";
    let inside = "
answers: { 'work[0]/ask': { result: A, after: 2h }, work/ask: { result: B } }
expect: { status: completed, outputs: { all: [{ did: A }, { did: B }] }, steps: { work/ask: { runs: 2 } } }
";
    assert_eq!(told(workflow, inside), [""; 0]);
    assert_eq!(fatal(workflow, inside), [""; 0]);
    let whole = "
answers: { work: { result: { did: X }, after: 1h } }
expect: { status: completed, outputs: { all: [{ did: X }, { did: X }] } }
";
    assert_eq!(told(workflow, whole), [""; 0]);
    assert_eq!(fatal(workflow, whole), [""; 0]);
    let failing = "
answers: { work/ask: { fail: nobody can } }
expect: { status: failed, error: nobody can }
";
    assert_eq!(told(workflow, failing), [""; 0]);
}

#[test]
fn events_conditions_and_rounds_have_their_answers() {
    let workflow = "
name: waits
inputs: { quick: { type: boolean, default: true } }
steps:
  - { id: poll, shell: ./poll.sh, repeat: { until: \"steps.poll.result == 'ready'\", max: 5, every: 10m } }
  - { id: deployed, wait: { for: event, name: deployed, timeout: 1h } }
  - { id: slow, when: not inputs.quick, shell: ./slow.sh }
outputs: { url: '{{ steps.deployed.result.url }}' }
";
    let case = "
answers: { poll: [{ stdout: no }, { stdout: no }, { stdout: ready }], deployed: { event: { url: x }, after: 20m } }
expect: { status: completed, outputs: { url: x }, steps: { poll: { runs: 3 }, slow: { status: skipped, runs: 0 } } }
";
    let (performance, differences) = performed(workflow, case);
    assert_eq!(differences, [""; 0]);
    assert_eq!(performance.took_ms, 40 * 60_000);
    assert_eq!(fatal(workflow, case), [""; 0]);
    let late = case.replace("after: 20m", "after: 2h");
    assert_eq!(told(workflow, &late)[0], "status: completed / failed (deployed: its time is over)");
}

#[test]
fn a_pattern_changes_its_target_and_nothing_comes_between() {
    let workflow = "
kind: pattern
name: w
target: { type: component }
steps: [{ id: look, shell: 'echo {{ target.data.port }}' }]
records: { set: { status: whole, note: '{{ steps.look.result }}', gone: null } }
";
    let case = "
target: { name: web, data: { port: 80, gone: 1 } }
answers: { look: { stdout: eighty } }
expect: { status: completed, target: { status: whole, note: eighty, port: 80 }, steps: { records: { runs: 1 } } }
";
    let (performance, differences) = performed(workflow, case);
    assert_eq!(differences, [""; 0]);
    assert_eq!(
        performance.target,
        Some(serde_json::json!({ "port": 80, "status": "whole", "note": "eighty" }))
    );
    assert_eq!(fatal(workflow, case), [""; 0]);
}

#[test]
fn a_step_may_really_run_in_a_folder_of_its_own() {
    let workflow = "
name: real
secrets: [TOKEN]
steps:
  - { id: make, shell: 'pwd > where; cat where; echo $TEST $SECRET', env: { TEST: $WFMCP_TEST_DIR, SECRET: '{{ secrets.TOKEN }}' } }
  - { id: more, shell: 'test -f where && echo \"$WFMCP_TEST_DIR\" $PLAIN' }
outputs: { folder: '{{ steps.make.result }}', more: '{{ steps.more.result }}' }
";
    let case = "
env: { TOKEN: s3cret-t0ken, PLAIN: plain }
answers: { make: run, more: run }
expect: { status: completed, outputs: { more: /home/of/test plain } }
";
    let (performance, differences) = performed(workflow, case);
    assert_eq!(differences, [""; 0]);
    let said = performance.report.result.unwrap()["folder"].as_str().unwrap().to_owned();
    assert!(said.contains("***") && !said.contains("s3cret"), "{said}");
    let folder = said.lines().next().unwrap();
    assert!(folder.contains("wfmcp-test-") && !Path::new(folder).exists(), "{folder}");
}

#[test]
fn a_child_takes_back_what_it_did_before_all_is_over() {
    let workflow = "
name: parts
steps:
  - { id: work, foreach: [a, b], workflow: { name: child, with: { part: '{{ item }}' } } }
";
    let child = "
name: child
inputs: { part: { type: string } }
steps:
  - { id: ship, shell: './ship.sh {{ inputs.part }}', undo: { shell: ./unship.sh } }
  - { id: look, wait: { for: approval, ask: Fine? } }
";
    let source = Source::new(
        "t.yaml",
        "kind: test\nworkflow: w\ncases:\n  - name: it\n    answers: { work/ship: {}, work/undo/ship: { stdout: back } }\n    cancel: 2h\n    expect: { status: cancelled, steps: { work/ship: { status: undone } } }\n",
    );
    let examined = language::examine(&source, &Documents { workflow, child });
    let trial = examined.trial.unwrap();
    let (performance, chaos) = with(&trial, |rehearsal| {
        let performance = rehearse(rehearsal);
        let chaos = chaos(rehearsal, &performance);
        (performance, chaos)
    });
    assert_eq!(differences(&trial.cases[0].expect, &performance), []);
    assert_eq!(chaos.fatal, []);
    let undone = performance.log.iter().any(|line| line.step.as_deref() == Some("work[0]/@undo/ship"));
    assert!(undone, "what children do is told, too");
}

#[test]
fn whoever_did_the_work_does_not_approve_it() {
    let workflow = "
name: four
steps:
  - { id: write, prompt: Write, result: { type: string } }
  - { id: agree, wait: { for: approval, ask: Fine? } }
";
    let by = |who: &str, expect: &str| {
        let case = format!(
            "answers: {{ write: {{ result: x, by: bob }}, agree: {{ approve: true, by: {who} }} }}\nexpect: {expect}"
        );
        told(workflow, &case)
    };
    assert_eq!(by("ada", "{ status: completed }"), [""; 0]);
    assert_eq!(by("initiator", "{ status: pending_action }"), [""; 0]);
    let refused = by("initiator", "{ status: completed }");
    assert!(refused[0].contains("was not taken: initiator started this run"), "{refused:?}");
}

/// Several documents by their names.
struct Three<'a>([(&'a str, &'a str); 3]);
impl Library for Three<'_> {
    fn workflow(&self, name: &str, _from: &str) -> Option<Source> {
        self.0.iter().find(|(known, _)| *known == name).map(|(name, text)| Source::new(*name, *text))
    }

    fn prompt(&self, _name: &str, _from: &str) -> Option<Source> {
        None
    }
}

#[test]
fn children_of_children_are_told_apart() {
    let middle = "
name: child
inputs: { part: { type: string } }
steps: [{ id: work, foreach: [x, y], workflow: { name: leaf, with: { part: '{{ inputs.part }}{{ item }}' } } }]
outputs: { did: '{{ steps.work.result }}' }
";
    let leaf = "
name: leaf
inputs: { part: { type: string } }
steps: [{ id: work, shell: 'echo {{ inputs.part }}' }]
outputs: { leaf: '{{ inputs.part }}' }
";
    let top = "
name: w
steps: [{ id: work, foreach: [a, b], workflow: { name: child, with: { part: '{{ item }}' } } }]
outputs: { all: '{{ steps.work.result }}' }
";
    let test = "kind: test\nworkflow: w\ncases:\n  - name: it\n    answers: { work/work/work: {} }\n    expect: { status: completed }\n";
    let library = Three([("w", top), ("child", middle), ("leaf", leaf)]);
    let trial = language::examine(&Source::new("t.yaml", test), &library).trial.unwrap();
    let (performance, chaos) = with(&trial, |rehearsal| {
        let performance = rehearse(rehearsal);
        let chaos = chaos(rehearsal, &performance);
        (performance, chaos)
    });
    let leaf = |name: &str| serde_json::json!({ "leaf": name });
    let of =
        |name: &str| serde_json::json!({ "did": [leaf(&format!("{name}x")), leaf(&format!("{name}y"))] });
    assert_eq!(performance.report.result.unwrap()["all"], serde_json::json!([of("a"), of("b")]));
    assert_eq!(chaos.fatal, []);
}

#[test]
fn what_would_have_failed_is_not_taken_for_done() {
    let failing = |step: &str, answer: &str| {
        let workflow = format!("name: w\nsteps: [{{ id: s, shell: x, {step} }}]\n");
        fatal(&workflow, &format!("answers: {{ s: {answer} }}\nexpect: {{ status: failed }}"))
    };
    assert_eq!(failing("timeout: 10s", "{ after: 1m }"), [""; 0]);
    assert_eq!(failing("parse: json", "{ stdout: no }"), [""; 0]);
    assert_eq!(failing("result: { type: object }, parse: json", "{ stdout: '[1]' }"), [""; 0]);
    let fails_otherwise = failing("on_interrupt: fail", "{ exit_code: 1, stderr: busy }");
    assert!(fails_otherwise[0].starts_with("error: the process that ran it died"), "{fails_otherwise:?}");
    let workflow = "
name: many
steps: [{ id: s, foreach: [a, b, c], parallel: 3, shell: x, retry: { attempts: 3 } }]
";
    let case = "answers: { s: { after: 1m } }\nexpect: { status: completed, steps: { s: { runs: 3 } } }";
    assert_eq!(fatal(workflow, case), [""; 0]);
}

#[test]
fn work_is_counted_where_it_is_done_and_trouble_is_told_once() {
    let workflow = "
name: counted
steps:
  - { id: s, foreach: [a, b], set: { last: '{{ item }}' } }
  - { id: keep, call: update_entity, with: { entity: e } }
";
    let told = told(workflow, "expect: { status: completed, steps: { s: { runs: 2 } } }");
    let missing = "`keep` was asked to call `update_entity`, and the case has no answer for it";
    assert_eq!(told, [format!("answers: an answer for whatever is asked / {missing}")]);
    let answered =
        "answers: { keep: {} }\nexpect: { status: completed, steps: { s: { runs: 2 }, keep: { runs: 1 } } }";
    assert_eq!(self::told(workflow, answered), [""; 0]);
}
