//! The bytes of a bundle, with sums that fit where the input is only what is in it: whatever they are, they are taken or
//! refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::sync::LazyLock;
use wfmcp::engine::event::RunId;
use wfmcp::language::plan;
use wfmcp::operations::runs::bundle::{
    Bundle, BundledRun, Form, Found, Head, Source, Writer, check, line_of, names,
};
use wfmcp::store::format::{FIRST_LINK, VERSION, hex, link};
use wfmcp::store::maintenance::KeptEntry;

const RUN: &str = "r-fuzzed";

/// A file that nobody else has, used again for each input.
static FILE: LazyLock<File> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("wfmcp-fuzz-{}", std::process::id()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path).expect("a file");
    std::fs::remove_file(path).expect("its name");
    file
});

// A bundle, its head alone, or a plan and a journal: a line for each event with its time, as `tests/journals` has them.
fuzz_target!(|data: &[u8]| {
    if data.starts_with(names::HEAD.as_bytes()) {
        let _ = read(data);
        return;
    }
    let Some([first, journal]) = wfmcp_fuzz::texts(data) else { return };
    let _ = read(&if journal.is_empty() { headed(first) } else { filled(first, journal) });
});

fn read(bytes: &[u8]) -> Result<(), Found> {
    let mut file: &File = &FILE;
    file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(bytes)).expect("a file");
    file.rewind().expect("a file");
    let bundle = Bundle::open(file.try_clone().expect("a file"))?;
    check(&bundle)?;
    for file in bundle.head.runs.iter().flat_map(|run| &run.artifacts) {
        std::io::copy(&mut bundle.content(&file.hash)?, &mut std::io::sink()).expect("its content");
    }
    Ok(())
}

fn headed(head: &str) -> Vec<u8> {
    let mut writer = Writer::to(Vec::new());
    writer.text(names::HEAD, head).expect("a head");
    writer.finish().expect("a bundle").0
}

/// A bundle that is what it says up to the trail of its run, which is that of no run.
fn filled(plan: &str, journal: &str) -> Vec<u8> {
    let (id, hash) = (RunId::new(RUN), plan::hash(plan));
    let (mut chain, mut lines, mut events) = (FIRST_LINK, String::new(), 0);
    for line in journal.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        let mut event = line["event"].clone();
        if let Some(started) = event.get_mut("started").and_then(Value::as_object_mut) {
            started.insert("run".to_owned(), RUN.into());
            started.insert("plan".to_owned(), hash.as_str().into());
            started.remove("parent");
        }
        let (at, text) = (line["at"].as_i64().unwrap_or_default(), Value::from(vec![event]).to_string());
        let entry =
            KeptEntry { format: VERSION, seq: events + 1, count: 1, at, events: text, chain: String::new() };
        chain = link(&chain, &id, &entry.sealed());
        lines += &line_of(&KeptEntry { chain: hex(&chain), ..entry }).expect("an entry");
        events += 1;
    }
    let source = Source { project: "default".to_owned(), project_id: "default".to_owned() };
    let mut head = Head::of((String::new(), String::new()), Form::Copy, source);
    head.plans.push(hash.clone());
    head.runs.push(BundledRun {
        run: RUN.to_owned(),
        parent: None,
        workflow: serde_json::from_str::<Value>(plan)
            .ok()
            .and_then(|plan| plan["name"].as_str().map(str::to_owned))
            .unwrap_or_default(),
        labels: serde_json::Map::new(),
        status: "running".to_owned(),
        plan: hash.clone(),
        events,
        chain: hex(&chain),
        trail: "0".repeat(16),
        artifacts: Vec::new(),
    });
    let mut writer = Writer::to(Vec::new());
    let members = [
        (names::HEAD.to_owned(), head.text()),
        (names::plan_member(&hash), plan.to_owned()),
        (names::journal_member(RUN), lines),
    ];
    for (name, text) in &members {
        writer.text(name, text).expect("a member");
    }
    writer.finish().expect("a bundle").0
}
