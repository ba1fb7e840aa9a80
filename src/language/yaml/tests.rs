//! The tree, its spans, and hostile texts.

use super::{Node, parse};
use crate::language::diagnostic::Diagnostic;
use crate::language::source::Source;

fn read(text: &str) -> (Source, Option<Node>, Vec<Diagnostic>) {
    let source = Source::new("test", text);
    let mut diagnostics = Vec::new();
    let node = parse(&source, &mut diagnostics);
    (source, node, diagnostics)
}

#[test]
fn probe() {
    for text in [
        "a: b\nc:   'd'\ne: \"f g\"\n",
        "a: &x !!str foo  # c\nb: *x\nc: &m\n  k: v\nd: !!map {a: b}\n",
        "a: |\n  foo\n  bar\n\nb: >-\n\n  x\n\n  y\nc: |2\n    ind\nd: |+\n\n",
        "a:\nb:   # c\nc: ~\nd:\n  - \n  -\n  - x\n",
        "a: [x, {y: z}, ]\nb: {q: , r}\n",
        "\u{feff}ä: ü ö\nb: [é, x]\r\nc: |\r\n  ö\r\n  x\r\nd: y",
        "- |\n- |\n  |\n- &a |\n  t\n- ? x\n- plain\n  more\n\n  text # c\n",
        "t: {{ inputs.x }}\nu: - x\n",
        "t: {{ inputs.x }}\nu: y\n",
    ] {
        let (source, node, diagnostics) = read(text);
        println!("=== {text:?}");
        if let Some(node) = node {
            show(&source, &node, 0);
        }
        for d in diagnostics {
            println!(
                "  {} {:?} {:?} {}",
                d.code,
                source.position(d.span.start),
                source.slice(d.span),
                d.message
            );
        }
    }
}

fn show(source: &Source, node: &Node, depth: usize) {
    println!(
        "{:depth$}{:?} {:?} {:?}",
        "",
        node.span.range(),
        source.slice(node.span),
        node.scalar().map(|s| (&s.text, s.style, s.value))
    );
    for entry in node.entries() {
        println!("{:depth$} key {:?} {:?}", "", entry.key.span.range(), source.slice(entry.key.span));
        show(source, &entry.value, depth + 3);
    }
    for item in node.items() {
        show(source, item, depth + 3);
    }
}
