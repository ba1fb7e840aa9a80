//! Where everything stands.

use super::{read, scalars, tree};
use crate::language::yaml::locate;
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::Config;

#[test]
fn spans_are_those_of_the_tokens() {
    let text = "\u{feff}ä: ü ö # c\r\nb: &x !!str 'd'\nc: &m\n  k: v\n  l: *x\nd: !!map {a: [b,  c ]}\n\
                e: >-  # folded\n\n  f\n\n  g\n\nh:\ni:   # nothing\nj:\n  -\n  - |2\n     x\n";
    let (source, node) = tree(text);
    let slice = |pointer: &str| source.slice(node.pointer(pointer).span);
    assert_eq!(slice("/ä"), "ü ö");
    assert_eq!(slice("/b"), "'d'");
    assert_eq!(slice("/c"), "k: v\n  l: *x".split_once("\n  l").unwrap().0.to_owned() + "\n  l: *x");
    assert_eq!(slice("/c/l"), "'d'", "an alias is what it repeats");
    assert_eq!(slice("/d"), "{a: [b,  c ]}");
    assert_eq!(slice("/d/a"), "[b,  c ]");
    assert_eq!(slice("/e"), ">-  # folded\n\n  f\n\n  g");
    assert_eq!(slice("/h"), "");
    assert_eq!(node.pointer("/h").span.start, text.find("h:").unwrap() + 2);
    assert_eq!(node.pointer("/i").span.start, text.find("i:").unwrap() + 2);
    assert_eq!(slice("/j/1"), "|2\n     x");
}

#[test]
fn offsets_lead_back_through_every_style() {
    for (text, value, found) in [
        ("plain {{ x }} text", "{{ x }}", "{{ x }}"),
        ("'it''s {{ x }}'", "{{ x }}", "{{ x }}"),
        ("'it''s {{ x }}'", "'s", "''s"),
        ("\"a\\tb \\u00e4 {{ x }}\"", "{{ x }}", "{{ x }}"),
        ("\"a\\tb \\u00e4 {{ x }}\"", "ä {", "\\u00e4 {"),
        ("\"a \\\n    b\"", "a b", "a \\\n    b"),
        ("a: |\n    one\n      {{ two }}\n\n    three", "{{ two }}", "{{ two }}"),
        ("a: |\n    one\n      {{ two }}\n\n    three", "three", "three"),
        ("a: |1\n    one\n   {{ two }}", "{{ two }}", "{{ two }}"),
        ("a: >\n  one\n  {{ two }}\n\n    more\n  end\n", "{{ two }}", "{{ two }}"),
        ("a: >\n  one\n  {{ two }}\n\n    more\n  end\n", "one {{", "one\n  {{"),
        ("a: >\n  one\n  {{ two }}\n\n    more\n  end\n", "end", "end"),
        ("a: first\n  second\n\n  {{ x }}", "{{ x }}", "{{ x }}"),
        ("a: >-\r\n  ö\r\n  {{ x }}\r\n", "{{ x }}", "{{ x }}"),
    ] {
        let (source, node) = tree(text);
        let scalar = scalars(&node).into_iter().find(|scalar| scalar.contains(value)).expect(text);
        let at = scalar.find(value).unwrap();
        assert_eq!(source.slice(scalar.part(&source, at..at + value.len())), found, "{text:?}");
        assert_eq!(scalar.offset(&source, at), scalar.part(&source, at..at + 1).start);
    }
}

/// Pieces that make YAML more often than chance does.
fn yaml() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b: ",
        "key:\n",
        "\n",
        "\n  ",
        "\n    ",
        "\n\n",
        "- ",
        "  ",
        " ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "''",
        "\"",
        "\\n",
        "\\x41",
        "\\\n",
        "\\\"",
        "| \n",
        "|\n  ",
        "|2-\n   ",
        ">\n  ",
        ">+\n  ",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "# c\n",
        " #",
        "{{ x }}",
        "{{ ', ' }}",
        "\t",
        "\r\n",
        "? ",
        ": ",
        ",",
        "é",
        "\u{feff}",
        "---\n",
        "...\n",
        "%TAG ! x\n",
        "<<: ",
        "1.5",
        "~",
        "𝄞",
        "\u{2028}",
        "\u{85}",
        "text with words",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(Config { cases: 2000, failure_persistence: None, ..Config::default() })]

    /// Whatever it is: no panic, and every place lies in the text, between characters.
    #[test]
    fn any_text_has_a_tree_or_a_finding(text in yaml()) {
        let (source, node, diagnostics) = read(&text);
        prop_assert!(node.is_some() || !diagnostics.is_empty());
        let mut spans: Vec<_> = diagnostics.iter().map(|finding| finding.span).collect();
        if let Some(node) = &node {
            node.walk(&mut |node| spans.push(node.span));
            spans.extend(scalars(node).iter().map(|scalar| scalar.span));
        }
        for span in spans {
            prop_assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {}", text.len());
            prop_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        }
        let _ = source;
    }

    /// The value is spelled by the source at its span, piece by piece.
    #[test]
    fn every_scalar_is_spelled_by_its_source(text in yaml()) {
        let (source, node, _) = read(&text);
        for scalar in node.iter().flat_map(scalars).filter(|scalar| !scalar.trim().is_empty()) {
            prop_assert!(locate::is_exact(&source, &scalar), "{scalar:?} in {text:?}");
        }
    }

    /// A marker put into a text of any style is found where it was written.
    #[test]
    fn a_marker_is_found_where_it_stands(
        before in "[a-z \n]{0,30}", after in "[a-z \n]{0,30}", indent in 1_usize..6, style in 0_usize..5
    ) {
        let content = format!("x{before}<MARK>{after}x");
        let pad = " ".repeat(indent);
        let lines = content.lines().collect::<Vec<_>>().join(&format!("\n{pad}"));
        let text = match style {
            0 => format!("k:\n{pad}{lines}\n"),
            1 => format!("k: '{lines}'\n"),
            2 => format!("k: \"\\u00e4{lines}\"\n"),
            3 => format!("k: |\n{pad}{lines}\n"),
            _ => format!("k: >-\n{pad}{lines}\n"),
        };
        let (source, node, diagnostics) = read(&text);
        prop_assert!(diagnostics.is_empty(), "{text:?} {diagnostics:?}");
        let scalar = node.unwrap().get("k").unwrap().text().unwrap();
        let at = scalar.find("<MARK>").unwrap();
        prop_assert_eq!(source.slice(scalar.part(&source, at..at + 6)), "<MARK>");
    }
}
