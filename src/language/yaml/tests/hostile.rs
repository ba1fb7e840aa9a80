//! Bombs, depths, and the odd corners of YAML.

use super::{codes, read};
use crate::language::plan::{FILE_BYTES_MAX, NESTING_MAX};
use proptest::prelude::proptest;
use proptest::test_runner::Config;
use std::fmt::Write;

#[test]
fn alias_bombs_stay_small() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let below = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![below; 10].join(", ")).unwrap();
    }
    assert_eq!(codes(&text), ["WF003"]);

    let mut merges = String::from("a0: &a0 {x: 1}\n");
    for level in 1..60 {
        writeln!(merges, "a{level}: &a{level} {{<<: [*a{0}, *a{0}], k{level}: *a{0}}}", level - 1).unwrap();
    }
    assert_eq!(codes(&merges), ["WF003"]);

    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 1000].join(", "));
    assert_eq!(codes(&long), ["WF003"]);
}

#[test]
fn depth_is_stopped_early_in_every_spelling() {
    const DEEP: usize = 50_000;
    for text in [
        "[".repeat(DEEP),
        "{a: ".repeat(DEEP),
        "[{a: ".repeat(DEEP),
        "- ".repeat(DEEP),
        "? ".repeat(DEEP),
        "[\n".repeat(DEEP),
        staircase("a:"),
        staircase("-"),
    ] {
        assert_eq!(codes(&text), ["WF003"], "{}", &text[..20]);
    }
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(codes(&nested(NESTING_MAX)).is_empty());
    assert_eq!(codes(&nested(NESTING_MAX + 1)), ["WF003"]);
    let by_alias = format!("a: &a {}\nb: {}", nested(NESTING_MAX - 2), "[".repeat(9) + "*a" + &"]".repeat(9));
    assert_eq!(codes(&by_alias), ["WF003"]);
}

fn staircase(step: &str) -> String {
    (0..700).flat_map(|level| [" ".repeat(level), step.to_owned(), "\n".to_owned()]).collect()
}

#[test]
fn large_files() {
    let fits = format!("a: {}", "x".repeat(FILE_BYTES_MAX - 3));
    assert!(codes(&fits).is_empty());
    assert_eq!(codes(&(fits + "x")), ["WF003"]);
    for filler in [
        "a: b\n",
        "- x\n",
        "'",
        "\"\\n",
        "&a ",
        "!t ",
        "# c\n",
        "{{ ",
        "{% %}\n",
        "{{ }}\n",
        "{{ '",
        "a: |\n",
        "'a': >-\n x\n",
        "|\n",
        " ",
        "\n",
        ":",
        "%",
        "a,",
        "\u{fffd}",
    ] {
        let (_, node, diagnostics) = read(&filler.repeat(FILE_BYTES_MAX / filler.len() / 2));
        assert!(node.is_some() || !diagnostics.is_empty(), "{filler:?}");
    }
}

/// Constructs in the spirit of the yaml-test-suite that are YAML.
const GOOD: &[&str] = &[
    "? a\n: b\n? c\n",
    "- - a\n  - b\n-\n  - c\n",
    "a:\n- b\n- c\n",
    "'a b': c\n\"d\\te\": f\n",
    "{a, b: , ? c : d, 'e':f}",
    "[a: b, c]",
    "a: 'b\n\n  c'\n",
    "--- |\n a\n",
    "--- # c\na: b\n... # d\n",
    "%YAML 1.2\n---\na: b\n",
    "a: !!str\nb: &x\nc: *x\n",
    "a: -1\n",
    "a: b#c\nd: e #f\n",
    "a: http://x:80/y\n",
    "a::b: c\n",
    "-a: -b\n",
    "?a: :b\n",
    "a:   \n  b:\n    c\n",
    "a: |\n\n\n  b\n\n",
    "a: >\n  b\n   c\n  d\n",
    "a: |2\n   b\n",
    "a: \"\\\n  b\\  \n  c\"\n",
    "a: b\n \n  c\n",
    "\n\n# c\n\na: b\n\n",
    "a: [\n  b, # c\n  d\n]\n",
    "b",
    "&a a: &b b\n*a : *b\n",
    "a: b\rc: d\r",
];

/// And some that are not.
const BAD: &[&str] = &[
    "a: b: c\n",
    "a:\tb\n",
    "a: 'b\n",
    "a: \"\\q\"\n",
    "a: [b\n",
    "- a\nb: c\n",
    "a:\n  b: c\n d: e\n",
    "a:\n\t- b\n",
    "a: - b\n",
    "a: @b\n",
    "a: `b\n",
    "a: %b\n%c: d\n@",
    "a: |x\n  b\n",
    "a: |0\n  b\n",
    "a: 'b' c\n",
    "a: &b *c\n",
    "a: b\n... c\n",
    "%FOO\n",
    "a\nb: c\n",
    "a: \u{0}b\n",
    "a: \u{1b}[0m\n",
    "{a: b}}\n",
    "[a]]\n",
    "a: !<x\n",
    "a: {b: c d: e}\n",
    "key: [a, b\nother: c\n",
];

#[test]
fn odd_constructs_that_are_yaml_are_read() {
    for text in GOOD {
        let found = codes(text);
        assert!(found.is_empty() || found == ["WF002"], "{text:?} {:?}", read(text).2);
    }
}

#[test]
fn odd_constructs_that_are_not_yaml_are_told_in_one_sentence() {
    let mut failures = Vec::new();
    for text in BAD {
        let (source, node, diagnostics) = read(text);
        let [finding] = diagnostics.as_slice() else {
            failures.push(format!("{text:?} {node:?} {diagnostics:?}"));
            continue;
        };
        let is_good = node.is_none()
            && finding.help.is_some()
            && finding.message.ends_with('.')
            && !finding.message.contains("while")
            && !finding.message.contains("This is not YAML:")
            && source.position(finding.span.start).line <= source.line_count();
        if !is_good {
            failures.push(format!("{text:?} {node:?} {finding:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_bytes_panic(text in "\\PC{0,200}|[\\x00-\\x7f]{0,200}") {
        let _ = read(&text);
    }
}
